import { chmod, open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { examine } from '../../src/compose/doctor.ts';
import type { ManagerConfig } from '../../src/config.ts';
import { checkDatabase } from '../../src/doctor/check-database.ts';
import { checkRoom } from '../../src/doctor/check-machine.ts';
import type { DiagnosticsStores } from '../../src/doctor/diagnostics-store.ts';
import { type TestDatabase, withDatabases } from '../support/databases.ts';
import {
  cleanUpInstallations,
  copyOf,
  type FilledInstallation,
  fillInstallation,
} from './support/installation.ts';

cleanUpInstallations();
afterEach(() => {
  vi.useRealTimers();
});

const mebibyte = 1024 * 1024;
const tenYearsMs = 10 * 365 * 86_400_000;

test('the doctor reports a nearly full disk, by bytes or by share', () => {
  const room = (free: number, of: number) =>
    checkRoom('/data', { bavail: free, blocks: of, bsize: mebibyte });
  expect(room(600, 10_000)).toEqual({ findings: [], looked: { 'free MiB': 600 } });
  for (const [free, of] of [
    [511, 2_000],
    [600, 100_000],
  ] as const) {
    expect(room(free, of).findings).toEqual([
      expect.objectContaining({
        topic: 'machine',
        problem: `Only ${free} MiB are free on the disk of /data.`,
      }),
    ]);
  }
});

test('the doctor says that PostgreSQL is newer than the tested versions, and reports no tested one', async () => {
  const now = new Date();
  const findings = async (major: number | undefined) => {
    const diagnostics = {
      serverMajorVersion: async () => major,
      now: async () => now,
      newestAuditRecordAt: async () => undefined,
    } as Partial<DiagnosticsStores['diagnostics']> as DiagnosticsStores['diagnostics'];
    return (await checkDatabase({ diagnostics }, { schemaVersion: 1, newestSchema: 1, now })).findings;
  };
  expect(await findings(19)).toEqual([
    expect.objectContaining({
      topic: 'database',
      severity: 'warning',
      problem: 'PostgreSQL 19 is newer than the tested versions (15 and 18).',
    }),
  ]);
  expect([await findings(18), await findings(undefined)]).toEqual([[], []]);
});

withDatabases('the doctor', (fresh, kind) => {
  let filled: FilledInstallation;
  let database: TestDatabase;
  let config: ManagerConfig;
  beforeAll(async () => {
    filled = await fillInstallation(kind);
  });
  beforeEach(async () => {
    ({ database, config } = await copyOf(filled, fresh));
  });
  const problems = async () =>
    (await examine(config)).findings.map(({ topic, problem }) => `${topic}: ${problem}`);
  const managerSeen = (ago: number) =>
    database.raw(
      `insert into managers (id, version, started_at, seen_at) values ('m${ago}', '1.2.3', 0, ${Date.now() - ago})`,
    );
  const node = (columns: string) =>
    database.raw(
      `insert into nodes (id, environment_id, name, created_at, last_seen_at, applied_revision, connected, manager_id${columns} from environments`,
    );

  test.each([
    ['ahead', tenYearsMs, 1],
    ['behind', -tenYearsMs, 2],
  ])(
    'reports that the local clock is ten years %s, and not that keys have expired by it',
    async (_, off, count) => {
      vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + off });
      const found = (await problems()).filter((problem) => !problem.startsWith('keys:'));
      expect(found).toHaveLength(count);
      expect(found[0]).toMatch(
        /^machine: The clocks of this machine and of the database are 3\d{8} seconds apart\./,
      );
      if (off < 0)
        expect(found[1]).toMatch(
          /^machine: The newest audit record is from .* in the future of this machine/,
        );
    },
  );

  test('the doctor names nodes with another history, beside those that only lag, rejected a change or are offline', async () => {
    await managerSeen(0);
    await node(") select 'n1', id, 'a', 0, 1, 99, 1, 'm0'");
    await node(") select 'n2', id, 'b', 0, 1, 1, 1, 'm0'");
    await node(", diverged_revision, diverged_at) select 'n3', id, 'c', 0, 1, 2, 0, null, 7, 86400000");
    await node(", refused_revision, refused_reason) select 'n4', id, 'd', 0, 1, 2, 1, 'm0', 5, 'no room'");
    await node(") select 'n5', id, 'e', 0, 1, 2, 0, null");
    expect(await problems()).toEqual([
      expect.stringMatching(/^nodes: Node a .* has revision 99, the database only \d+\./),
      expect.stringMatching(/^nodes: Node b .* has revision 1 of \d+\./),
      'nodes: Node c of environment production has revision 7 of another history since 1970-01-02 00:00:00 UTC, and rejects this one.',
      'nodes: Node d of environment production rejected revision 5: no room.',
      expect.stringMatching(/^nodes: Node e .* is not connected; it was last seen at .*, with revision 2 of/),
    ]);
    const { findings } = await examine(config);
    const adviceOf = (name: string) =>
      findings.find(({ problem }) => problem.startsWith(`Node ${name} `))?.advice;
    expect(adviceOf('b')).toMatch(/Repeat this check in a minute/);
    expect(adviceOf('c')).toMatch(/restore --announce/);
  });

  test('names the keys of a project under one kid, and the key that the set of an environment leaves out', async () => {
    const columns = 'description, source_type, source, type, use, updated_at, mac';
    /** Another row under a kid that is there, later than that, past the manager. */
    const later = (name: string, { projectId = 'project_id', members = `'{"no":"JWK"}'` } = {}) =>
      database.raw(
        `insert into jwks (id, project_id, name, kid, public_members, created_at, ${columns}) select '${name}', ${projectId}, '${name}', kid, ${members}, created_at + 1, ${columns} from jwks where id = (select min(id) from jwks where type <> 'OCT' and kid <> '')`,
      );
    const found = async () => (await problems()).filter((text) => text.includes('names different keys'));
    await later('same', { members: 'public_members' });
    expect(await found(), 'one key twice').toEqual([]);
    await database.raw(
      "insert into projects (id, name, created_at, updated_at, mac) select 'p9', 'Second', 0, 0, (select mac from jwks limit 1)",
    );
    await later('copied');
    await later('foreign', { projectId: "'p9'", members: `'{"another":"key"}'` });
    expect(await found()).toEqual([
      expect.stringMatching(
        /^keys: kid ".+" names different keys: .*JWK copied of project (?!Second).* All of them are published in the JWK Set of the project\.$/,
      ),
      expect.stringMatching(
        /^keys: kid ".+" .*The set of environment \S+ leaves out JWK foreign of project Second\.$/,
      ),
    ]);
  });

  test('lists JWKs that expire within 30 days apart from those that have expired', async () => {
    const dayMs = 86_400_000;
    const expireIn = (name: string, days: number) =>
      database.raw(
        `update jwks set expiration_time = ${Date.now() + days * dayMs}${kind === 'sqlite' ? '' : '::bigint'} where name = '${name}'`,
      );
    await expireIn('ec', 29);
    await expireIn('okp', 31);
    await expireIn('oct', -1);
    const { findings } = await examine(config);
    const keys = findings
      .filter(({ topic }) => topic === 'keys')
      .map(({ problem, advice }) => [problem, advice]);
    expect(keys.toSorted()).toEqual([
      [
        expect.stringMatching(/^JWK ec of project MyProject expires at /),
        expect.stringMatching(/^Rotate: create a replacement now/),
      ],
      [
        expect.stringMatching(/^JWK oct of project MyProject expired at /),
        expect.stringMatching(/^Nodes no longer publish it/),
      ],
    ]);
  });

  test('distinguishes a URL that no longer has its key from one that fails', async () => {
    const follow = (name: string, state: string) =>
      database.raw(
        `insert into jwk_refreshes (jwk_id, interval_ms, refresh_at, state, state_since) select id, 1000, 0, '${state}', 86400000 from jwks where name = '${name}'`,
      );
    await follow('ec', 'GONE');
    await follow('okp', 'FAILING');
    await follow('oct', 'FRESH');
    expect((await problems()).toSorted()).toEqual([
      'sources: The URL of JWK ec of project MyProject no longer has its key since 1970-01-02 00:00 UTC',
      'sources: The URL of JWK okp of project MyProject fails since 1970-01-02 00:00 UTC',
    ]);
  });

  test('names a private file that other users can read', async () => {
    const path = join(config.dataDir, 'master.key');
    await chmod(path, 0o640);
    expect((await examine(config)).findings[0]).toMatchObject({
      topic: 'machine',
      problem: `${path} has mode 0640, so other users can access it.`,
    });
  });

  test('does not report a node as disconnected while no manager runs, and advises to start a manager', async () => {
    await node(") select 'n1', id, 'a', 0, 1, 2, 0, null");
    expect((await examine(config)).findings).toMatchObject([
      {
        topic: 'nodes',
        problem: expect.stringMatching(/^Node a of environment production has revision 2 of \d+\.$/),
        advice: 'Start a manager, which updates the node.',
      },
    ]);
  });

  if (kind === 'postgres') {
    test('names managers that stopped without shutting down, and not those that run', async () => {
      await managerSeen(0);
      await managerSeen(60_000);
      expect(await problems()).toEqual([
        expect.stringMatching(/^managers: Manager m60000 \(keyplane 1\.2\.3\) stopped without shutting down/),
      ]);
      expect((await examine(config)).looked).toMatchObject({ 'manager runs': 'yes' });
    });
    return;
  }

  describe('of a file that is damaged', () => {
    async function overwrite(rootOf: string): Promise<void> {
      const [found] = await database.raw(`select rootpage from sqlite_schema where name = '${rootOf}'`);
      const [{ page_size: pageBytes } = {}] = await database.raw('select page_size from pragma_page_size');
      const path = database.options.kind === 'sqlite' ? database.options.path : '';
      const file = await open(path, 'r+');
      const from = (Number(found?.rootpage) - 1) * Number(pageBytes);
      await file.write(Buffer.alloc(Number(pageBytes), 0x5a), 0, Number(pageBytes), from);
      await file.close();
      expect((await stat(path)).size).toBeGreaterThan(from);
    }

    test('in an index is reported with the finding of SQLite and the advice', async () => {
      const [index] = await database.raw(
        "select name from sqlite_schema where type = 'index' and tbl_name = 'materials' and name like 'sqlite_autoindex%' order by name desc",
      );
      await overwrite(String(index?.name));
      expect(await problems()).toContainEqual(
        expect.stringMatching(/^database: The database reports damage: /),
      );
    });

    test('in a table that the doctor has to read is reported all the same', async () => {
      await overwrite('jwks');
      const { findings } = await examine(config);
      expect(findings[0]).toMatchObject({
        topic: 'database',
        problem: expect.stringMatching(/^The database reports damage: /),
        advice: expect.stringMatching(/restore the newest backup/),
      });
    });
  });

  test('reports rows that refer to missing rows', async () => {
    const path = database.options.kind === 'sqlite' ? database.options.path : '';
    const other = new SqliteDatabase(path);
    other.pragma('foreign_keys = OFF');
    other.exec('delete from projects');
    other.close();
    expect(await problems()).toContain(
      'database: The database reports damage: rows in jwks refer to rows that are not there.',
    );
  });
});
