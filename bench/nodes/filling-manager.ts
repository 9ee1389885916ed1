// A measured manager that fills its project on command. With whole RSA keys by its own store: ten thousand
// through the API would take minutes of the arithmetic that imports are for, which is not what is measured here. Or with
// private P-256 keys by its own rules.

import { generateKeyPairSync } from 'node:crypto';
import { masterKeySourceOf } from '../../src/compose/settings.ts';
import { processEnvironment, readManagerConfig } from '../../src/config.ts';
import type { PrivateJwk } from '../../src/jose/jwk.ts';
import type { StoredJwk } from '../../src/jwks/jwk-store.ts';
import { sealMembers } from '../../src/jwks/sealed-members.ts';
import { newId } from '../../src/new-id.ts';
import { openSealing } from '../../src/sealing/open-sealing.ts';
import type { Sealer } from '../../src/sealing/sealed.ts';
import { manager } from '../measured-manager.ts';

export interface FillOrder {
  /** How many keys, called `key-0` and so on. */
  readonly fill: number;
  /** P-256, in project `Bench`, by the rules. */
  readonly sealed?: boolean;
}

const keysPerCommit = 500;

async function fill(count: number): Promise<number> {
  const { store } = manager.services;
  const [project] = await store.read(({ projects }) => projects.list());
  if (!project) throw new Error('there is no project to fill');
  const { sealer } = await openSealing(store, masterKeySourceOf(readManagerConfig(processEnvironment())));
  const members = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' });
  for (let from = 0; from < count; from += keysPerCommit) {
    await store.write(async ({ jwks }) => {
      for (let number = from; number < Math.min(from + keysPerCommit, count); number += 1) {
        const jwk = { ...members, kid: `kid-${number}` } as PrivateJwk & { kid: string };
        await jwks.insert({ ...stored(sealer, project.id, jwk), name: `key-${number}` });
      }
    });
  }
  return count;
}

const atOnce = 64;

async function fillSealed(count: number): Promise<number> {
  const { store, createJwk } = manager.services;
  const project = await store.read(({ projects }) => projects.find('Bench'));
  if (!project) throw new Error('there is no project to fill');
  const scope = { projectId: project.id, projectName: project.name, actor: 'bench' };
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const jwkStr = JSON.stringify(privateKey.export({ format: 'jwk' }));
  let next = 0;
  const one = async () => {
    while (next < count) {
      next += 1;
      await createJwk(scope, { name: `key-${next}`, sourceType: 'COPY_PASTE', jwkStr, kid: `kid-${next}` });
    }
  };
  await Promise.all(Array.from({ length: atOnce }, one));
  return count;
}

function stored(
  sealer: Sealer,
  projectId: string,
  jwk: PrivateJwk & { kid: string },
): Omit<StoredJwk, 'name'> {
  const id = newId();
  const now = new Date();
  return {
    id,
    projectId,
    description: null,
    sourceType: 'COPY_PASTE',
    sourceId: null,
    sourceUrl: null,
    source: {},
    type: 'RSA',
    kid: jwk.kid,
    use: null,
    algorithm: null,
    notBeforeTime: null,
    expirationTime: null,
    createdAt: now,
    updatedAt: now,
    ...sealMembers(sealer, id, jwk),
  };
}

process.on('message', (order: FillOrder) => {
  if (typeof order !== 'object' || !('fill' in order)) return;
  const filled = order.sealed ? fillSealed(order.fill) : fill(order.fill);
  void filled.then((count) => process.send?.(count));
});
