// Writes within projects, on a real PostgreSQL: what waits for what, and what runs again exclusively.

import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Project } from '../../src/access/access-store.ts';
import { createAuditLog } from '../../src/audit/create-audit-log.ts';
import { putDesiredState, putNewObject } from '../../src/deployments/put-desired-state.ts';
import type { Environment } from '../../src/environments/environment-store.ts';
import type { StoredJwk } from '../../src/jwks/jwk-store.ts';
import { Lease } from '../../src/leases/lease.ts';
import { newId } from '../../src/new-id.ts';
import type { Store, Stores } from '../../src/store/store.ts';
import { freshDatabases, type TestDatabase } from '../support/databases.ts';
import { sampleEnvironment, sampleJwk, sampleProject } from './samples.ts';

const fresh = freshDatabases('postgres');
const log = createAuditLog({ key: randomBytes(32), clock: () => new Date() });

let database: TestDatabase;
/** Two managers. */
let here: Store;
let there: Store;
let projects: readonly [Project, Project];
let environment: Environment;
beforeEach(async () => {
  database = await fresh();
  here = await database.open();
  there = await database.open();
  projects = [sampleProject(), sampleProject()];
  environment = sampleEnvironment();
  await here.write(async (stores) => {
    await stores.installation.put('lineage', newId());
    for (const project of projects) await stores.projects.insert(project);
    await stores.environments.insert(environment);
    await putDesired(stores, projects[0], newId());
    await log.append(stores, recordOf(projects[0], 'first'));
  });
  for (const store of [here, there]) {
    store.closeAuditWith({ close: (stores) => log.close(stores), onOpen() {} });
  }
});

function recordOf({ name: projectName }: Project, objectName: string) {
  const more = { objectType: 'jwk', objectId: null, outcome: 'SUCCESS', details: {} } as const;
  return { actor: 'alice', action: 'jwk.create', objectName, projectName, ...more };
}

function putDesired(stores: Stores, { id: projectId }: Project, objectId: string) {
  const change = { environmentId: environment.id, kind: 'jwk' as const, objectId, projectId };
  return putDesiredState(stores, [{ ...change, digest: randomBytes(32) }]);
}

/** As Create JWK does it: up to the end of the first half, and then to its end. */
async function create(
  store: Store,
  project: Project,
  { name = newId(), before = async () => {}, after = async () => {} }: Partial<Halves> = {},
): Promise<void> {
  await store.write(
    async (stores) => {
      const jwk = sampleJwk(project.id, { name });
      const key = { id: newId(), projectId: project.id, name: 'another', kid: '' };
      const { states } = await stores.desired.lockJwkPlace(key);
      await stores.jwks.insert(jwk);
      await before();
      const object = {
        kind: 'jwk',
        objectId: jwk.id,
        projectId: project.id,
        digest: randomBytes(32),
      } as const;
      await putNewObject(stores, states, object);
      await log.append(stores, recordOf(project, name));
      await after();
    },
    [project.id],
  );
}

interface Halves {
  readonly name: string;
  readonly before: () => Promise<void>;
  readonly after: () => Promise<void>;
}

const sequenceOf = async (store: Store) => (await store.read(({ audit }) => audit.head())).sequence;
const recorded = async () =>
  (await here.read(({ audit }) => audit.list(0, 100))).map(({ objectName }) => objectName);
const verify = () => here.read((stores) => log.verify(stores));
const revisions = async () =>
  (await database.raw('select revision from desired_objects order by revision')).map((row) =>
    Number(row.revision),
  );

/** A promise that is resolved from outside. */
function gate() {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { promise, open: () => resolve() };
}

