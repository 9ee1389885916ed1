import { readCertificates } from '../../jose/certificate.ts';
import type { InspectedKey } from '../../sources/inspected-key.ts';
import { jwkSource } from '../../sources/sources.ts';
import { fileWorld, type KeystorePasswords } from '../files/file-world.ts';
import type { CertificateFile, KeyFile, KeystoreFile } from '../files/source-file.ts';
import { type Finding, mistake, refusal } from './finding.ts';
import { lintKey } from './lint-key.ts';
import { validityFindings } from './validity.ts';

const place = { certificateName: 'file', keyName: 'file', keyStoreName: 'file', environmentName: 'file' };

/** A certificate with its chain: every part's validity, and whether the key is sound. */
export async function lintCertificate(file: CertificateFile, now: Date): Promise<readonly Finding[]> {
  try {
    const chain = readCertificates(file.pem);
    const dates = chain.flatMap((one, index) => validityFindings(index === 0 ? '' : one.subjectDn, one, now));
    const { keys } = await jwkSource('CERTIFICATE').inspect(place, fileWorld(file));
    return [...(await lintInspected(keys[0], '', now)), ...dates].filter(firstOfItsKind);
  } catch (error) {
    return [
      refusal(error, '', 'A certificate as RFC 5280 has it, the leaf first and then the one that signed it'),
    ];
  }
}

/** A private or public key. */
export async function lintKeyFile(file: KeyFile, now: Date): Promise<readonly Finding[]> {
  try {
    const { keys } = await jwkSource(file.kind).inspect(place, fileWorld(file));
    return lintInspected(keys[0], '', now);
  } catch (error) {
    return [refusal(error, '', 'Give the passphrase with which it was encrypted')];
  }
}

/** Every entry of a keystore, as far as its passwords open it. */
export async function lintKeystore(
  file: KeystoreFile,
  passwords: KeystorePasswords,
  now: Date,
): Promise<readonly Finding[]> {
  const world = fileWorld(file, passwords);
  const found: Finding[] = [];
  try {
    for (const { alias, locked, problem } of await world.keystoreListing('', '')) {
      const where = `alias ${alias}`;
      if (locked) {
        const remedy =
          'Give the password of the keys in KEYPLANE_KEY_PASSWORD, or make the entry again with keytool';
        found.push(mistake(where, problem ?? 'It cannot be opened', remedy));
        continue;
      }
      const { keys } = await jwkSource('KEYSTORE').inspect({ ...place, aliasName: alias }, world);
      found.push(...(await lintInspected(keys[0], where, now)));
    }
  } catch (error) {
    return [refusal(error, '', 'Give the password that it was written with, or make it anew with keytool')];
  }
  return found;
}

async function lintInspected(
  key: InspectedKey | undefined,
  where: string,
  now: Date,
): Promise<readonly Finding[]> {
  if (key?.raw === undefined) {
    const remedy =
      'Keep it out of what JWKs are made from, or replace it by a key that JOSE knows (RFC 7518)';
    const [, problem, said] = /^(.*?[^ ]!) (.+)$/s.exec(key?.problem ?? '') ?? [];
    return [mistake(where, problem ?? key?.problem ?? 'It cannot be read', said ?? remedy)];
  }
  return lintKey(key.raw, { where, published: 'material', now });
}

/** The leaf is looked at by itself and as part of the JWK. */
function firstOfItsKind(finding: Finding, index: number, all: readonly Finding[]): boolean {
  return (
    all.findIndex(({ where, problem }) => where === finding.where && problem === finding.problem) === index
  );
}
