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
