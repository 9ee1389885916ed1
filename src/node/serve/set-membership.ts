// Which keys the JWK Set of a project and that of the environment hold. Some verifiers reject a whole set for one key of a
// type that they do not know, so newer types are left out by default. Each JWK alone is served all the same.

import { defaultPublishedKeyTypes } from '../../jose/key-types.ts';

const inSets: ReadonlySet<string> = new Set(defaultPublishedKeyTypes);
/** `publicJwk` writes the key type first. */
const keyTypePattern = /^\{"kty":"([^"]*)"/;

/** @param publicJson the public members of a JWK, as they are served */
export function isInSets({ publicJson }: { readonly publicJson: string }): boolean {
  return inSets.has(keyTypePattern.exec(publicJson)?.[1] ?? '');
}
