import { algorithmsFitting, type KeyOutline } from '../../../src/jose/algorithms.ts';
import {
  type GenerateOption,
  type KeyTypeOption,
  keyTypeOptions,
} from '../../../src/jose/key-type-options.ts';
import type { UseType } from '../../../src/jose/use-type.ts';

/** A key type that the manager generates keys of. */
export interface GeneratedKind extends KeyTypeOption {
  readonly generate: GenerateOption;
}

export const generatedKinds: readonly GeneratedKind[] = keyTypeOptions.flatMap((option) => {
  const { generate } = option;
  return generate === null ? [] : [{ ...option, generate }];
});

/** By its name in the API; a name that is not among them is the first. */
export function generatedKind(type: string): GeneratedKind {
  const kind = generatedKinds.find(({ name }) => name === type) ?? generatedKinds[0];
  if (kind === undefined) throw new TypeError('no key type is generated');
  return kind;
}

/** How forms call the parameter that tells the variants of a key type apart. */
export const parameterLabels: Readonly<Record<GenerateOption['parameter'], string>> = {
  keySize: 'Key size',
  curveType: 'Curve',
  algorithm: 'Parameter set',
};

/** For a key that does not exist yet, from the manager's own table. */
export function algorithmsOf(type: string, variant: string): Readonly<Record<UseType, readonly string[]>> {
  const key = outlineOf(type, variant);
  return { SIGNATURE: algorithmsFitting(key, 'SIGNATURE'), ENCRYPTION: algorithmsFitting(key, 'ENCRYPTION') };
}

function outlineOf(type: string, variant: string): KeyOutline {
  const { kty, isSymmetric, generate } = generatedKind(type);
  const { crv, alg, bits = 0 } = generate.variants.find(({ value }) => value === variant) ?? {};
  if (crv !== undefined) return { kty, crv };
  if (alg !== undefined) return { kty, alg };
  return isSymmetric ? { kty, k: 'A'.repeat(Math.ceil(bits / 6)) } : { kty };
}
