import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { CompiledQuery } from 'kysely';
import pg from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openPostgres } from '../../src/store/postgres/postgres.ts';
import { isConnectionLost, postgresFailure } from '../../src/store/postgres/postgres-failure.ts';
import { unsuitableServer } from '../../src/store/postgres/postgres-fitness.ts';
import { openStore, type Store } from '../../src/store/store.ts';
import { freshDatabases, type TestDatabase } from '../support/databases.ts';
import { sampleProject, sampleUser } from './samples.ts';

const fresh = freshDatabases('postgres');
let database: TestDatabase;
let store: Store;
let other: pg.Client;

beforeEach(async () => {
  database = await fresh();
  store = await database.open();
  other = new pg.Client({
    connectionString: database.options.kind === 'postgres' ? database.options.url : '',
  });
  await other.connect();
});
afterEach(() => other.end());

const terminateOthers =
  'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()';
const endAllConnections = () => other.query(terminateOthers);

test('connections that the server ended are replaced without a restart', async () => {
  await Promise.all([1, 2, 3].map(() => store.read(({ projects }) => projects.list())));
  await store.write(({ projects }) => projects.insert(sampleProject()));
  await endAllConnections();
  await store.write(({ projects }) => projects.insert(sampleProject()));
  expect(await store.read(({ projects }) => projects.list())).toHaveLength(2);
  await store.ping();
});

test('a request that is given connections cut a moment ago, one after another, does not notice', async () => {
  await store.write(({ projects }) => projects.insert(sampleProject()));
  await Promise.all(Array.from({ length: 10 }, () => store.read(({ projects }) => projects.list())));
  // In another process, and awaited without a turn of the event loop: the pool cannot have noticed it yet.
  const script = `import pg from 'pg';
    const client = new pg.Client({ connectionString: process.argv[1] });
    await client.connect();
    await client.query(\`${terminateOthers.replace('pid <>', "application_name = 'keyplane' and pid <>")}\`);
    await client.end();`;
  const url = database.options.kind === 'postgres' ? database.options.url : '';
  const ended = spawnSync(process.execPath, ['--input-type=module', '-e', script, url], { encoding: 'utf8' });
  expect(ended.stderr).toBe('');
  expect(await store.read(({ projects }) => projects.list())).toHaveLength(1);
});

test('a connection that ends during a commit makes its writes unavailable and stores nothing of them', async () => {
  const results = await Promise.allSettled([
    store.write(async ({ projects }) => {
      await projects.insert(sampleProject({ name: 'half' }));
    }),
    store.write(async ({ projects }) => {
      await projects.insert(sampleProject({ name: 'cut' }));
      await endAllConnections();
      await projects.insert(sampleProject());
    }),
    store.write(async ({ projects }) => {
      await projects.insert(sampleProject({ name: 'after' }));
    }),
  ]);
  const unavailable = {
    status: 'rejected',
    reason: { code: 'unavailable', message: 'The database can not be reached right now. Try again!' },
  };
  expect(results[0]).toMatchObject(unavailable);
  expect(results[1]).toMatchObject(unavailable);
  expect(results[2]).toMatchObject({ status: 'fulfilled' });
  const names = (await store.read(({ projects }) => projects.list())).map((project) => project.name);
  expect(names).toEqual(['after']);
});

test('a manager that hangs with the lock of the writer delays the writes of others, and none is rejected', async () => {
  const second = await database.open();
  const hangs = Promise.withResolvers<void>();
  const reached = Promise.withResolvers<void>();
  const hanging = store.write(async ({ projects }) => {
    await projects.insert(sampleProject({ name: 'never' }));
    reached.resolve();
    await hangs.promise;
  });
  await reached.promise;
  try {
    await second.write(({ projects }) => projects.insert(sampleProject({ name: 'late' })));
  } finally {
    hangs.resolve();
  }
  await expect(hanging).rejects.toMatchObject({ code: 'unavailable' });
  const names = (await store.read(({ projects }) => projects.list())).map((project) => project.name);
  expect(names).toEqual(['late']);
});

