import { AsyncLocalStorage } from 'node:async_hooks';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { onBehalfOf, onBehalfOfTask } from '../../src/runtime/requester.ts';
import type { Engine, Mode } from '../../src/store/engine.ts';
import { openSqlite } from '../../src/store/sqlite/sqlite.ts';
import { WriteQueue } from '../../src/store/write-queue.ts';

/** A shared commit also ends after a time, which a busy machine uses up. */
const stopClock = () => vi.useFakeTimers({ toFake: ['performance'] });

let folder: string;
let engine: Engine;
let commits: number[];
let beginFailure: Error | undefined;
let queue: WriteQueue;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keyplane-queue-'));
  engine = await openSqlite({ path: join(folder, 'keyplane.db') });
  commits = [];
  beginFailure = undefined;
  const begin = async (mode: Mode) => {
    if (beginFailure) throw beginFailure;
    return engine.begin(mode);
  };
  queue = new WriteQueue(
    { begin },
    { committed: ({ writes }) => commits.push(writes), opened: () => undefined },
  );
});
afterEach(async () => {
  vi.useRealTimers();
  await engine.close();
  await rm(folder, { recursive: true });
});

test('a write of another requester passes those that one requester queued, and joins their commit', async () => {
  const order: string[] = [];
  const outside = AsyncLocalStorage.snapshot();
  const write = (requester: string, then = () => {}) =>
    onBehalfOf(requester, () =>
      queue.run(async () => {
        order.push(requester);
        then();
      }),
    );
  let other: Promise<unknown> | undefined;
  const startOther = () => {
    other ??= outside(() => write('other'));
  };
  await Promise.all(Array.from({ length: 50 }, () => write('hostile', startOther)));
  await other;
  expect(order.indexOf('other')).toBe(1);
  expect(commits[0]).toBeGreaterThan(1);
  expect(order).toHaveLength(51);
});

test('a requester who writes again and again joins a commit with no more than what waited at its begin', async () => {
  const outside = AsyncLocalStorage.snapshot();
  let second: Promise<unknown> | undefined;
  await queue.run(async () => {
    second = outside(() => queue.run(async () => undefined));
  });
  await second;
  expect(commits).toEqual([1, 1]);
});

test('requesters take turns within a commit, and each writes in the order in which it came', async () => {
  stopClock();
  const order: number[] = [];
  const write = (requester: string, number: number) =>
    onBehalfOf(requester, () => queue.run(async () => order.push(number)));
  await Promise.all([
    ...[1, 2, 3, 4].map((number) => write('ada', number)),
    ...[11, 12].map((number) => write('bob', number)),
  ]);
  expect(order).toEqual([1, 11, 2, 12, 3, 4]);
  expect(commits).toEqual([5, 1]);
});

test('a commit that another requester joined begins without all that one requester queued', async () => {
  const outside = AsyncLocalStorage.snapshot();
  const write = (requester: string, then = () => {}) =>
    onBehalfOf(requester, () => queue.run(async () => then()));
  let other: Promise<unknown> | undefined;
  let commitsBefore = -1;
  const startOther = () => {
    other ??= outside(() => write('other')).then(() => {
      commitsBefore = commits.length;
    });
  };
  await Promise.all(Array.from({ length: 50 }, () => write('hostile', startOther)));
  await other;
  expect(commitsBefore).toBe(1);
  // One of the other, and one or two of the one who has fifty.
  expect(commits[0]).toBeLessThanOrEqual(3);
  expect(commits.reduce((sum, count) => sum + count)).toBe(51);
});

test('a write of a task of the manager does not make the commit of a user smaller', async () => {
  stopClock();
  const write = (requester: string) => onBehalfOf(requester, () => queue.run(async () => undefined));
  const task = onBehalfOfTask('refresh', () => queue.run(async () => undefined));
  await Promise.all([task, ...['', ...Array.from({ length: 20 }, () => 'ada')].map(write)]);
  expect(commits).toEqual([22]);
});

test('a commit that cannot begin fails all that wait for it, and none that comes later', async () => {
  beginFailure = new Error('no disk');
  const write = (requester: string) => onBehalfOf(requester, () => queue.run(async () => 'written'));
  const outcomes = await Promise.allSettled(['ada', 'ada', 'bob'].map(write));
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
  beginFailure = undefined;
  await expect(write('ada')).resolves.toBe('written');
});

test('a write that fails leaves nothing behind where another requester comes meanwhile', async () => {
  const outside = AsyncLocalStorage.snapshot();
  let other: Promise<unknown> | undefined;
  const failing = queue.run(async (transaction) => {
    transaction.step('create table half (a)');
    other = outside(() => onBehalfOf('other', () => queue.run(async () => 'written')));
    throw new Error('refused');
  });
  await expect(failing).rejects.toThrow('refused');
  await expect(other).resolves.toBe('written');
  await expect(queue.run(async (transaction) => transaction.step('create table half (a)'))).resolves.toBe(
    undefined,
  );
});
