import { algorithmsFitting, isDeprecated, type KeyRestriction } from '../algorithms.ts';
import { hasPrivatePart, keyTypeName, type PrivateJwk } from '../jwk.ts';
import { bitLength, decodeInteger } from '../members/integer.ts';
import { octetsOf } from '../members/octets-of.ts';

/** What one may say of a key without showing any of it. */
export interface KeyFacts {
  /** RSA, EC, OKP or OCT. */
  readonly type: string;
  readonly curve: string | null;
  /** Bits: of the modulus, of the curve's field, of the secret. */
  readonly size: number;
  readonly private: boolean;
  /** What may be asked for with it, by use type; deprecated ones last. */
  readonly algorithms: { readonly SIGNATURE: readonly string[]; readonly ENCRYPTION: readonly string[] };
}

const curveBits: Readonly<Record<string, number>> = Object.freeze({
  'P-256': 256,
  'P-384': 384,
  'P-521': 521,
  secp256k1: 256,
  Ed25519: 255,
  X25519: 255,
  Ed448: 448,
  X448: 448,
});

/** @param restriction what the key's own encoding permits beside its type */
export function keyFacts(jwk: PrivateJwk, restriction?: KeyRestriction): KeyFacts {
  const fitting = (useType: 'SIGNATURE' | 'ENCRYPTION') =>
    algorithmsFitting(jwk, useType)
      .filter((name) => restriction === undefined || permits(restriction, name))
      .toSorted((a, b) => Number(isDeprecated(a)) - Number(isDeprecated(b)));
  return {
    type: keyTypeName(jwk.kty),
    curve: jwk.kty === 'EC' || jwk.kty === 'OKP' ? jwk.crv : null,
    size: sizeOf(jwk),
    private: hasPrivatePart(jwk),
    algorithms: { SIGNATURE: fitting('SIGNATURE'), ENCRYPTION: fitting('ENCRYPTION') },
  };
}

function sizeOf(jwk: PrivateJwk): number {
  if (jwk.kty === 'RSA') return bitLength(decodeInteger(jwk.n));
  if (jwk.kty === 'oct') return octetsOf(jwk.k) * 8;
  return curveBits[jwk.crv] ?? 0;
}

/** RFC 4055 §1.2: such a key signs with PSS alone, and with parameters with one hash of it. */
function permits(restriction: KeyRestriction, algorithm: string): boolean {
  return restriction === 'RSA-PSS' ? algorithm.startsWith('PS') : algorithm === restriction;
}
