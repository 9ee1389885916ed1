// A measured manager that fills its project with public RSA keys when it is told to, by its own store: ten thousand
// through the API would take minutes of the arithmetic that imports are for, which is not what is measured here.

import { generateKeyPairSync } from 'node:crypto';
import type { StoredJwk } from '../../src/jwks/jwk-store.ts';
import { newId } from '../../src/new-id.ts';
import { manager } from '../measured-manager.ts';

export interface FillOrder {
  /** How many keys, called `key-0` and so on. */
  readonly fill: number;
}

const keysPerCommit = 500;

async function fill(count: number): Promise<number> {
  const { store } = manager.services;
  const [project] = await store.read(({ projects }) => projects.list());
  if (!project) throw new Error('there is no project to fill');
  const { n, e } = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ format: 'jwk' });
  for (let from = 0; from < count; from += keysPerCommit) {
    await store.write(async ({ jwks }) => {
      for (let number = from; number < Math.min(from + keysPerCommit, count); number += 1) {
        await jwks.insert(publicKey(project.id, number, { n, e }));
      }
    });
  }
  return count;
}

function publicKey(projectId: string, number: number, numbers: object): StoredJwk {
  const now = new Date();
  const kid = `kid-${number}`;
  return {
    ...{ id: newId(), projectId, name: `key-${number}`, description: null },
    ...{ sourceType: 'COPY_PASTE', sourceId: null, sourceUrl: null, source: {} },
    ...{ type: 'RSA', kid, use: null, algorithm: null, notBeforeTime: null, expirationTime: null },
    publicMembers: JSON.stringify({ kty: 'RSA', kid, ...numbers }),
    ...{ privateMembers: null, createdAt: now, updatedAt: now },
  };
}

process.on('message', (order: FillOrder) => {
  if (typeof order === 'object' && 'fill' in order)
    void fill(order.fill).then((count) => process.send?.(count));
});
