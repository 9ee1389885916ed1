import { keyplane } from '../api/keyplane.ts';
import { base64Of } from './base64-of.ts';
import type { MaterialFile } from './found-file.ts';
import type { FileContents, FilePasswords } from './use-file-inspection.ts';

/** What is filled in beside the file. */
export interface MaterialDraft extends FilePasswords {
  readonly name: string;
  readonly environments: readonly string[];
}

export interface MaterialRequest {
  readonly projectName: string;
  readonly file: MaterialFile;
  readonly draft: MaterialDraft;
  /** What the inspection found: the type of a key or of a keystore. */
  readonly contents: FileContents;
}

/** Stores a file as a certificate, key or keystore, and deploys it. @throws KeyplaneApiError */
export async function saveMaterial({ projectName, file, draft, contents }: MaterialRequest) {
  const { name, environments } = draft;
  switch (file.kind) {
    case 'CERTIFICATE': {
      const body = {
        certificateName: name,
        alias: name,
        environmentList: environments.join(','),
        pemEncodedFile: new Blob([file.pem], { type: 'application/x-pem-file' }),
      };
      return keyplane.createCertificate({ projectName, body });
    }
    case 'KEY': {
      const key = { content: file.pem, ...(draft.passphrase !== '' && { passphrase: draft.passphrase }) };
      const cryptoKeyInfoEnvironmentList = environments.map((environmentName) => ({
        environmentName,
        ...key,
      }));
      const keyType = contents.kind === 'KEY' ? contents.found.keyType : 'PRIVATE_KEY';
      return keyplane.createKey({ projectName, body: { name, keyType, cryptoKeyInfoEnvironmentList } });
    }
    case 'KEYSTORE': {
      const opened = {
        file: base64Of(file.bytes),
        password: draft.password,
        keyPassword: draft.keyPassword,
        keyPasswords: draft.keyPasswords,
      };
      const keyStoreType = contents.kind === 'KEYSTORE' ? contents.found.keyStoreType : 'PKCS12';
      const keyStoreEnvironmentList = environments.map((environmentName) => ({
        environmentName,
        ...opened,
        keyStoreType,
      }));
      return keyplane.createKeystore({ projectName, body: { name, keyStoreEnvironmentList } });
    }
    default:
      return file satisfies never;
  }
}
