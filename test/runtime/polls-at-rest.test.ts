// What a manager polls for while nothing is due: absences of nodes on both databases, expirations of JWKs on
// the one that shows commits. The timers are driven by the test, the databases are real.

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { AbsentNodes } from '../../src/environments/absent-nodes.ts';
import { dayMs } from '../../src/jwks/expiration/expiration-notice.ts';
import { ExpirationWatch } from '../../src/jwks/expiration/expiration-watch.ts';
import { Lease } from '../../src/leases/lease.ts';
import type { Store } from '../../src/store/store.ts';
import { sampleEnvironment, sampleJwk, sampleNode, sampleProject } from '../store/samples.ts';
import { freshDatabases, type TestDatabase, withDatabases } from '../support/databases.ts';

let database: TestDatabase;
let store: Store;
let reads: number;
let passedMs: number;
const clock = () => new Date(startedAt + passedMs);
let startedAt: number;

async function begin(fresh: () => Promise<TestDatabase>): Promise<Store> {
  database = await fresh();
  store = await database.open();
  reads = 0;
  passedMs = 0;
  startedAt = Date.now();
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  return {
    ...store,
    read(callback) {
      reads += 1;
      return store.read(callback);
    },
  };
}
const failed = (error: unknown) => {
  throw error;
};
const pass = (ms: number) => {
  passedMs += ms;
  return vi.advanceTimersByTimeAsync(ms);
};
/** By steps, each of which ends with the polls that it began. */
async function passInSteps(ms: number, stepMs: number, ended: () => Promise<unknown>): Promise<void> {
  for (let passed = 0; passed < ms; passed += stepMs) {
    await pass(stepMs);
    await ended();
  }
}
const commitSomething = () =>
  store.write(({ environments }) => environments.insert(sampleEnvironment())).then(() => undefined);

afterEach(() => {
  vi.useRealTimers();
});

withDatabases('absences of nodes', (fresh) => {
  const pollMs = 5_000;
  let absent: AbsentNodes;
  let nodeId: string;
  const absences = () => database.raw('select node_id from node_absences');
  beforeEach(async () => {
    const counted = await begin(fresh);
    const environment = sampleEnvironment();
    const node = sampleNode(environment.id, { lastSeenAt: new Date(), connected: false });
    nodeId = node.id;
    await store.write(async ({ environments, nodes }) => {
      await environments.insert(environment);
      await nodes.insert(node);
    });
    const lease = new Lease({ store, name: 'absences', holder: 'test', onError: failed });
    absent = new AbsentNodes({ store: counted, lease, clock, onError: failed });
    absent.start();
    await pass(60_000);
    await absent.poll();
    reads = 0;
  });
  afterEach(() => absent.close());

  test('are not polled for before one can be due, whatever is committed, and then reported', async () => {
    for (let step = 0; step < 5; step += 1) {
      await commitSomething();
      await pass(pollMs);
    }
    expect(reads).toBe(0);
    await database.raw('update nodes set last_seen_at = last_seen_at - 120000');
    passedMs += 60_000;
    await pass(pollMs);
    await expect.poll(async () => (await absences()).length).toBe(1);
  });

  test('are polled for again once a node is back whose absence was reported', async () => {
    await store.write(({ absences: table }) => table.report(nodeId, clock()));
    await absent.poll();
    await absent.poll();
    await store.write(({ managers }) => managers.beat({ id: 'm', version: '1' }));
    await database.raw("update nodes set connected = 1, manager_id = 'm'");
    await pass(pollMs);
    await expect.poll(async () => (await absences()).length).toBe(0);
  });
});

describe('expirations of JWKs', () => {
  const pollMs = 30_000;
  const fresh = freshDatabases('sqlite');
  let watch: ExpirationWatch;
  const jwkThatExpires = async (expirationTime: Date) => {
    const project = sampleProject();
    await store.write(async ({ projects, jwks }) => {
      await projects.insert(project);
      await jwks.insert(sampleJwk(project.id, { expirationTime }));
    });
  };
  const warnings = () => database.raw('select days from expiry_notices');
  beforeEach(async () => {
    const counted = await begin(fresh);
    await jwkThatExpires(new Date(startedAt + 40 * dayMs));
    const lease = new Lease({ store, name: 'expirations', holder: 'test', onError: failed });
    watch = new ExpirationWatch({ store: counted, lease, clock, onError: failed });
    watch.start();
    await pass(pollMs);
    await watch.poll();
    reads = 0;
  });
  afterEach(() => watch.close());

  test('are not polled for before the next warning is due, and no lease is held meanwhile', async () => {
    await passInSteps(9 * 60_000, pollMs, async () => undefined);
    expect(reads).toBe(0);
    expect(await database.raw('select * from leases where expires_at > 0')).toEqual([]);
    passedMs += 10.5 * dayMs;
    await pass(pollMs);
    await expect.poll(warnings).toEqual([{ days: 30 }]);
  });

  test('are polled for after a commit, which may have brought an earlier one', async () => {
    await jwkThatExpires(new Date(startedAt + 30 * dayMs + 2 * pollMs));
    passedMs += pollMs;
    await pass(pollMs);
    await expect.poll(warnings).toEqual([{ days: 30 }]);
  });
});
