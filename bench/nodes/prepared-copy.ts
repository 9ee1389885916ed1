import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { SealedLog } from '../../src/node/disk/sealed-log.ts';
import { toStoredObject } from '../../src/node/stored-object.ts';
import type { DeployedJwk } from '../../src/protocol/content.ts';
import { addDigest, contentDigest, emptyDigest } from '../../src/protocol/state-digest.ts';
import { loadOrCreateKeyFile } from '../../src/sealing/key-file.ts';

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
/** How many different ones there are; more would only take time to generate. */
const keyPairs = 64;

/**
 * A data directory as a node leaves it, with the given number of private RSA keys.
 * @param versions how often each was put; all but the last are superseded
 */
export async function prepareCopy(dataDir: string, keys: number, versions = 1): Promise<void> {
  await mkdir(dataDir, { recursive: true });
  const key = await loadOrCreateKeyFile(join(dataDir, 'node.key'), { mayCreate: true });
  const copy = new SealedLog({ dataDir, key, log: silent });
  const transaction = await copy.begin({ reset: true, environmentId: randomUUID() });
  const members = Array.from({ length: Math.min(keys, keyPairs) }, () =>
    generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' }),
  );
  let digest = emptyDigest;
  for (let index = 1; index <= keys; index += 1) {
    const put = deployed(`key-${index}`, { ...members[index % members.length] });
    digest = addDigest(digest, contentDigest(put));
    for (let version = 0; version < versions; version += 1) {
      await transaction.put({ revision: index, put }, toStoredObject(put));
    }
  }
  await transaction.commit({ environmentName: 'bench', revision: keys, digest: digest.toString('hex') });
  await copy.close();
}

function deployed(name: string, members: object): DeployedJwk {
  const jwk = { ...members, kid: name, use: 'sig', alg: 'RS256' };
  const none = { notBefore: null, expires: null };
  return { kind: 'jwk', id: randomUUID(), project: 'Bench', name, jwk, ...none };
}
