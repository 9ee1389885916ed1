import { KeyplaneError } from '../../errors.ts';
import type { KeyPasswords } from '../../formats/keystore.ts';
import { type CertificateInfo, readCertificates } from '../../jose/certificate.ts';
import { encryptedKeyIn } from '../../jose/key-pem.ts';
import { answerKeystoreJob } from '../../keystore-worker/answer-keystore-job.ts';
import type { KeystoreAnswer } from '../../keystore-worker/keystore-job.ts';
import type { SourceContext } from '../../sources/jwk-source.ts';
import type { KeySourceFile, SourceFile } from './source-file.ts';

export interface KeystorePasswords extends KeyPasswords {
  readonly password: string;
}

/** The context of a source in which every certificate, key and keystore is this file, so that no manager is needed. */
export function fileContext(file: SourceFile, passwords?: KeystorePasswords): SourceContext {
  return {
    async fetchDocument() {
      throw new Error('a file is not fetched');
    },
    async certificate() {
      return { id: '', chain: certificatesOf(file).map(({ der }) => der) };
    },
    async key() {
      if (file.kind !== 'PRIVATE_KEY' && file.kind !== 'PUBLIC_KEY') throw new Error('the file is not a key');
      return { id: '', keyType: file.kind, content: openedContent(file) };
    },
    async keystoreListing() {
      const answer = opened(answerKeystoreJob({ ...jobOf(file, passwords), task: 'inspect' }));
      return 'listing' in answer ? answer.listing : [];
    },
    async keystoreEntry(_name, _environmentName, alias) {
      const answer = opened(answerKeystoreJob({ ...jobOf(file, passwords), task: 'readEntry', alias }));
      if ('entry' in answer && answer.entry) return { id: '', entry: answer.entry };
      throw new KeyplaneError('bad_request', `Alias (${alias}) is not found in the keystore!`);
    },
  };
}

/** @throws KeyplaneError bad_request where its passphrase does not open it */
function openedContent({ content, passphrase }: KeySourceFile): string {
  const key = passphrase === undefined ? undefined : encryptedKeyIn(content);
  if (key === undefined || passphrase === undefined) return content;
  const { der: file, encryption, encoding } = key;
  const answer = opened(answerKeystoreJob({ task: 'openKey', file, encryption, encoding, passphrase }));
  return 'key' in answer ? Buffer.from(answer.key).toString('base64') : content;
}

/** @throws KeyplaneError bad_request */
function certificatesOf(file: SourceFile): readonly CertificateInfo[] {
  return file.kind === 'CERTIFICATE' ? readCertificates(file.pem) : [];
}

function jobOf(file: SourceFile, passwords: KeystorePasswords | undefined) {
  if (file.kind !== 'KEYSTORE' || !passwords) throw new Error('the file is not a keystore with a password');
  return { file: file.bytes, type: file.type, ...passwords };
}

function opened(answer: KeystoreAnswer) {
  if ('refused' in answer) throw new KeyplaneError(answer.refused.code, answer.refused.message);
  if ('failed' in answer) throw new Error(answer.failed);
  return answer;
}
