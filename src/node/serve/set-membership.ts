// Which keys a JWK Set holds: that of a project, that of the environment, and those of views. Each JWK alone is served anyway.

import type { SelectableKey } from '../../protocol/view-selection.ts';
import type { StoredObject } from '../stored-object.ts';

/** `publicJwk` writes the key type first. */
const keyTypePattern = /^\{"kty":"([^"]*)"/;

/**
 * Whether the set of the project holds a key, and so that of the environment. Some verifiers reject a whole set for one key
 * of a type that they do not know, so newer types are in it only where the project asks for them.
 * @param publicJson the public members of a JWK, as they are served
 */
export function isInSets(
  { publicJson }: { readonly publicJson: string },
  keyTypes: readonly string[],
): boolean {
  return keyTypes.includes(keyTypePattern.exec(publicJson)?.[1] ?? '');
}

/** They stand after the kid, in which a quote is escaped, so that no kid looks like one of them. */
const algPattern = /,"alg":"([^"\\]*)"/;
const usePattern = /,"use":"([^"\\]*)"/;

/** What a view selects by. For ten thousand keys, parsing them would hold the event loop for as long as all the rest. */
export function selectableKey({
  id,
  member,
  publicJson,
}: Pick<StoredObject, 'id' | 'member'> & { readonly publicJson: string }): SelectableKey {
  return {
    id,
    keyRingId: member?.ringId,
    kty: keyTypePattern.exec(publicJson)?.[1] ?? '',
    alg: algPattern.exec(publicJson)?.[1],
    use: usePattern.exec(publicJson)?.[1],
  };
}
