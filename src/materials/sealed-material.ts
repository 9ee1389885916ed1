import { alteredInDatabase } from '../errors.ts';
import type { KeyPasswords } from '../formats/keystore.ts';
import type { KeystoreType } from '../protocol/content.ts';
import type { Sealed, Sealer } from '../sealing/sealed.ts';
import type { KeyEnvironment, KeystoreEnvironment } from './material-store.ts';

/** A key or keystore has one row an environment; its seals belong to that row alone. */
function rowId(materialId: string, environmentId: string): string {
  return `${materialId}/${environmentId}`;
}

function keyBinding(materialId: string, environmentId: string) {
  const id = rowId(materialId, environmentId);
  return { purpose: 'key', table: 'crypto_key_environments', id, member: 'content' };
}

type KeystoreMember = 'file' | 'password' | 'key_password' | 'key_passwords';

function keystoreBinding(materialId: string, environmentId: string, member: KeystoreMember) {
  return {
    purpose: 'keystore',
    table: 'keystore_environments',
    id: rowId(materialId, environmentId),
    member,
  };
}

export function sealKeyContent(
  sealer: Sealer,
  keyId: string,
  environmentId: string,
): (content: string) => Sealed {
  return (content) => sealer.seal(keyBinding(keyId, environmentId), Buffer.from(content, 'utf8'));
}

/** The key as it was given: PEM or base64. Private unless the key is a public one. */
export function openKeyContent(sealer: Sealer, keyId: string, environment: KeyEnvironment): string {
  if (environment.altered) throw alteredInDatabase('The key');
  return sealer
    .openSecret(keyBinding(keyId, environment.environmentId), environment.content)
    .toString('utf8');
}

export interface OpenKeystoreFile extends KeyPasswords {
  readonly file: Buffer;
  readonly password: string;
  readonly type: KeystoreType;
}

export function sealKeystoreFile(
  sealer: Sealer,
  keystoreId: string,
  { environmentId, opened }: { readonly environmentId: string; readonly opened: OpenKeystoreFile },
): Pick<KeystoreEnvironment, 'file' | 'password' | 'keyPassword' | 'keyPasswords'> {
  const seal = (member: KeystoreMember, value: string | Buffer) =>
    sealer.seal(keystoreBinding(keystoreId, environmentId, member), Buffer.from(value));
  return {
    file: seal('file', opened.file),
    password: seal('password', opened.password),
    keyPassword: opened.keyPassword === undefined ? null : seal('key_password', opened.keyPassword),
    keyPasswords:
      opened.keyPasswords === undefined ? null : seal('key_passwords', JSON.stringify(opened.keyPasswords)),
  };
}

/** File and passwords in the clear, for the reader of keystores and for nodes. */
export function openKeystoreFile(
  sealer: Sealer,
  keystoreId: string,
  environment: KeystoreEnvironment,
): OpenKeystoreFile {
  if (environment.altered) throw alteredInDatabase('The keystore');
  const { environmentId, file, password, keyPassword, keyPasswords, keystoreType } = environment;
  const open = (member: KeystoreMember, sealed: Sealed) =>
    sealer.openSecret(keystoreBinding(keystoreId, environmentId, member), sealed);
  return {
    file: open('file', file),
    password: open('password', password).toString('utf8'),
    ...(keyPassword && { keyPassword: open('key_password', keyPassword).toString('utf8') }),
    ...(keyPasswords && {
      keyPasswords: JSON.parse(open('key_passwords', keyPasswords).toString('utf8')),
    }),
    type: keystoreType,
  };
}
