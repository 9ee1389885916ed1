// Two managers on one PostgreSQL that waits for its disk create in a project each: how long their write transactions
// wait for each other, and how many more creates they make than one manager alone. Once with an environment for each
// project, and once with one that both reach. No node is joined. Whether two make more than one depends on the cores
// that are left for the second; the share of waiting does not.

import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { type BenchManager, median, onClients, startBenchManager } from '../bench-manager.ts';
import type { BenchRow } from '../bench-row.ts';
import { withPostgres } from '../support/with-postgres.ts';
import type { Sent } from './flight-counting-manager.ts';
import { perSecond } from './rsa-keys.ts';

const file = new URL('./flight-counting-manager.ts', import.meta.url);
const projects = ['Bench', 'Bench2'] as const;
const clients = 8;
const creates = 400;
const rounds = 3;
const mostWaiting = 0.05;
const sampleEveryMs = 2;

export async function run(): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const shared of [false, true]) rows.push(...(await withPostgres(({ url }) => compare(url, shared))));
  return rows;
}

async function compare(databaseUrl: string, shared: boolean): Promise<BenchRow[]> {
  const settings = { KEYPLANE_MASTER_KEY: randomBytes(32).toString('base64') };
  const started: BenchManager[] = [];
  try {
    for (const project of projects) {
      started.push(await startBenchManager(clients, { file, databaseUrl, settings, project }));
    }
    const [one, other] = started as [BenchManager, BenchManager];
    for (const environment of environmentsOf(shared)) await one.post('/apiops/environments/', environment);
    const sides = [
      { manager: one, project: projects[0] },
      { manager: other, project: projects[1] },
    ] as const;
    for (const side of sides) await load([side]);
    const rates = { one: [] as number[], two: [] as number[] };
    const waiting: number[] = [];
    let counted: Sent = { statements: Number.NaN, roundTrips: Number.NaN };
    for (let round = 0; round < rounds; round += 1) {
      rates.one.push(await load([sides[0]]));
      await one.ask('sent');
      const watch = watchLocks(databaseUrl);
      rates.two.push(await load(sides));
      waiting.push(await watch.end());
      await one.ask('sent');
      await load([sides[0]], 1);
      counted = await one.ask<Sent>('sent');
    }
    return rowsOf({ shared, rates, waiting: median(waiting), counted });
  } finally {
    for (const manager of started) await manager.close();
  }
}

/** An environment was changed before, so that its state is there. */
function environmentsOf(shared: boolean) {
  const common = { type: 'TEST' } as const;
  if (shared) return [{ ...common, name: 'both' }];
  return projects.map((name) => ({ ...common, name: `of-${name}`, projects: [name] }));
}

interface Side {
  readonly manager: BenchManager;
  readonly project: string;
}

let made = 0;

/** @returns creates a second, of all sides together */
async function load(sides: readonly Side[], clientsOfEach = clients): Promise<number> {
  const worksOf = ({ manager, project }: Side) =>
    Array.from({ length: creates }, () => {
      const jwkStr = JSON.stringify(
        generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' }),
      );
      made += 1;
      const body = { name: `jwk-${made}`, sourceType: 'COPY_PASTE', jwkStr };
      return () => manager.post(`/apiops/projects/${project}/jwks/`, body);
    });
  const works = sides.map(worksOf);
  const startedAt = performance.now();
  await Promise.all(works.map((own) => onClients(clientsOfEach, own)));
  return ((sides.length * creates) / (performance.now() - startedAt)) * 1_000;
}

/**
 * A write transaction holds the lock of all writers, or waits for it; it waits while a lock of it is not granted. What
 * puts open audit records into the chain is left out: no write waits for it.
 */
const writers = `select count(distinct w.pid)::int as writing,
  count(distinct w.pid) filter (where exists (
    select 1 from pg_locks l where l.pid = w.pid and not l.granted))::int as waiting
from pg_locks w where w.locktype = 'advisory'
  and not exists (select 1 from pg_locks c where c.pid = w.pid and c.mode = 'RowShareLock' and c.relation = 'audit_head'::regclass)
  and w.classid = ${0x6b65} and w.objid = ${0x79706c61} and w.objsubid = 1`;

/** Looks again and again. @returns the share of the time of write transactions in which these wait for a lock */
function watchLocks(databaseUrl: string) {
  let isEnded = false;
  const watched = (async () => {
    const client = new pg.Client(databaseUrl);
    await client.connect();
    const sum = { writing: 0, waiting: 0 };
    while (!isEnded) {
      const { rows } = await client.query<typeof sum>({ name: 'writers', text: writers });
      sum.writing += rows[0]?.writing ?? 0;
      sum.waiting += rows[0]?.waiting ?? 0;
      await sleep(sampleEveryMs);
    }
    await client.end();
    return sum.waiting / sum.writing;
  })();
  return {
    end() {
      isEnded = true;
      return watched;
    },
  };
}

interface Found {
  readonly shared: boolean;
  readonly rates: { readonly one: readonly number[]; readonly two: readonly number[] };
  readonly waiting: number;
  readonly counted: Sent;
}

function rowsOf({ shared, rates, waiting, counted }: Found): BenchRow[] {
  const where = shared ? 'one environment' : 'an environment each';
  const [one, two] = [median(rates.one), median(rates.two)];
  const each = (count: number) => (count / creates).toFixed(1);
  return [
    {
      name: `Two managers create in a project each on one PostgreSQL, ${where}: time that a write waits for another`,
      ours: percent(waiting),
      yardstick: percent(mostWaiting),
      ratio: waiting / mostWaiting,
      goal: { atMost: 1 },
      note: `of the time of all write transactions; a create of one client sends ${each(counted.statements)} statements in ${each(counted.roundTrips)} round trips, reads and presence included`,
    },
    {
      name: `Two managers create in a project each on one PostgreSQL, ${where}: creates a second`,
      ours: perSecond(two),
      yardstick: `${perSecond(one)} (one manager)`,
      ratio: two / one,
      note: `pasted P-256, ${clients} clients each; the cores are shared with the clients and PostgreSQL`,
    },
  ];
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
