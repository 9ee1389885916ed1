import { randomBytes } from 'node:crypto';
import { beforeEach, expect, test } from 'vitest';
import type { AuditEvent, AuditLog } from '../../src/audit/audit-log.ts';
import { createAuditLog } from '../../src/audit/create-audit-log.ts';
import type { Store } from '../../src/store/store.ts';
import { type TestDatabase, withDatabases } from '../support/databases.ts';

const now = new Date('2026-11-23T12:13:14.156Z');

function event(over: Partial<AuditEvent> = {}): AuditEvent {
  return {
    actor: 'alice',
    action: 'jwk.create',
    objectType: 'jwk',
    objectId: '0190-1',
    objectName: 'my-jwk',
    projectName: 'MyProject',
    outcome: 'SUCCESS',
    details: { sourceType: 'PRIVATE_KEY', environments: 2, certified: true, kid: null },
    ...over,
  };
}

withDatabases('the audit record', (fresh, kind) => {
  let database: TestDatabase;
  let store: Store;
  let log: AuditLog;

  beforeEach(async () => {
    database = await fresh();
    store = await database.open();
    log = createAuditLog({ key: randomBytes(32), clock: () => now });
  });

  const append = (...events: readonly AuditEvent[]) =>
    store.write(async (stores) => {
      for (const one of events) await log.append(stores, one);
    });
  const verify = () => store.read((stores) => log.verify(stores));
  const records = (after = 0, limit = 100) => store.read(({ audit }) => audit.list(after, limit));
  const five = () => append(...[1, 2, 3, 4, 5].map((n) => event({ objectName: `jwk-${n}` })));
  const blob = (bytes: Buffer) =>
    kind === 'sqlite' ? `x'${bytes.toString('hex')}'` : `'\\x${bytes.toString('hex')}'`;

  test('an event becomes a record with its time and its place in the sequence', async () => {
    await append(event(), event({ objectId: null, projectName: null, outcome: 'DENIED', details: {} }));
    const [first, second] = await records();
    expect(first).toEqual({ ...event(), sequence: 1, at: now, hash: expect.any(Buffer) });
    expect(second).toMatchObject({ sequence: 2, objectId: null, projectName: null, outcome: 'DENIED' });
    expect(await verify()).toBeUndefined();
  });

  test('an empty record is whole', async () => {
    expect(await verify()).toBeUndefined();
  });

  test('a change that is undone leaves no record and no gap', async () => {
    await append(event());
    const undone = store.write(async (stores) => {
      await log.append(stores, event());
      throw new Error('undone');
    });
    await expect(undone).rejects.toThrow('undone');
    await append(event());
    expect((await records()).map((record) => record.sequence)).toEqual([1, 2]);
    expect(await verify()).toBeUndefined();
  });

  test('a change that is undone among others of the same commit leaves no record and no gap', async () => {
    const undone = () =>
      store.write(async (stores) => {
        await log.append(stores, event());
        throw new Error('undone');
      });
    const changes = [append(event()), undone(), five(), undone(), append(event())];
    const outcomes = (await Promise.allSettled(changes)).map(({ status }) => status);
    expect(outcomes).toEqual(['fulfilled', 'rejected', 'fulfilled', 'rejected', 'fulfilled']);
    expect((await records()).map((record) => record.sequence)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(await verify()).toBeUndefined();
  });

  test('records of many writers at once make one chain without a gap, and it is verified in pages', async () => {
    const other = await database.open();
    await Promise.all(
      Array.from({ length: 24 }, (_, index) =>
        (index % 2 === 0 ? store : other).write(async (stores) => {
          for (let i = 0; i < 50; i += 1) await log.append(stores, event({ actor: `writer-${index}` }));
        }),
      ),
    );
    expect((await records(1190, 100)).map((record) => record.sequence)).toEqual([
      1191, 1192, 1193, 1194, 1195, 1196, 1197, 1198, 1199, 1200,
    ]);
    expect(await verify()).toBeUndefined();
    await database.raw("update audit_records set actor = 'mallory' where sequence = 1100");
    expect(await verify()).toEqual({ brokenAt: 1100 });
  });

  test('a record that was altered shows, whichever part of it', async () => {
    await five();
    const alterations = [
      'at = at + 1',
      "actor = 'mallory'",
      "action = 'jwk.delete'",
      "object_type = 'key'",
      "object_id = '0190-2'",
      'object_id = null',
      "object_name = 'other'",
      "project_name = 'Other'",
      "outcome = 'DENIED'",
      "details = '{}'",
      `details = '{"sourceType":"URL","environments":2,"certified":true,"kid":null}'`,
      "details = 'not JSON'",
      "details = 'null'",
      `hash = ${blob(Buffer.alloc(32))}`,
      `hash = ${blob(Buffer.alloc(0))}`,
    ];
    for (const alteration of alterations) {
      await database.raw('drop table if exists kept');
      await database.raw('create table kept as select * from audit_records where sequence = 3');
      await database.raw(`update audit_records set ${alteration} where sequence = 3`);
      expect(await verify(), alteration).toEqual({ brokenAt: 3 });
      await database.raw('delete from audit_records where sequence = 3');
      await database.raw('insert into audit_records select * from kept');
    }
    expect(await verify()).toBeUndefined();
  });

  test('a record removed from the middle, the beginning or the end shows', async () => {
    for (const [removed, brokenAt] of [
      ['sequence = 3', 3],
      ['sequence = 1', 1],
      ['sequence = 5', 5],
      ['sequence > 2', 3],
      ['sequence > 0', 1],
    ] as const) {
      database = await fresh();
      store = await database.open();
      await five();
      await database.raw(`delete from audit_records where ${removed}`);
      expect(await verify(), removed).toEqual({ brokenAt });
    }
  });

  test('a tail cut off shows also when the head is turned back to the record before it', async () => {
    await five();
    const before = (await records())[3];
    await database.raw('delete from audit_records where sequence = 5');
    await database.raw(
      `update audit_head set sequence = 4, mark = ${blob(before?.hash ?? Buffer.alloc(0))} where id = 1`,
    );
    expect(await verify()).toEqual({ brokenAt: 5 });
    await database.raw('delete from audit_head');
    expect(await verify()).toEqual({ brokenAt: 1 });
  });

  test('records in another order show, renumbered or not', async () => {
    await five();
    await database.raw('update audit_records set sequence = 100 where sequence = 2');
    await database.raw('update audit_records set sequence = 2 where sequence = 3');
    await database.raw('update audit_records set sequence = 3 where sequence = 100');
    expect(await verify()).toEqual({ brokenAt: 2 });
  });

  test('a record that was inserted shows, between others or after the last', async () => {
    await five();
    const copy = (sequence: number) =>
      database.raw(`insert into audit_records
        select ${sequence}, at, actor, action, object_type, object_id, object_name, project_name, outcome, details, hash,
          lane, lane_number
        from audit_records where sequence = 1`);
    await copy(6);
    expect(await verify()).toEqual({ brokenAt: 6 });
    await database.raw('update audit_records set sequence = sequence + 100 where sequence > 2');
    await database.raw('update audit_records set sequence = sequence - 99 where sequence > 2');
    await copy(3);
    expect(await verify()).toEqual({ brokenAt: 3 });
  });

  test('a record out of another history of the same installation shows', async () => {
    const fork = await (await fresh()).open();
    await append(event(), event({ objectName: 'really deleted' }), event());
    await fork.write(async (stores) => {
      for (const objectName of ['my-jwk', 'harmless']) await log.append(stores, event({ objectName }));
    });
    const [, harmless] = await fork.read(({ audit }) => audit.list(0, 10));
    await database.raw(
      `update audit_records set object_name = 'harmless', hash = ${blob(harmless?.hash ?? Buffer.alloc(0))} where sequence = 2`,
    );
    expect(await verify()).toEqual({ brokenAt: 3 });
  });

  test('a chain made under another key shows from its first record', async () => {
    await five();
    const other = createAuditLog({ key: randomBytes(32), clock: () => now });
    expect(await store.read((stores) => other.verify(stores))).toEqual({ brokenAt: 1 });
  });

  test('names out of requests are kept short and readable in either database', async () => {
    await append(
      event({
        actor: 'a\0b\ud800c',
        objectName: 'x'.repeat(10_000),
        projectName: `${'y'.repeat(254)}\u{1F511}z`,
      }),
    );
    const [record] = await records();
    expect(record?.actor).toBe('a\uFFFDb\uFFFDc');
    expect(record?.objectName).toHaveLength(256);
    expect(record?.objectName.endsWith('…')).toBe(true);
    expect(record?.projectName?.isWellFormed()).toBe(true);
    expect(await verify()).toBeUndefined();
  });

  test('a detail that is too long or holds PEM is withheld and does not make its request fail', async () => {
    const pem = 'see -----BEGIN PRIVATE KEY-----';
    await append(event({ details: { long: 'x'.repeat(513), longest: 'x'.repeat(512), pem, odd: 'a\0b' } }));
    const [record] = await records();
    expect(record?.details).toEqual({
      long: '(513 characters)',
      longest: 'x'.repeat(512),
      pem: '(31 characters)',
      odd: 'a\uFFFDb',
    });
    expect(await verify()).toBeUndefined();
  });

  test('details by the name of a private member of any JWK are refused', async () => {
    // RFC 7518 §6.2.2, §6.3.2, §6.4; RFC 8037 §2.
    for (const name of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k', 'K', 'dP']) {
      await expect(append(event({ details: { [name]: 'x' } })), name).rejects.toMatchObject({
        code: 'internal_error',
      });
    }
    expect(await records()).toEqual([]);
  });

  test('details that are no plain facts, or go by the name of a secret, are refused, and nothing is stored', async () => {
    const refusedDetails: readonly Record<string, unknown>[] = [
      { jwkStr: 'x' },
      { password: 'x' },
      { Token: 'x' },
      { d: 'x' },
      { note: { nested: 1 } },
      { note: ['x'] },
      { note: Buffer.from('x') },
      { note: Number.NaN },
      { note: undefined },
      { 'not a word': 1 },
      Object.fromEntries(Array.from({ length: 17 }, (_, index) => [`fact${index}`, index])),
    ];
    for (const details of refusedDetails) {
      const refused = append(event({ details: details as AuditEvent['details'] }));
      await expect(refused, JSON.stringify(details)).rejects.toMatchObject({ code: 'internal_error' });
    }
    expect(await records()).toEqual([]);
  });
});
