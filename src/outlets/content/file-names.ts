// The names of files and keystore entries that are made of kids. A kid is any text (RFC 7517 §4.5), so it may be a path, or
// too long.

import { thumbprint } from '../../jose/thumbprint.ts';
import type { ContentKey } from './content-input.ts';

/** What names the key in use, in a folder of PEM files. */
export const currentName = 'current';

/** Names that are safe in shells, in configuration files and as keys of a Kubernetes ConfigMap. */
const safeName = /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}$/;

export function isSafeFileName(name: string): boolean {
  return safeName.test(name) && name.toLowerCase() !== currentName;
}

/**
 * Each key with its name: its kid, or its RFC 7638 thumbprint where the kid is not safe, is the thumbprint of another key, or
 * differs only in case from the kid of a key before it: some file systems and Java's keystores ignore case.
 */
export function namedKeys(
  keys: readonly ContentKey[],
  isSafe: (name: string) => boolean,
): { readonly name: string; readonly key: ContentKey }[] {
  const thumbprints = keys.map(({ jwk }) => thumbprint(jwk));
  const reserved = new Map(thumbprints.map((text) => [text.toLowerCase(), text]));
  const taken = new Set<string>();
  return keys.map((key, index) => {
    const own = thumbprints[index] ?? '';
    const wanted = key.jwk.kid ?? key.name;
    const folded = wanted.toLowerCase();
    const isFree = !taken.has(folded) && (reserved.get(folded) ?? own) === own;
    const name = isSafe(wanted) && isFree ? wanted : own;
    taken.add(name.toLowerCase());
    return { name, key };
  });
}
