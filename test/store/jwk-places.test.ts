// What a new JWK meets in its project, as PostgreSQL looks it up for writes within projects.

import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, expect, test } from 'vitest';
import type { Project } from '../../src/access/access-store.ts';
import { createAuditLog } from '../../src/audit/create-audit-log.ts';
import { newId } from '../../src/new-id.ts';
import type { Store } from '../../src/store/store.ts';
import { freshDatabases, type TestDatabase } from '../support/databases.ts';
import { sampleJwk, sampleProject } from './samples.ts';

const log = createAuditLog({ key: randomBytes(32), clock: () => new Date() });
const fresh = freshDatabases('postgres');
let database: TestDatabase;
let store: Store;
let project: Project;
beforeEach(async () => {
  database = await fresh();
  store = await database.open();
  project = sampleProject();
  await store.write(async (stores) => {
    await stores.installation.put('lineage', newId());
    await stores.projects.insert(project);
    // Before the first record of the audit log all writes are exclusive.
    const record = { actor: 'alice', action: 'project.create', outcome: 'SUCCESS', details: {} } as const;
    const object = { objectType: 'project', objectId: null, objectName: project.name, projectName: null };
    await log.append(stores, { ...record, ...object });
  });
});

async function meet(key: { readonly name: string; readonly kid: string; readonly projectId?: string }) {
  const jwk = { id: newId(), projectId: project.id, ...key };
  return store.write(({ desired }) => desired.lockJwkPlace(jwk), [jwk.projectId]);
}

test('a name and a kid are taken by the JWK that has them, and not by the next one', async () => {
  const other = sampleProject();
  await store.write(async ({ projects, jwks }) => {
    await projects.insert(other);
    await jwks.insert(sampleJwk(project.id, { name: 'b', kid: 'kid-b' }));
    await jwks.insert(sampleJwk(project.id, { name: 'secret', kid: 'kid-secret', type: 'OCT' }));
    await jwks.insert(sampleJwk(other.id, { name: 'd', kid: 'kid-d' }));
  });
  const free = { hasProject: true, isNameTaken: false, isKidHeld: false };
  for (const one of ['a', 'bb', 'c', 'd', 'z']) {
    expect(await meet({ name: one, kid: `kid-${one}` })).toMatchObject(free);
  }
  expect(await meet({ name: 'b', kid: 'kid-b' })).toMatchObject({ isNameTaken: true, isKidHeld: true });
  expect(await meet({ name: 'secret', kid: 'kid-secret' })).toMatchObject({
    isNameTaken: true,
    isKidHeld: false,
  });
  const ofOther = { name: 'b', kid: 'kid-b', projectId: other.id };
  expect(await meet(ofOther)).toMatchObject(free);
  expect(await meet({ ...ofOther, projectId: newId() })).toMatchObject({ ...free, hasProject: false });
});

test('a create reads as few index entries as the first one, although its plan was made for an empty table', async () => {
  const creates = 200;
  for (let index = 0; index < creates; index += 1) {
    await store.write(
      async ({ desired, jwks }) => {
        const jwk = sampleJwk(project.id, { name: `jwk-${index}`, kid: `kid-${index}` });
        await desired.lockJwkPlace(jwk);
        await jwks.insert(jwk);
      },
      [project.id],
    );
  }
  // The server counts what a connection read when it ends.
  await store.close();
  const perCreate = (await entriesRead(creates)) / creates;
  expect(perCreate).toBeGreaterThan(0);
  expect(perCreate).toBeLessThan(10);
});

/** Once all rows are counted. */
async function entriesRead(rows: number): Promise<number> {
  for (;;) {
    const [counted] = await database.raw(`select n_tup_ins::int as inserted,
  (select sum(idx_tup_read)::int from pg_stat_user_indexes where relname = 'jwks') as read
from pg_stat_user_tables where relname = 'jwks'`);
    if (Number(counted?.inserted) >= rows) return Number(counted?.read);
    await sleep(20);
  }
}