test('a transaction that the server asks to retry runs again from the start', async () => {
  await database.raw('create sequence attempts');
  await database.raw(`create function fail_twice() returns trigger language plpgsql as $$ begin
    if nextval('attempts') < 3 then raise exception 'again' using errcode = '40001'; end if; return new;
  end $$`);
  await database.raw('create trigger t before insert on users for each row execute function fail_twice()');
  let runs = 0;
  const work = store.write(async ({ projects, users }) => {
    runs += 1;
    await projects.insert(sampleProject());
    await users.insert(sampleUser());
  });
  const beside = store.write(({ projects }) => projects.insert(sampleProject()));
  await Promise.all([work, beside]);
  expect(runs).toBe(3);
  expect(await store.read(({ projects }) => projects.list())).toHaveLength(2);
});

test('a transaction that the server keeps asking to retry ends in a conflict', async () => {
  await database.raw(`create function fail() returns trigger language plpgsql as $$ begin
    raise exception 'again' using errcode = '40P01';
  end $$`);
  await database.raw('create trigger t before insert on users for each row execute function fail()');
  let runs = 0;
  const work = store.write(({ users }) => {
    runs += 1;
    return users.insert(sampleUser());
  });
  await expect(work).rejects.toMatchObject({ code: 'conflict' });
  expect(runs).toBe(4);
});

test.each([
  ['57P01', 'VNIMANIE', true],
  ['57P02', 'FATAL', true],
  ['08006', 'FEHLER', true],
  ['25P03', 'FATAL', true],
  ['57014', 'ERROR', false],
  ['23505', 'FEHLER', false],
])(
  'an error %s of the severity %s, whatever the language of the server: the connection is lost: %s',
  (code, severity, isLost) => {
    const error = Object.assign(new pg.DatabaseError('said in some language', 1, 'error'), {
      code,
      severity,
    });
    expect(isConnectionLost(error)).toBe(isLost);
  },
);

test('a rejected row is not written to the log', () => {
  const refusal = new pg.DatabaseError('violates a constraint', 1, 'error');
  Object.assign(refusal, { code: '23502', detail: 'Failing row contains (the secret)' });
  const failure = postgresFailure(refusal);
  expect(failure).toMatchObject({ code: 'internal_error', message: 'An unexpected error occurred' });
  expect(JSON.stringify([failure.message, failure.detail, failure.stack, failure.cause])).not.toContain(
    'the secret',
  );
  const quoting = new pg.DatabaseError('invalid input syntax: "the secret"', 1, 'error');
  Object.assign(quoting, { code: '22P02' });
  expect(postgresFailure(quoting).detail).toBe('22P02');
});

test('a server that cannot be reached stops the start with one line, without the password', async () => {
  const start = openStore({ kind: 'postgres', url: 'postgres://keyplane:hidden@127.0.0.1:1/keyplane' });
  await expect(start).rejects.toThrow(
    /^The database of KEYPLANE_DATABASE_URL can not be opened \(ECONNREFUSED: (?!.*hidden).*\)$/,
  );
});

test('a pooler that takes a connection and has none of the server for it stops the start with one line', async () => {
  const authenticated = Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 0]);
  const readyForQuery = Buffer.from([0x5a, 0, 0, 0, 5, 0x49]);
  const pooler = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => socket.write(Buffer.concat([authenticated, readyForQuery])));
  }).listen(0, '127.0.0.1');
  await once(pooler, 'listening');
  const { port } = pooler.address() as AddressInfo;
  const start = openStore({ kind: 'postgres', url: `postgres://keyplane@127.0.0.1:${port}/keyplane` });
  await expect(start).rejects.toThrow(
    /^The database of KEYPLANE_DATABASE_URL can not be opened \(.*a pooler has no more connections to give.*\)$/,
  );
  pooler.close();
});

test('times, counts and revisions are numbers', async () => {
  const project = sampleProject({ createdAt: new Date('9999-12-31T23:59:59.999Z') });
  await store.write(async ({ projects, users }) => {
    await projects.insert(project);
    expect(await projects.get(project.id)).toEqual(project);
    expect(await users.count()).toBe(0);
  });
});

