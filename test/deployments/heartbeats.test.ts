import { setTimeout } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import { createHeartbeats, type HeartbeatsOptions } from '../../src/deployments/presence/heartbeats.ts';
import type { NodeHeartbeat } from '../../src/environments/environment-store.ts';
import type { Heard } from '../../src/protocol/messages.ts';

const patient = { timeout: 60_000 };

const managerMs = Date.parse('2026-12-01T10:00:00Z');
/** The clock of the database is a minute ahead of the manager's. */
const databaseMs = managerMs + 60_000;

/** A database whose commits take until `commit`, or fail. */
function slowDatabase() {
  const commits: { readonly rows: readonly NodeHeartbeat[]; end(error?: Error): void }[] = [];
  const write = async (work: (stores: never) => Promise<unknown>) => {
    let rows: readonly NodeHeartbeat[] = [];
    const recordHeartbeats = async (some: readonly NodeHeartbeat[]) => {
      rows = some;
      return some
        .filter(({ nodeId }) => nodeId !== 'gone')
        .map(({ nodeId }) => ({ nodeId, lastSeenAt: databaseMs }));
    };
    const result = await work({ nodes: { recordHeartbeats, count: async () => 7 } } as never);
    const committed = Promise.withResolvers<void>();
    commits.push({ rows, end: (error) => (error ? committed.reject(error) : committed.resolve()) });
    await committed.promise;
    return result;
  };
  const nextCommit = async () => {
    await vi.waitFor(() => expect(commits.length).toBeGreaterThan(0), patient);
    return commits.shift() as (typeof commits)[number];
  };
  return { store: { write } as unknown as HeartbeatsOptions['store'], nextCommit };
}

function recorder() {
  const { store, nextCommit } = slowDatabase();
  const errors: unknown[] = [];
  const heartbeats = createHeartbeats({
    store,
    managerId: 'm1',
    clock: () => new Date(managerMs),
    onError: (error) => errors.push(error),
    writeEveryMs: 50,
  });
  const heard: (readonly [string, Heard])[] = [];
  const beat = (nodeId: string, time: number) =>
    heartbeats.beat({
      identity: { nodeId, environmentId: 'e', keyId: 'k', name: nodeId, version: '1', connection: 4 },
      time,
      // It waited until the node had caught up.
      arrivedMs: performance.now() - 700,
      clockOffsetMs: 100,
      answer: (answer) => heard.push([nodeId, answer]),
    });
  return { beat, heard, errors, nextCommit, heartbeats };
}

test('heartbeats of many nodes share a commit, and are answered once it is durable, the last one of each', async () => {
  const { beat, heard, nextCommit, heartbeats } = recorder();
  beat('a', 1);
  beat('b', 2);
  beat('a', 3);
  beat('gone', 4);
  const commit = await nextCommit();
  expect(commit.rows.map(({ nodeId, connection }) => [nodeId, connection])).toEqual([
    ['a', 4],
    ['b', 4],
    ['gone', 4],
  ]);
  await setTimeout(20);
  expect(heard).toEqual([]);
  commit.end();
  await vi.waitFor(() => expect(heard).toHaveLength(2), patient);
  expect(heard.map(([nodeId, { time, lastSeenAt }]) => [nodeId, time, lastSeenAt])).toEqual([
    ['a', 3, databaseMs],
    ['b', 2, databaseMs],
  ]);
  for (const [, { managerTime, answeredAfterMs, nodes }] of heard) {
    expect(managerTime).toBeGreaterThanOrEqual(databaseMs);
    expect(answeredAfterMs).toBeGreaterThanOrEqual(700);
    expect(nodes).toBe(7);
  }
  (await nextCommit()).end();
  await heartbeats.close();
});

test('a heartbeat that was not recorded is recorded with the next commit, once more and no oftener', async () => {
  const { beat, nextCommit, heartbeats } = recorder();
  const recordedNext = async () => {
    const { rows, end } = await nextCommit();
    end();
    return rows.map(({ nodeId }) => nodeId);
  };
  beat('a', 1);
  beat('gone', 2);
  expect(await recordedNext()).toEqual(['a', 'gone']);
  expect(await recordedNext()).toEqual(['gone']);
  beat('b', 3);
  expect(await recordedNext()).toEqual(['b']);
  await heartbeats.close();
});

test('a heartbeat that was not recorded gives way to a later one of its node', async () => {
  const { beat, heard, nextCommit, heartbeats } = recorder();
  beat('gone', 1);
  const first = await nextCommit();
  beat('gone', 2);
  first.end();
  const second = await nextCommit();
  expect(second.rows).toHaveLength(1);
  second.end();
  const third = await nextCommit();
  expect(third.rows).toHaveLength(1);
  third.end();
  beat('b', 3);
  const last = await nextCommit();
  expect(last.rows.map(({ nodeId }) => nodeId)).toEqual(['b']);
  expect(heard).toEqual([]);
  last.end();
  await heartbeats.close();
});

test('a heartbeat whose commit failed is not answered; the next one is', async () => {
  const { beat, heard, errors, nextCommit, heartbeats } = recorder();
  beat('a', 1);
  (await nextCommit()).end(new Error('the disk is full'));
  await vi.waitFor(() => expect(errors).toHaveLength(1), patient);
  beat('a', 2);
  (await nextCommit()).end();
  await vi.waitFor(() => expect(heard.map(([, { time }]) => time)).toEqual([2]), patient);
  await heartbeats.close();
});

test('the clock offset of a node is recorded against the clock of the database, once that is known', async () => {
  const { beat, nextCommit, heartbeats } = recorder();
  beat('a', 1);
  const first = await nextCommit();
  expect(first.rows[0]?.clockOffsetMs).toBe(100);
  first.end();
  await vi.waitFor(async () => {
    beat('a', 2);
    const next = await nextCommit();
    next.end();
    expect(Math.round((next.rows[0]?.clockOffsetMs ?? 0) / 1_000)).toBe(-60);
  }, patient);
  await heartbeats.close();
});
