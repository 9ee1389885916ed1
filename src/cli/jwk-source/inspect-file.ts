import { isKeyplaneError } from '../../errors.ts';
import { importJwk } from '../../jose/import-jwk.ts';
import { keyFacts } from '../../jose/key-facts.ts';
import { keysOf } from '../../jose/key-set.ts';
import { isSymmetric } from '../../jose/key-types.ts';
import { thumbprint } from '../../jose/thumbprint.ts';
import { type Inspected, type InspectedKey, inspectedOf } from '../../sources/inspected-key.ts';
import { jwkSource } from '../../sources/sources.ts';
import { fileContext, type KeystorePasswords } from '../files/file-context.ts';
import type { SourceFile } from '../files/source-file.ts';
import type { CandidateKey } from './choose-key.ts';

/** Every name that a source requires; the context of a file accepts any. */
const anyNames = { certificateName: 'file', keyName: 'file', keyStoreName: 'file', environmentName: 'file' };

/**
 * The keys of a file, by the rules of the manager, before anything is sent to it.
 * @throws KeyplaneError for a file that cannot be read
 */
export async function inspectSourceFile(
  file: SourceFile,
  options: { readonly passwords?: KeystorePasswords; readonly aliasName?: string; readonly public?: boolean },
): Promise<readonly CandidateKey[]> {
  const { keys } = await inspectFile(file, options);
  const candidates: CandidateKey[] = [];
  for (const key of keys) candidates.push(await candidateOf(key));
  return candidates;
}

async function inspectFile(
  file: SourceFile,
  options: Parameters<typeof inspectSourceFile>[1],
): Promise<Inspected> {
  if ('document' in file) {
    const keys = keysOf(file.document);
    return inspectedOf(keys, keys.length);
  }
  const isPublic = options.public === true && file.kind === 'PRIVATE_KEY';
  const source = jwkSource(isPublic ? 'PUBLIC_KEY' : file.kind);
  const { aliasName } = options;
  return source.inspect(
    { ...anyNames, ...(aliasName !== undefined && { aliasName }) },
    fileContext(file, options.passwords),
  );
}

async function candidateOf(key: InspectedKey): Promise<CandidateKey> {
  const { raw, restriction, aliasName = null, problem = null } = key;
  const kid = typeof raw?.kid === 'string' ? raw.kid : null;
  const unknown = { kid, aliasName, thumbprint: null, type: null, curve: null, size: null, algorithms: null };
  if (raw === undefined) return { ...unknown, problem };
  try {
    const jwk = await importJwk(raw);
    const { type, curve, size, algorithms } = keyFacts(jwk, restriction);
    const publicThumbprint = isSymmetric(jwk) ? null : thumbprint(jwk);
    return { kid, aliasName, thumbprint: publicThumbprint, type, curve, size, algorithms, problem: null };
  } catch (error) {
    if (!isKeyplaneError(error)) throw error;
    return { ...unknown, problem: error.message };
  }
}
