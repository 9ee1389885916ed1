// The interface, limits and errors of every keystore format. A wrong password and a damaged file get one message:
// otherwise an unauthenticated client could test passwords against half a file, and the formats themselves cannot
// distinguish the two.

import type { ErrorReason } from '../error-reasons.ts';
import { badRequest, type KeyplaneError } from '../errors.ts';
import type { KeystoreOrigin } from '../jose/keystore-key-command.ts';
import type { KeystoreType } from '../protocol/content.ts';

export type KeystoreEntry =
  | {
      readonly kind: 'PRIVATE_KEY';
      readonly alias: string;
      /** PKCS#8 PrivateKeyInfo, as the file holds it. */
      readonly privateKeyPkcs8: Buffer;
      /** DER certificates, leaf first; empty where the file holds none for the key. */
      readonly chain: readonly Buffer[];
      /** Of an entry that was read from a file. */
      readonly origin?: KeystoreOrigin;
    }
  | { readonly kind: 'TRUSTED_CERTIFICATE'; readonly alias: string; readonly certificate: Buffer }
  | {
      readonly kind: 'SECRET_KEY';
      readonly alias: string;
      /** The name Java gives it (`AES`, `HmacSHA256`); an object identifier where there is none. */
      readonly algorithm: string;
      readonly secret: Buffer;
    };

export interface KeystoreName {
  readonly alias: string;
  readonly kind: KeystoreEntry['kind'];
}

export interface KeystoreListing extends KeystoreName {
  /** The key password does not open it, or its protection is one that is not known here. */
  readonly locked: boolean;
  /** The reason of `problem`, where the entry is locked. */
  readonly problemReason?: ErrorReason;
  /** Why no JWK can be made of the entry, in public words. */
  readonly problem?: string;
  /** DER of the certificate, or of a private key's own; undefined where there is none or the entry is locked. */
  readonly certificate?: Uint8Array;
  /** How many certificates it has. */
  readonly certificates?: number;
  /** Of a secret key: its name in Java, and its size. */
  readonly secret?: { readonly algorithm: string; readonly bits: number };
}

export interface OpenedKeystore {
  list(): readonly KeystoreName[];
  /**
   * `keyPassword` opens the key; only without one the keystore's own password does, as in Java.
   * @throws {KeyplaneError} bad_request: no such alias, wrong key password, unknown protection
   */
  readEntry(alias: string, keyPassword?: string): KeystoreEntry;
}

/** Passwords of keys, where they differ from the keystore's. */
export interface KeyPasswords {
  /** Of every key that `keyPasswords` does not name. */
  readonly keyPassword?: string | undefined;
  /** By alias. */
  readonly keyPasswords?: Readonly<Record<string, string>> | undefined;
}

export interface KeystoreFormat {
  readonly type: KeystoreType;
  /** Checks the integrity of the whole file; keys stay closed until they are read. */
  open(file: Uint8Array, password: string): OpenedKeystore;
}

/** `iterations` bounds each derivation, `iterationsTotal` those of a whole file (1,000 keys of Java's default 10,000). */
export const keystoreLimits = Object.freeze({
  fileBytes: 10 * 1024 * 1024,
  entries: 1_000,
  chainCertificates: 100,
  iterations: 5_000_000,
  iterationsTotal: 12_000_000,
  passwordLength: 1_024,
  scryptBytes: 64 * 1024 * 1024,
});

export function damagedKeystore(detail: string): KeyplaneError {
  return badRequest('Keystore can not be opened: the password is wrong or the file is damaged!', {
    reason: 'PASSWORD_WRONG',
    member: 'password',
    detail,
  });
}

export function tooManyEntries(): KeyplaneError {
  return badRequest(`Keystore has too many entries: at most ${keystoreLimits.entries} are accepted!`);
}

export function tooMuchMemory(what: string): KeyplaneError {
  const accepted = `at most ${keystoreLimits.scryptBytes / 1024 / 1024} MiB are accepted!`;
  return badRequest(`${what} asks for too much memory to derive its key (scrypt): ${accepted}`);
}

/** @param what stands at the head of the message */
export function tooMuchDerivation(detail: string, what: string): KeyplaneError {
  return badRequest(
    `${what} asks for too many derivation iterations: at most ${keystoreLimits.iterations} are accepted!`,
    { detail },
  );
}

export function lockedEntry(alias: string, detail: string): KeyplaneError {
  return badRequest(
    `Alias (${alias}) can not be opened: the key password is wrong or the entry is damaged!`,
    { reason: 'PASSWORD_WRONG', member: 'keyPassword', detail },
  );
}
