import { isKeyplaneError } from '../../errors.ts';
import { keyFacts } from '../../jose/facts/key-facts.ts';
import { importJwk } from '../../jose/import-jwk.ts';
import { keysOf } from '../../jose/key-set.ts';
import { isSymmetric } from '../../jose/key-types.ts';
import { thumbprint } from '../../jose/thumbprint.ts';
import { type Inspected, type InspectedKey, inspectedOf } from '../../sources/inspected-key.ts';
import { jwkSource } from '../../sources/sources.ts';
import { fileWorld, type KeystorePasswords } from '../files/file-world.ts';
import type { SourceFile } from '../files/source-file.ts';
import type { KeyOnOffer } from './choose-key.ts';

/** Every name that a source requires; the world of a file takes any. */
const anyNames = { certificateName: 'file', keyName: 'file', keyStoreName: 'file', environmentName: 'file' };

/**
 * What a file holds, by the rules with which a manager makes a JWK of it, before anything is sent to one.
 * @throws KeyplaneError for a file that can not be read
 */
export async function keysOfFile(
  file: SourceFile,
  options: { readonly passwords?: KeystorePasswords; readonly aliasName?: string; readonly public?: boolean },
): Promise<readonly KeyOnOffer[]> {
  const { keys } = await inspectFile(file, options);
  const offered: KeyOnOffer[] = [];
  for (const key of keys) offered.push(await onOffer(key));
  return offered;
}

async function inspectFile(file: SourceFile, options: Parameters<typeof keysOfFile>[1]): Promise<Inspected> {
  if ('document' in file) {
    const keys = keysOf(file.document);
    return inspectedOf(keys, keys.length);
  }
  const isPublic = options.public === true && file.kind === 'PRIVATE_KEY';
  const source = jwkSource(isPublic ? 'PUBLIC_KEY' : file.kind);
  const { aliasName } = options;
  return source.inspect(
    { ...anyNames, ...(aliasName !== undefined && { aliasName }) },
    fileWorld(file, options.passwords),
  );
}

async function onOffer(key: InspectedKey): Promise<KeyOnOffer> {
  const { raw, restriction, aliasName = null, problem = null } = key;
  const kid = typeof raw?.kid === 'string' ? raw.kid : null;
  const unknown = { kid, aliasName, thumbprint: null, type: null, curve: null, size: null, algorithms: null };
  if (raw === undefined) return { ...unknown, problem };
  try {
    const jwk = await importJwk(raw);
    const { type, curve, size, algorithms } = keyFacts(jwk, restriction);
    const print = isSymmetric(jwk) ? null : thumbprint(jwk);
    return { kid, aliasName, thumbprint: print, type, curve, size, algorithms, problem: null };
  } catch (error) {
    if (!isKeyplaneError(error)) throw error;
    return { ...unknown, problem: error.message };
  }
}