describe('a write within a project', () => {
  test('does not wait for one within another project, up to the environments that both change', async () => {
    const [one, other] = projects;
    const held = gate();
    const first = create(here, one, { name: 'slow', before: () => held.promise });
    await create(there, other, { name: 'quick' });
    expect(await database.raw("select name from jwks where name = 'slow'")).toEqual([]);
    held.open();
    await first;
    await here.closeAuditRecords();
    expect(await recorded()).toEqual(['first', 'quick', 'slow']);
    expect(await revisions()).toEqual([1, 2, 3]);
    expect(await verify()).toBeUndefined();
  });

  test('waits for one that has changed the same environment, and counts from its revision', async () => {
    const [one, other] = projects;
    const [reached, held] = [gate(), gate()];
    const first = create(here, one, {
      after: async () => {
        reached.open();
        await held.promise;
      },
    });
    await reached.promise;
    const second = create(there, other);
    await until('select 1 as one from pg_locks where not granted', 'the second waits');
    held.open();
    await Promise.all([first, second]);
    expect(await revisions()).toEqual([1, 2, 3]);
  });

  test('waits for one within the same project at another manager, and sees what that stored', async () => {
    const [project] = projects;
    const held = gate();
    const seen: string[] = [];
    const first = create(here, project, { name: 'first of two', before: () => held.promise });
    await waiting(1, 'the first has its project');
    const second = there.write(
      async (stores) => {
        const found = await stores.jwks.find(project.id, 'first of two');
        seen.push(found?.name ?? 'nothing');
      },
      [project.id],
    );
    held.open();
    await Promise.all([first, second]);
    expect(seen).toEqual(['first of two']);
  });

  test('waits for an exclusive write, and an exclusive write for it', async () => {
    const [project] = projects;
    const order: string[] = [];
    const held = gate();
    const first = create(here, project, {
      before: async () => {
        await held.promise;
        order.push('within');
      },
    });
    await waiting(1, 'it has begun');
    const second = there.write(async ({ projects: stored }) => {
      order.push(`exclusive, of ${(await stored.list()).length} projects`);
    });
    held.open();
    await Promise.all([first, second]);
    expect(order).toEqual(['within', 'exclusive, of 2 projects']);
  });

  test('does not hold up the leases of other managers', async () => {
    const held = gate();
    const first = create(here, projects[0], { before: () => held.promise });
    await waiting(1, 'it has begun');
    const lease = new Lease({ store: there, name: 'rings', holder: newId(), onError() {} });
    expect(await lease.take()).toBe(true);
    await lease.release();
    held.open();
    await first;
  });

  test('runs again exclusively where it does more than such a write may', async () => {
    const [project] = projects;
    let runs = 0;
    await here.write(
      async (stores) => {
        runs += 1;
        await stores.projects.update({ ...project, description: 'changed' });
        await log.append(stores, recordOf(project, 'changed'));
      },
      [project.id],
    );
    expect(runs).toBe(2);
    expect(await recorded()).toEqual(['first', 'changed']);
    expect(await verify()).toBeUndefined();
  });

  test('runs again exclusively where it is of no project and is audited', async () => {
    await Promise.all([
      create(here, projects[0], { name: 'beside it' }),
      here.write((stores) => log.append(stores, recordOf(projects[1], 'of none')), []),
    ]);
    await there.closeAuditRecords();
    expect((await recorded()).toSorted()).toEqual(['beside it', 'first', 'of none']);
    expect(await verify()).toBeUndefined();
  });

  test('runs again exclusively where an environment had no change before', async () => {
    const [project] = projects;
    environment = sampleEnvironment();
    await here.write(({ environments }) => environments.insert(environment));
    await create(here, project, { name: 'into an empty environment' });
    expect(await recorded()).toEqual(['first', 'into an empty environment']);
    expect(await verify()).toBeUndefined();
  });

  test('that fails leaves nothing behind, and those that shared its commit are stored', async () => {
    const [one, other] = projects;
    const outcomes = await Promise.allSettled([
      create(here, one, { name: 'a' }),
      create(here, one, { name: 'a' }),
      create(here, other, { name: 'b' }),
      create(here, other, {
        name: 'c',
        after: async () => {
          throw new Error('undone');
        },
      }),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'rejected']);
    await here.closeAuditRecords();
    expect((await recorded()).toSorted()).toEqual(['a', 'b', 'first']);
    expect(await revisions()).toEqual([1, 2, 3]);
    expect(await verify()).toBeUndefined();
  });
});