test.each([
  [{ version: 140000, encoding: 'UTF8' }, undefined],
  [{ version: 180004, encoding: 'UTF8' }, undefined],
  [
    { version: 130023, encoding: 'UTF8' },
    'KEYPLANE_DATABASE_URL names a PostgreSQL 13. Accepted: version 14 or newer.',
  ],
  [
    { version: 90624, encoding: 'UTF8' },
    'KEYPLANE_DATABASE_URL names a PostgreSQL 9. Accepted: version 14 or newer.',
  ],
  [
    { version: 180004, encoding: 'SQL_ASCII' },
    'KEYPLANE_DATABASE_URL names a database with the encoding SQL_ASCII. Accepted: UTF8.',
  ],
])('a server of %j is %j', (server, refusal) => {
  expect(unsuitableServer(server)).toBe(refusal);
});

test('a database of another encoding stops the start with one line and is left empty', async () => {
  const name = `latin_${Date.now()}`;
  await other.query(`create database ${name} template template0 encoding 'LATIN1'`);
  const url = new URL(database.options.kind === 'postgres' ? database.options.url : '');
  url.pathname = `/${name}`;
  await expect(openStore({ kind: 'postgres', url: url.href })).rejects.toThrow(
    /^KEYPLANE_DATABASE_URL names a database with the encoding LATIN1. Accepted: UTF8.$/,
  );
  await other.query(`drop database ${name}`);
});

test.each([
  ['off', 'on'],
  ['remote_apply', 'remote_apply'],
])('where the server has synchronous_commit %s, a write has %s', async (ofServer, ofWrite) => {
  const url = database.options.kind === 'postgres' ? database.options.url : '';
  const name = new URL(url).pathname.slice(1);
  await other.query(`alter database ${name} set synchronous_commit = ${ofServer}`);
  const engine = await openPostgres(url);
  const transaction = await engine.begin('write');
  const { rows } = await transaction.execute(CompiledQuery.raw('show synchronous_commit'));
  expect(rows).toEqual([{ synchronous_commit: ofWrite }]);
  await transaction.rollback();
  await engine.close();
  await other.query(`alter database ${name} reset synchronous_commit`);
});

test('a search finds its text also if the server reads backslashes as escapes', async () => {
  const name = new URL(database.options.kind === 'postgres' ? database.options.url : '').pathname.slice(1);
  await other.query(`alter database ${name} set standard_conforming_strings = off`);
  const again = await database.open();
  const found = await again.read(({ jwks }) =>
    jwks.list('none', {
      search: '100%_!\\',
      sort: { field: 'name', descending: false },
      offset: 0,
      limit: 1,
    }),
  );
  expect(found).toEqual({ jwks: [], total: 0 });
  await other.query(`alter database ${name} reset standard_conforming_strings`);
});

/** What is sent to the server while `work` runs, with the name that it is prepared under. */
async function sentBy(work: () => Promise<unknown>): Promise<readonly pg.QueryConfig[]> {
  const sent: pg.QueryConfig[] = [];
  const { query } = pg.Client.prototype;
  pg.Client.prototype.query = function noted(this: pg.Client, ...args: unknown[]) {
    const [first] = args;
    sent.push(typeof first === 'string' ? { text: first } : (first as pg.QueryConfig));
    return Reflect.apply(query, this, args);
  } as typeof query;
  try {
    await work();
  } finally {
    pg.Client.prototype.query = query;
  }
  return sent;
}

const kept = { sql: 'select $1 :: int as one', parameters: [1], isKept: true } as const;
const urlOf = ({ options }: TestDatabase) => (options.kind === 'postgres' ? options.url : '');

test('a frequent statement is prepared once for each connection', async () => {
  const engine = await openPostgres(urlOf(database));
  const prepared: unknown[] = [];
  const sent = await sentBy(async () => {
    for (let run = 0; run < 2; run += 1) {
      const transaction = await engine.begin('write');
      await transaction.execute(kept);
      const names = CompiledQuery.raw('select name, statement from pg_prepared_statements');
      prepared.push((await transaction.execute(names)).rows);
      await transaction.commit();
    }
  });
  const statement = { name: 'keyplane 1', statement: kept.sql };
  expect(prepared).toEqual([[statement], [statement]]);
  expect(sent.filter(({ name }) => name !== undefined)).toHaveLength(2);
  await engine.close();
});

