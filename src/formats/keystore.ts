// Keystore files: bytes to entries, behind one interface. A format is one file and one line in the list.
// Refused before anything is parsed: files over the limit, files of another type than the caller states, and everything
// that is no keystore, each with its own reason. A parser error after that gets the same error as a wrong password.

import { badRequest, isKeyplaneError } from '../errors.ts';
import type { KeystoreType } from '../protocol/content.ts';
import { jks } from './jks/jks.ts';
import {
  damagedKeystore,
  type KeystoreEntry,
  type KeystoreFormat,
  keystoreLimits,
  type OpenedKeystore,
} from './keystore-format.ts';
import { keystoreTypeOf } from './keystore-type-of.ts';
import { pkcs12 } from './pkcs12/pkcs12.ts';
import { describeUnsupportedFile } from './unsupported-file.ts';

export type { KeystoreType } from '../protocol/content.ts';
export type {
  KeyPasswords,
  KeystoreEntry,
  KeystoreListing,
  OpenedKeystore,
} from './keystore-format.ts';
export { keystoreLimits } from './keystore-format.ts';
export { findAlias, keyPasswordOf } from './opened-keystore.ts';

const keystoreFormats: Readonly<Record<KeystoreType, KeystoreFormat>> = { JKS: jks, PKCS12: pkcs12 };

/** @throws {KeyplaneError} bad_request, and nothing else */
export function openKeystore(input: {
  file: Uint8Array;
  password: string;
  type: KeystoreType;
}): OpenedKeystore {
  const { file, password, type } = input;
  refuseOversize(file, password);
  const format = formatOf(file, type);
  const opened = asBadRequest(() => format.open(file, password));
  return {
    list: () => opened.list(),
    readEntry: (alias, keyPassword) => {
      refuseLongPassword(keyPassword ?? '');
      return asBadRequest(() => readEntry(opened, alias, keyPassword));
    },
  };
}

/** An empty key password is a password. Forms send it also where none was meant, so the store's own comes second. */
function readEntry(opened: OpenedKeystore, alias: string, keyPassword: string | undefined): KeystoreEntry {
  if (keyPassword !== '') return opened.readEntry(alias, keyPassword);
  try {
    return opened.readEntry(alias, keyPassword);
  } catch (error) {
    if (!isKeyplaneError(error)) throw error;
    return opened.readEntry(alias);
  }
}

function refuseOversize(file: Uint8Array, password: string): void {
  if (file.length === 0)
    throw badRequest('Keystore file is empty!', { reason: 'FIELD_REQUIRED', member: 'file' });
  if (file.length > keystoreLimits.fileBytes) {
    throw badRequest(
      `Keystore is too large: at most ${keystoreLimits.fileBytes / 1024 / 1024} MiB are accepted!`,
      { reason: 'PAYLOAD_TOO_LARGE', member: 'file' },
    );
  }
  refuseLongPassword(password);
}

/** JKS hashes the password once for every 20 bytes of a key: its length multiplies the work. */
function refuseLongPassword(password: string): void {
  if (password.length > keystoreLimits.passwordLength) {
    throw badRequest(
      `Keystore password is too long: at most ${keystoreLimits.passwordLength} characters are accepted!`,
      { reason: 'FIELD_NOT_VALID', member: 'password' },
    );
  }
}

function formatOf(file: Uint8Array, type: KeystoreType): KeystoreFormat {
  const actual = keystoreTypeOf(file);
  if (actual === undefined) throw badRequest(describeUnsupportedFile(file), { reason: 'FORM_NOT_SUPPORTED' });
  if (actual !== type) {
    throw badRequest(
      `Keystore is not of type ${type}: the file is a ${actual} keystore, keyStoreType should be ${actual}!`,
      { reason: 'FIELD_NOT_VALID', member: 'keyStoreType' },
    );
  }
  return keystoreFormats[actual];
}

/** A parser error for unexpected bytes must not be reported as a fault of the server. */
function asBadRequest<Result>(parse: () => Result): Result {
  try {
    return parse();
  } catch (error) {
    if (isKeyplaneError(error)) throw error;
    throw damagedKeystore(`parser: ${error instanceof Error ? error.message : 'unknown'}`);
  }
}