describe('writes within a project that share a commit', () => {
  const stored = () => database.raw('select name from jwks order by name');

  /** What each of them meets, and the statements that all together sent. */
  async function meet(jwks: readonly Partial<StoredJwk>[]) {
    const [project] = projects;
    const met: unknown[] = [];
    const sent: string[] = [];
    const { query } = pg.Client.prototype;
    pg.Client.prototype.query = function noted(this: pg.Client, ...args: unknown[]) {
      const [first] = args;
      sent.push(typeof first === 'string' ? first : (first as pg.QueryConfig).text);
      return Reflect.apply(query, this, args);
    } as typeof query;
    const writes = jwks.map((more) =>
      here.write(
        async (stores) => {
          const jwk = sampleJwk(project.id, more);
          const [{ states, isNameTaken, isKidHeld }] = await Promise.all([
            stores.desired.lockJwkPlace(jwk),
            stores.audit.head(),
          ]);
          met.push({ name: jwk.name, isNameTaken, isKidHeld });
          if (isNameTaken || isKidHeld) return;
          await stores.jwks.insert(jwk);
          const object = { kind: 'jwk', objectId: jwk.id, projectId: project.id } as const;
          await putNewObject(stores, states, { ...object, digest: randomBytes(32) });
          await log.append(stores, recordOf(project, jwk.name));
          for (const type of ['jwk.created', 'jwk.expiring'] as const) {
            const event = { type, objectType: 'jwk', objectName: jwk.name, kid: jwk.kid, facts: {} } as const;
            await stores.events.append({ ...event, id: newId(), projectId: project.id, at: new Date() });
          }
        },
        [project.id],
      ),
    );
    try {
      await Promise.all(writes);
    } finally {
      pg.Client.prototype.query = query;
    }
    // Connections are made and begin where they are needed.
    const isOwn = (text: string) => !/^(start|select pg_)/.test(text);
    return { met, sent: sent.filter(isOwn) };
  }

  test('meet the names and kids that those before them inserted, as if they had read after them', async () => {
    const { met, sent } = await meet([
      { name: 'a', kid: 'one' },
      { name: 'a', kid: 'two' },
      { name: 'b', kid: 'one' },
      { name: 'c', kid: 'one', type: 'OCT' },
    ]);
    expect(met).toEqual([
      { name: 'a', isNameTaken: false, isKidHeld: false },
      { name: 'a', isNameTaken: true, isKidHeld: false },
      { name: 'b', isNameTaken: false, isKidHeld: true },
      { name: 'c', isNameTaken: false, isKidHeld: true },
    ]);
    expect(await stored()).toEqual([{ name: 'a' }]);
    expect(sent.filter((text) => text === 'commit')).toHaveLength(1);
  });

  test('do not meet the kid of one that is symmetric, which no set publishes', async () => {
    const { met } = await meet([
      { name: 'a', kid: 'one', type: 'OCT' },
      { name: 'b', kid: 'one' },
    ]);
    expect(met.at(-1)).toEqual({ name: 'b', isNameTaken: false, isKidHeld: false });
  });

  test('send as many statements as one of them, and their events are numbered without a hole', async () => {
    const { sent: ofOne } = await meet([{ name: 'alone', kid: 'alone' }]);
    const names = Array.from({ length: 8 }, (_, index) => `jwk-${index}`);
    const { sent } = await meet(names.map((name) => ({ name, kid: name })));
    expect(sent).toHaveLength(ofOne.length);
    const events = await database.raw('select sequence, object_name as name from events order by sequence');
    expect(events).toEqual(
      ['alone', ...names]
        .flatMap((name) => [name, name])
        .map((name, index) => ({ sequence: String(index + 1), name })),
    );
    expect(await revisions()).toEqual(Array.from({ length: 10 }, (_, index) => index + 1));
    await here.closeAuditRecords();
    expect(await recorded()).toEqual(['first', 'alone', ...names]);
    expect(await verify()).toBeUndefined();
  });
});

describe('many managers that create in several projects', () => {
  test('leave revisions without a hole and one chain, in which each project has its order', async () => {
    // One project at each manager: their transactions meet at the row of the environment alone.
    const made = Array.from({ length: 60 }, (_, index) => {
      const name = `jwk-${index}`;
      return index % 2 === 0
        ? { store: here, project: projects[0], name }
        : { store: there, project: projects[1], name };
    });
    const ended: string[] = [];
    const closing = closeUntil(() => ended.length === made.length);
    await Promise.all(
      made.map(async ({ store, project, name }) => {
        await create(store, project, { name });
        ended.push(name);
      }),
    );
    await closing;
    await there.closeAuditRecords();
    expect(await revisions()).toEqual(Array.from({ length: 61 }, (_, index) => index + 1));
    expect((await recorded()).toSorted()).toEqual(['first', ...made.map(({ name }) => name)].toSorted());
    expect(await verify()).toBeUndefined();
    // Revisions and records are in one order, since all of these write to one environment.
    const order = await database.raw(`select a.object_name as name from audit_records a
join jwks j on j.name = a.object_name join desired_objects d on d.object_id = j.id order by d.revision`);
    expect(order.map((row) => row.name)).toEqual((await recorded()).slice(1));
  });
});

/** Closes again and again, as managers do. */
async function closeUntil(isEnded: () => boolean): Promise<void> {
  while (!isEnded()) await there.closeAuditRecords();
}

/** Until this number of transactions holds the lock of a project. */
function waiting(count: number, what: string): Promise<void> {
  const held =
    "select 1 as one from pg_locks where locktype = 'advisory' and objsubid = 2 and granted and database = (select oid from pg_database where datname = current_database())";
  return until(held, what, count);
}

