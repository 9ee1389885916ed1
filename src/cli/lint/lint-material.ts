import { readCertificates } from '../../jose/certificate.ts';
import type { InspectedKey } from '../../sources/inspected-key.ts';
import { jwkSource } from '../../sources/sources.ts';
import { fileContext, type KeystorePasswords } from '../files/file-context.ts';
import type { CertificateSourceFile, KeySourceFile, KeystoreSourceFile } from '../files/source-file.ts';
import { errorFinding, type LintFinding, rejection } from './finding.ts';
import { lintKey } from './lint-key.ts';
import { validityFindings } from './validity.ts';

const place = { certificateName: 'file', keyName: 'file', keyStoreName: 'file', environmentName: 'file' };

/** A certificate with its chain: the validity of each certificate, and whether the key is sound. */
export async function lintCertificate(
  file: CertificateSourceFile,
  now: Date,
): Promise<readonly LintFinding[]> {
  try {
    const chain = readCertificates(file.pem);
    const dates = chain.flatMap((one, index) => validityFindings(index === 0 ? '' : one.subjectDn, one, now));
    const { keys } = await jwkSource('CERTIFICATE').inspect(place, fileContext(file));
    return [...(await lintInspected(keys[0], '', now)), ...dates].filter(isFirstOfKind);
  } catch (error) {
    return [
      rejection(error, '', 'A certificate according to RFC 5280, the leaf first, followed by its issuer'),
    ];
  }
}

/** A private or public key. */
export async function lintKeyFile(file: KeySourceFile, now: Date): Promise<readonly LintFinding[]> {
  try {
    const { keys } = await jwkSource(file.kind).inspect(place, fileContext(file));
    return lintInspected(keys[0], '', now);
  } catch (error) {
    return [rejection(error, '', 'Give the passphrase that it was encrypted with')];
  }
}

/** Every entry of a keystore that its passwords open. */
export async function lintKeystore(
  file: KeystoreSourceFile,
  passwords: KeystorePasswords,
  now: Date,
): Promise<readonly LintFinding[]> {
  const world = fileContext(file, passwords);
  const found: LintFinding[] = [];
  try {
    for (const { alias, locked, problem } of await world.keystoreListing('', '')) {
      const where = `alias ${alias}`;
      if (locked) {
        const remedy =
          'Give the password of the keys in KEYPLANE_KEY_PASSWORD, or create the entry again with keytool';
        found.push(errorFinding(where, problem ?? 'It cannot be opened', remedy));
        continue;
      }
      const { keys } = await jwkSource('KEYSTORE').inspect({ ...place, aliasName: alias }, world);
      found.push(...(await lintInspected(keys[0], where, now)));
    }
  } catch (error) {
    return [rejection(error, '', 'Give the password of the keystore, or create it again with keytool')];
  }
  return found;
}

async function lintInspected(
  key: InspectedKey | undefined,
  where: string,
  now: Date,
): Promise<readonly LintFinding[]> {
  if (key?.raw === undefined) {
    const remedy = 'Create no JWK from it, or replace it with a key that JOSE defines (RFC 7518)';
    const [, problem, stated] = /^(.*?[^ ]!) (.+)$/s.exec(key?.problem ?? '') ?? [];
    return [errorFinding(where, problem ?? key?.problem ?? 'It cannot be read', stated ?? remedy)];
  }
  return lintKey(key.raw, { where, published: 'material', now });
}

/** The leaf is checked by itself and as part of the JWK. */
function isFirstOfKind(finding: LintFinding, index: number, all: readonly LintFinding[]): boolean {
  return (
    all.findIndex(({ where, problem }) => where === finding.where && problem === finding.problem) === index
  );
}
