import { algorithmsFitting } from '../../../src/jose/algorithms.ts';
import type { PrivateJwk } from '../../../src/jose/jwk.ts';
import type { GeneratedType, UseType } from './draft.ts';

export interface GeneratedKind {
  /** Member of the request that holds its parameters. */
  readonly member: 'rsa' | 'ec' | 'okp' | 'oct';
  readonly label: string;
  readonly parameter: 'keySize' | 'curveType';
  /** What the API takes, to what a user reads. */
  readonly variants: Readonly<Record<string, string>>;
}

const bits = (...sizes: number[]) => Object.fromEntries(sizes.map((size) => [size, `${size} bits`]));

export const generatedKinds: Readonly<Record<GeneratedType, GeneratedKind>> = {
  RSA: { member: 'rsa', label: 'RSA', parameter: 'keySize', variants: bits(2048, 3072, 4096) },
  EC: {
    member: 'ec',
    label: 'EC',
    parameter: 'curveType',
    variants: { P256: 'P-256', P384: 'P-384', P521: 'P-521', SECP256K1: 'secp256k1' },
  },
  OKP: {
    member: 'okp',
    label: 'OKP (Edwards curves)',
    parameter: 'curveType',
    variants: { ED25519: 'Ed25519', X25519: 'X25519', ED448: 'Ed448', X448: 'X448' },
  },
  OCT: {
    member: 'oct',
    label: 'OCT (secret)',
    parameter: 'keySize',
    variants: bits(128, 192, 256, 384, 512),
  },
};

export function firstVariant(type: GeneratedType): string {
  return { RSA: '3072', EC: 'P256', OKP: 'ED25519', OCT: '256' }[type];
}

/** Of a key that is not made yet, by the manager's own table. */
export function algorithmsOf(
  type: GeneratedType,
  variant: string,
): Readonly<Record<UseType, readonly string[]>> {
  const key = standIn(type, variant);
  return { SIGNATURE: algorithmsFitting(key, 'SIGNATURE'), ENCRYPTION: algorithmsFitting(key, 'ENCRYPTION') };
}

/** The table looks at type, curve and length alone. */
function standIn(type: GeneratedType, variant: string): PrivateJwk {
  const { variants } = generatedKinds[type];
  const key =
    type === 'OCT'
      ? { kty: 'oct', k: 'A'.repeat(Math.ceil(Number(variant) / 6)) }
      : { kty: type, crv: variants[variant] };
  return key as unknown as PrivateJwk;
}
