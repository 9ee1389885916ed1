import { isKeyplaneError } from '../../errors.ts';
import { CliFailure } from '../failure.ts';
import { type PassphraseFlags, withPassphrase } from '../files/key-passphrase.ts';
import { type PasswordFlags, readKeystorePasswords } from '../files/keystore-password.ts';
import { kindName, readSourceFile, type SourceFile } from '../files/source-file.ts';
import { readInput } from '../terminal/input.ts';
import { errorFinding, type LintFinding, rejection, sentencesOf } from './finding.ts';
import { lintDocument } from './lint-document.ts';
import { lintCertificate, lintKeyFile, lintKeystore } from './lint-material.ts';

export interface Linted {
  readonly source: string;
  /** Such as `a JWK Set`; null where it is unknown. */
  readonly kind: string | null;
  readonly sound: boolean;
  readonly findings: readonly LintFinding[];
}

export type LintSourceFlags = PasswordFlags & PassphraseFlags & { readonly urlAllow?: string };

/** @throws CliFailure where the source cannot be read */
export async function lintSource(source: string, flags: LintSourceFlags): Promise<Linted> {
  if (/^https?:\/\//i.test(source)) {
    const { lintUrl } = await import('./lint-url.ts');
    return linted(source, 'a response of a URL', await lintUrl(source, flags.urlAllow));
  }
  const bytes = await readInput(source);
  let file: SourceFile;
  try {
    file = readSourceFile(bytes);
  } catch (error) {
    return linted(source, null, [unreadable(error)]);
  }
  file = await withPassphrase(file, source, flags);
  return linted(source, kindName(file), await findingsOf(file, source, flags));
}

function findingsOf(file: SourceFile, source: string, flags: PasswordFlags): Promise<readonly LintFinding[]> {
  const now = new Date();
  switch (file.kind) {
    case 'JWK':
    case 'JWK_SET':
      return lintDocument(file.document, { isUrl: false, now });
    case 'CERTIFICATE':
      return lintCertificate(file, now);
    case 'KEYSTORE':
      return readKeystorePasswords(source, flags).then((passwords) => lintKeystore(file, passwords, now));
    case 'PRIVATE_KEY':
    case 'PUBLIC_KEY':
      return lintKeyFile(file, now);
    default:
      return file satisfies never;
  }
}

/** An unknown kind of file, or one that its reader rejects. */
function unreadable(error: unknown): LintFinding {
  const remedy =
    'A JWK or a JWK Set (JSON), a certificate or a key (PEM or DER), or a keystore (JKS or PKCS12)';
  if (isKeyplaneError(error)) return rejection(error, '', remedy);
  if (!(error instanceof CliFailure)) throw error;
  const { problem, remedy: stated } = sentencesOf(error.message);
  return errorFinding('', problem, stated ?? remedy);
}

function linted(source: string, kind: string | null, findings: readonly LintFinding[]): Linted {
  return { source, kind, sound: findings.every(({ severity }) => severity !== 'error'), findings };
}
