import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { TimeBudget } from '../../src/sources/safe-fetch/time-budget.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

test('a time budget does not count the time for which its work is paused', async () => {
  const budget = new TimeBudget(1_000, 'no answer', new AbortController().signal);
  const memory = Promise.withResolvers<void>();
  const rest = Promise.withResolvers<string>();
  const spent = budget.spend(async () => {
    await budget.pause(() => memory.promise);
    return rest.promise;
  });
  await vi.advanceTimersByTimeAsync(60_000);
  memory.resolve();
  await vi.advanceTimersByTimeAsync(900);
  rest.resolve('read');
  expect(await spent).toBe('read');
});

test('a time budget counts the time before and after a pause together', async () => {
  const budget = new TimeBudget(1_000, 'no answer', new AbortController().signal);
  const memory = Promise.withResolvers<void>();
  const before = Promise.withResolvers<void>();
  const spent = budget.spend(async () => {
    await before.promise;
    await budget.pause(() => memory.promise);
    await new Promise(() => undefined);
  });
  const outcome = expect(spent).rejects.toThrow('timed out after 1000 ms: no answer');
  await vi.advanceTimersByTimeAsync(600);
  before.resolve();
  await vi.advanceTimersByTimeAsync(5_000);
  memory.resolve();
  await vi.advanceTimersByTimeAsync(399);
  expect(vi.getTimerCount()).toBe(1);
  await vi.advanceTimersByTimeAsync(1);
  await outcome;
});

test('what the work of a time budget resolved with is not kept while the manager runs', async () => {
  setFlagsFromString('--expose-gc');
  const collectGarbage = runInNewContext('gc') as () => void;
  const stop = new AbortController();
  const read = async () => {
    const budget = new TimeBudget(1_000, 'no answer', stop.signal);
    // As a fetch does, whose signal has listeners.
    const document = await budget.spend(async (signal) => {
      signal.addEventListener('abort', () => undefined, { once: true });
      return { body: Buffer.alloc(1_024) };
    });
    return new WeakRef(document);
  };
  const document = await read();
  await setImmediate();
  collectGarbage();
  expect(document.deref()).toBeUndefined();
  expect(stop.signal.aborted).toBe(false);
});

test('the work of a time budget ends with the reason of the manager that stops', async () => {
  const stop = new AbortController();
  const budget = new TimeBudget(1_000, 'no answer', stop.signal);
  const seen = Promise.withResolvers<AbortSignal>();
  const spent = budget.spend(async (signal) => {
    seen.resolve(signal);
    await new Promise(() => undefined);
  });
  const signal = await seen.promise;
  const outcome = expect(spent).rejects.toThrow('the manager stops');
  stop.abort(new Error('the manager stops'));
  await outcome;
  expect(signal.aborted).toBe(true);
  expect(vi.getTimerCount()).toBe(0);
});
