import { algorithmsFor } from './algorithms.ts';
import { keyTypes } from './key-types.ts';

/** Names that are not their JOSE name with other signs. */
const ownSpellings: ReadonlyMap<string, string> = new Map([
  ['RSA256', 'RS256'],
  ['RSA384', 'RS384'],
  ['RSA512', 'RS512'],
]);

const spellings: ReadonlyMap<string, string> = new Map(
  keyTypes
    .flatMap((keyType) => [
      ...algorithmsFor({ keyType, useType: 'SIGNATURE' }),
      ...algorithmsFor({ keyType, useType: 'ENCRYPTION' }),
    ])
    .map((name) => [name.replace(/[-+]/g, '_'), name]),
);

/**
 * The JOSE name of an algorithm that may be spelled as an identifier: `RSA_OAEP_256`, `ECDH_ES_A128KW`, `RSA256`.
 * Any other text is returned unchanged.
 */
export function spelledAlgorithm(given: string): string {
  return ownSpellings.get(given) ?? spellings.get(given) ?? given;
}

/** How an algorithm may be spelled beside its JOSE name. */
export function spellingsOf(name: string): readonly string[] {
  const all = [...ownSpellings, ...spellings];
  return all.filter(([spelling, named]) => named === name && spelling !== name).map(([spelling]) => spelling);
}
