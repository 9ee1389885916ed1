// The one way from an alias to an entry, for every format: the exact spelling wins, then the one that
// is equal without regard to case, which is how Java's JKS and PKCS12 look aliases up.

import { badRequest } from '../errors.ts';
import {
  type KeyPasswords,
  type KeystoreEntry,
  type KeystoreName,
  keystoreLimits,
  type OpenedKeystore,
  tooManyEntries,
} from './keystore-format.ts';

/** An entry whose key is still closed. */
export interface EncryptedEntry extends KeystoreName {
  open(keyPassword: string | undefined): KeystoreEntry;
}

/** Java folds with `toLowerCase(Locale.ENGLISH)`; script's `toLowerCase` knows no locale and folds alike. */
export function foldAlias(alias: string): string {
  return alias.toLowerCase();
}

/** The spelling that the keystore itself uses for this alias, or undefined. */
export function findAlias(opened: OpenedKeystore, alias: string): string | undefined {
  const names = opened.list();
  const folded = foldAlias(alias);
  const found =
    names.find((name) => name.alias === alias) ?? names.find((name) => foldAlias(name.alias) === folded);
  return found?.alias;
}

/** The password for the key of an alias, which is found as `findAlias` does; undefined: that of the keystore. */
export function keyPasswordOf(
  alias: string,
  { keyPassword, keyPasswords = {} }: KeyPasswords,
): string | undefined {
  if (Object.hasOwn(keyPasswords, alias)) return keyPasswords[alias];
  const folded = foldAlias(alias);
  const named = Object.entries(keyPasswords).find(([name]) => foldAlias(name) === folded);
  return named?.[1] ?? keyPassword;
}

export function openedKeystore(entries: readonly EncryptedEntry[]): OpenedKeystore {
  if (entries.length > keystoreLimits.entries) throw tooManyEntries();
  const exact = new Map(entries.map((entry) => [entry.alias, entry]));
  // Of two that are equal without regard to case the first one stays, as in findAlias.
  const folded = new Map(entries.toReversed().map((entry) => [foldAlias(entry.alias), entry]));
  return {
    list: () => entries.map(({ alias, kind }) => ({ alias, kind })),
    readEntry(alias, keyPassword) {
      const entry = exact.get(alias) ?? folded.get(foldAlias(alias));
      if (entry === undefined)
        throw badRequest(`Alias (${alias}) is not found in the keystore!`, {
          reason: 'NOT_FOUND',
          member: 'aliasName',
        });
      return entry.open(keyPassword);
    },
  };
}
