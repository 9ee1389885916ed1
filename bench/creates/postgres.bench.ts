// Create JWK from a pasted RSA key of 2048 bits on a real PostgreSQL that waits for its disk: through the whole API, and
// what the store alone makes of the same rows, against the best that pgbench makes of the same two inserts. In turns,
// medians. Where the machine has no pgbench (Debian's postgresql-contrib) there is nothing to compare with.

import { execFile, spawnSync } from 'node:child_process';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { createAuditLog } from '../../src/audit/create-audit-log.ts';
import { newId } from '../../src/new-id.ts';
import { createIntegrity } from '../../src/sealing/integrity.ts';
import { openStore, type Store } from '../../src/store/store.ts';
import { type BenchManager, median, onClients, startBenchManager } from '../bench-manager.ts';
import type { BenchRow } from '../bench-row.ts';
import { withPostgres } from '../support/with-postgres.ts';
import { createAll, type Half, halves, perSecond } from './rsa-keys.ts';

const rounds = 5;
const clients = 64;
const creates = 512;
const secondsEach = '2';

export async function run(): Promise<BenchRow[]> {
  if (spawnSync('pgbench', ['--version']).status !== 0) {
    const note = 'pgbench is not on this machine (postgresql-contrib)';
    return [{ name: 'Create JWK on PostgreSQL', ours: '-', yardstick: 'none', ratio: Number.NaN, note }];
  }
  return withPostgres(async ({ url, folder }) => {
    const manager = await startBenchManager(clients, { databaseUrl: url });
    const store = await openStore({ kind: 'postgres', url });
    // Its rows stay in a database of this run's own, so any key will do for their MACs.
    store.protect(createIntegrity(Buffer.alloc(32)));
    try {
      return await compare({ manager, store, url, folder });
    } finally {
      await store.close();
      await manager.close();
    }
  });
}

interface Parts {
  readonly manager: BenchManager;
  readonly store: Store;
  readonly url: string;
  readonly folder: string;
}

async function compare({ manager, store, url, folder }: Parts): Promise<BenchRow[]> {
  const load = (half: Half) => createAll(manager, { half, clients, creates });
  for (const half of halves) await load(half);
  const scripts = await writeScripts(url, folder);
  const rates = {
    private: [] as number[],
    public: [] as number[],
    store: [] as number[],
    best: [] as number[],
  };
  for (let round = 0; round < rounds; round += 1) {
    for (const half of halves) rates[half].push(await load(half));
    rates.store.push(await insertAll(store));
    const tries: number[] = [];
    for (const script of scripts) tries.push(await pgbench(url, script));
    rates.best.push(Math.max(...tries));
  }
  const best = median(rates.best);
  const yardstick = `${perSecond(best)} (pgbench, prepared, 16 connections)`;
  const row = (name: string, rate: number, atLeast: number): BenchRow => {
    return { name, ours: perSecond(rate), yardstick, ratio: rate / best, goal: { atLeast } };
  };
  return [
    ...halves.map((half) => {
      const name = `Create JWK on PostgreSQL, pasted ${half} RSA 2048, ${clients} clients`;
      return row(name, median(rates[half]), 0.5);
    }),
    row('The same rows on PostgreSQL, by the store alone', median(rates.store), 1),
  ];
}

/** A JWK and its audit record in a transaction each, asked for all at once: without desired state and looking up. */
async function insertAll(store: Store): Promise<number> {
  const audit = createAuditLog({ key: Buffer.alloc(32), clock: () => new Date() });
  const [sample] = await store.read(async ({ jwks, projects }) => {
    const [project] = await projects.list();
    return jwks.listOfProject(project?.id ?? '', '', 1);
  });
  if (!sample) throw new Error('there is no row to copy');
  const event = { actor: 'bench', action: 'jwk.create', objectType: 'jwk', projectName: 'Bench' } as const;
  const works = Array.from({ length: creates }, () => async () => {
    const id = newId();
    await store.write(async (stores) => {
      // The row is the manager's, whose integrity key this store does not have.
      await stores.jwks.insert({ ...sample, altered: false, id, name: id });
      await audit.append(stores, { ...event, objectId: id, objectName: id, outcome: 'SUCCESS', details: {} });
    });
  });
  const startedAt = performance.now();
  await onClients(clients, works);
  return (creates / (performance.now() - startedAt)) * 1_000;
}

/** Two transactions of the same rows, into tables of the same make without what they point at. */
async function writeScripts(url: string, folder: string): Promise<readonly string[]> {
  const client = new pg.Client(url);
  await client.connect();
  await client.query('create table bench_jwks (like jwks including all)');
  await client.query('create table bench_records (like audit_records including all)');
  await client.query('create sequence bench_sequence start 1');
  const insertOf = async (table: string, copy: string, changed: Record<string, string>) => {
    const { rows } = await client.query(`select * from ${table} limit 1`);
    const columns = Object.keys(rows[0]);
    const values = columns.map((column) => changed[column] ?? literal(rows[0][column]));
    return `insert into ${copy} (${columns.join(', ')}) values (${values.join(', ')})`;
  };
  const id = 'gen_random_uuid()::text';
  const jwk = await insertOf('jwks', 'bench_jwks', { id, name: id });
  const record = await insertOf('audit_records', 'bench_records', { sequence: `nextval('bench_sequence')` });
  await client.end();
  const texts = [`begin;\n${jwk};\n${record};\ncommit;\n`, `with jwk as (${jwk}) ${record};\n`];
  return Promise.all(
    texts.map(async (text, index) => {
      const path = join(folder, `inserts-${index}.sql`);
      await writeFile(path, text);
      await chmod(path, 0o644);
      return path;
    }),
  );
}

function literal(value: unknown): string {
  if (value === null) return 'null';
  if (Buffer.isBuffer(value)) return `'\\x${value.toString('hex')}'::bytea`;
  // pgbench reads a colon before a name as one of its variables.
  if (typeof value === 'string') {
    return `E'${value.replaceAll('\\', '\\\\').replaceAll("'", "''").replaceAll(':', '\\x3a')}'`;
  }
  return String(value);
}

/** @returns transactions a second */
async function pgbench(url: string, script: string): Promise<number> {
  const load = ['-n', '-M', 'prepared', '-c', '16', '-j', '2', '-T', secondsEach, '-f', script, url];
  const { stdout } = await promisify(execFile)('pgbench', load);
  const rate = /tps = ([\d.]+)/.exec(stdout)?.[1];
  if (rate === undefined) throw new Error(`pgbench said nothing of its speed: ${stdout}`);
  return Number(rate);
}