test('nothing is prepared where the process that answers is not the one that was announced, as behind a pooler', async () => {
  const { port } = new URL(urlOf(database));
  const pooler = createServer((client) => {
    const server = connect(Number(port), '127.0.0.1');
    client.pipe(server);
    server.on('data', (data) => {
      // BackendKeyData: `K`, its length of 12, and the number of the process.
      const at = data.indexOf(Buffer.from([0x4b, 0, 0, 0, 12]));
      if (at >= 0) data.writeInt32BE(1, at + 5);
      client.write(data);
    });
    for (const one of [client, server])
      one.on('error', () => {}).on('close', () => [client, server].map((side) => side.end()));
  }).listen(0, '127.0.0.1');
  await once(pooler, 'listening');
  const url = new URL(urlOf(database));
  url.port = String((pooler.address() as AddressInfo).port);
  const engine = await openPostgres(url.href);
  const sent = await sentBy(async () => {
    const transaction = await engine.begin('write');
    expect((await transaction.execute(kept)).rows).toEqual([{ one: 1 }]);
    await transaction.commit();
  });
  expect(sent.map(({ text }) => text)).toContain(kept.sql);
  expect(sent.filter(({ name }) => name !== undefined)).toEqual([]);
  await engine.close();
  pooler.close();
});

test('a server that lost a prepared statement has the write run again, and nothing is prepared from then on', async () => {
  const engine = await openPostgres(urlOf(database));
  const first = await engine.begin('write');
  await first.execute(kept);
  await first.command('deallocate all');
  await expect(first.execute(kept)).rejects.toMatchObject({ code: 'conflict', again: true });
  expect(first.lost).toBe(true);
  await first.rollback();
  const sent = await sentBy(async () => {
    const second = await engine.begin('write');
    expect((await second.execute(kept)).rows).toEqual([{ one: 1 }]);
    await second.commit();
  });
  expect(sent.filter(({ name }) => name !== undefined)).toEqual([]);
  await engine.close();
});

test('a read takes one round trip: its first statement is sent behind the begin of its transaction', async () => {
  const engine = await openPostgres(urlOf(database));
  await engine.ping();
  const inOneTurn = await sentBy(async () => {
    const transaction = await engine.begin('read');
    void transaction.execute(CompiledQuery.raw('select 1 as one')).catch(() => undefined);
    await transaction.rollback();
  });
  expect(inOneTurn.map(({ text }) => text.slice(0, 8))).toEqual(['start tr', 'select 1']);
  await engine.close();
});

test('what is not a read waits until its transaction began, and so does all behind it', async () => {
  await database.raw('create table written (one int)');
  const engine = await openPostgres(urlOf(database));
  const transaction = await engine.begin('within', []);
  let found: Promise<unknown> | undefined;
  const sentAhead = await sentBy(async () => {
    void transaction.execute(CompiledQuery.raw('insert into written values (1)')).catch(() => undefined);
    found = transaction.execute(CompiledQuery.raw('select one from written'));
  });
  expect(sentAhead).toEqual([]);
  expect(await found).toMatchObject({ rows: [{ one: 1 }] });
  await transaction.rollback();
  expect(await database.raw('select one from written')).toEqual([]);
  await engine.close();
});

test('a transaction that cannot begin fails all writes that wait for it together', async () => {
  const project = sampleProject();
  await store.write(({ projects }) => projects.insert(project));
  const holds = Promise.withResolvers<void>();
  const reached = Promise.withResolvers<void>();
  const holding = (await database.open()).write(async ({ projects }) => {
    await projects.list();
    reached.resolve();
    await holds.promise;
  });
  await reached.promise;
  const runs = [0, 0];
  const waiting = runs.map((_, index) =>
    store.write(
      async ({ jwks }) => {
        runs[index] = (runs[index] ?? 0) + 1;
        await jwks.find(project.id, 'none');
      },
      [project.id],
    ),
  );
  const cancel = `select pg_cancel_backend(pid) from pg_stat_activity
    where datname = current_database() and wait_event_type = 'Lock' and wait_event = 'advisory'`;
  while ((await other.query(cancel)).rowCount === 0);
  const outcomes = await Promise.allSettled(waiting);
  holds.resolve();
  await holding;
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  for (const outcome of outcomes) expect(outcome).toMatchObject({ reason: { code: 'unavailable' } });
  expect(runs.every((count) => count <= 1)).toBe(true);
});