async function until(sql: string, what: string, count = 1): Promise<void> {
  for (let look = 0; look < 2_000; look += 1) {
    if ((await database.raw(sql)).length >= count) return;
  }
  throw new Error(`It did not happen that ${what}`);
}

describe('an open audit record', () => {
  const open = () => create(here, projects[0], { name: 'open' });
  const one = async (table: string) => (await database.raw(`select * from ${table}`))[0];

  test('is put into the chain by the next exclusive write, before its own', async () => {
    await open();
    expect(await sequenceOf(here)).toBe(1);
    await there.write((stores) => log.append(stores, recordOf(projects[1], 'exclusive')));
    expect(await recorded()).toEqual(['first', 'open', 'exclusive']);
    expect(await verify()).toBeUndefined();
    expect(await one('audit_records_open')).toBeUndefined();
  });

  test('is in the chain before a row of its project refers to a record', async () => {
    await open();
    const jwk = await here.read(({ jwks }) => jwks.find(projects[0].id, 'open'));
    if (jwk === undefined) throw new Error('it is not stored');
    await there.write(async (stores) => {
      await stores.jwks.update({ ...jwk, description: 'changed' });
      await log.append(stores, recordOf(projects[0], 'updated'));
    });
    expect(await one(`jwks where id = '${jwk.id}'`)).toMatchObject({ audit_sequence: '2' });
  });

  test('that was altered is in the chain as it is, and shows there', async () => {
    for (const alteration of [
      "actor = 'mallory'",
      "object_name = 'harmless'",
      "details = '{}'",
      'ticket = ticket + 1',
      'position = position + 1',
      'at = at + 1',
      "lane = 'other'",
    ]) {
      await open();
      await create(there, projects[1], { name: 'later' });
      const altered = alteration.startsWith('details') ? `details = '{"x":1}'` : alteration;
      await database.raw(`update audit_records_open set ${altered} where object_name = 'open'`);
      expect(await verify(), alteration).toBeDefined();
      await here.closeAuditRecords();
      expect(await verify(), alteration).toBeDefined();
      expect(await sequenceOf(here), alteration).toBe(3);
      await again();
    }
  });

  test('that was removed shows, before the others are in the chain and afterwards', async () => {
    for (const removed of ['jwk-1', 'jwk-2', 'jwk-3']) {
      for (const name of ['jwk-1', 'jwk-2', 'jwk-3']) await create(here, projects[0], { name });
      await database.raw(`delete from audit_records_open where object_name = '${removed}'`);
      expect(await verify(), removed).toBeDefined();
      await here.closeAuditRecords();
      expect(await verify(), removed).toBeDefined();
      await create(there, projects[0], { name: 'later' });
      await here.closeAuditRecords();
      expect(await verify(), removed).toBeDefined();
      await again();
    }
  });

  test('that was removed shows also when the number of its project is set back without its MAC', async () => {
    await create(here, projects[0], { name: 'jwk-1' });
    await open();
    await database.raw("delete from audit_records_open where object_name = 'open'");
    await database.raw('update audit_lanes set number = 1');
    expect(await verify()).toBeDefined();
    await create(there, projects[0], { name: 'later' });
    await here.closeAuditRecords();
    expect(await verify()).toBeDefined();
  });

  test('that is inserted again after it went into the chain shows', async () => {
    await open();
    await database.raw('create table kept as select * from audit_records_open');
    await here.closeAuditRecords();
    await database.raw('insert into audit_records_open select * from kept');
    await database.raw('drop table kept');
    expect(await verify()).toBeDefined();
    await here.closeAuditRecords();
    expect(await verify()).toEqual({ brokenAt: 3 });
  });

  test('makes the database reject the records of an older manager until it is in the chain', async () => {
    await open();
    const older = () =>
      database.raw(`insert into audit_records
        select 100, at, actor, action, object_type, object_id, object_name, project_name, outcome, details, hash
        from audit_records where sequence = 1`);
    await expect(older()).rejects.toThrow('earlier audit records are not in the chain yet');
    await here.closeAuditRecords();
    await older();
  });

  /** An audit log that is whole again. */
  async function again(): Promise<void> {
    for (const table of [
      'audit_records_open',
      'audit_lanes',
      'audit_records',
      'audit_head',
      'jwks',
      'desired_objects',
      'environment_states',
    ]) {
      await database.raw(`delete from ${table}`);
    }
    await here.write(async (stores) => {
      await putDesired(stores, projects[0], newId());
      await log.append(stores, recordOf(projects[0], 'first'));
    });
    expect(await verify()).toBeUndefined();
  }
});
