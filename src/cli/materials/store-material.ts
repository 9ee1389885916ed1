import type { NewKeystore } from '../../../clients/typescript/src/index.ts';
import type { KeystorePasswords } from '../files/file-context.ts';
import type { SourceFile } from '../files/source-file.ts';
import type { SourceBody } from '../jwk-source/source-body.ts';
import type { ProjectConnection } from '../session/connection.ts';
import { unchecked } from '../session/unchecked.ts';
import { withProgress } from '../terminal/progress.ts';

export interface NewMaterial {
  readonly name: string;
  /** Each gets the same file. */
  readonly environments: readonly string[];
  readonly file: SourceFile;
  readonly passwords: KeystorePasswords | undefined;
}

export interface StoredMaterial {
  /** Such as `Keystore orders`. */
  readonly what: string;
  /** The arguments of the command that removes it. */
  readonly remove: string;
  /** The flag of `jwk create` that names it. */
  readonly flag: string;
  /** The members of Create JWK that name it. */
  readonly reference: SourceBody;
}

/** Stores a file as a certificate, key or keystore of the project. @throws KeyplaneApiError */
export async function storeMaterial(
  { client, projectName }: ProjectConnection,
  { name, environments, file, passwords }: NewMaterial,
): Promise<StoredMaterial> {
  const each = <T extends object>(entry: T) =>
    environments.map((environmentName) => ({ environmentName, ...entry }));
  switch (file.kind) {
    case 'CERTIFICATE': {
      const environmentList = environments.join(',');
      const body = { certificateName: name, alias: name, environmentList, pemEncodedFile: file.pem };
      await withProgress('Storing the certificate', client.createCertificate({ projectName, body }));
      return {
        what: `Certificate ${name}`,
        remove: `cert delete ${name}`,
        flag: '--from-cert',
        reference: { sourceType: 'CERTIFICATE', certificateName: name },
      };
    }
    case 'PRIVATE_KEY':
    case 'PUBLIC_KEY': {
      const body = {
        name,
        keyType: file.kind,
        cryptoKeyInfoEnvironmentList: each({
          content: file.content,
          ...(file.passphrase !== undefined && { passphrase: file.passphrase }),
        }),
      };
      await withProgress('Storing the key', client.createKey({ projectName, body }));
      return {
        what: `Key ${name}`,
        remove: `key delete ${name}`,
        flag: '--from-key',
        reference: { sourceType: file.kind, keyName: name },
      };
    }
    case 'KEYSTORE': {
      const entry = { file: file.bytes.toString('base64'), keyStoreType: file.type, ...passwords };
      const body = unchecked<NewKeystore>({ name, keyStoreEnvironmentList: each(entry) });
      await withProgress('Storing the keystore', client.createKeystore({ projectName, body }));
      return {
        what: `Keystore ${name}`,
        remove: `keystore delete ${name}`,
        flag: '--from-keystore',
        reference: { sourceType: 'KEYSTORE', keyStoreName: name },
      };
    }
    case 'JWK':
    case 'JWK_SET':
      throw new Error('a JWK is not stored as material');
    default:
      return file satisfies never;
  }
}
