import { describe, expect, test, vi } from 'vitest';
import { IdleDetector } from '../../src/runtime/idle-detector.ts';
import { Poller } from '../../src/runtime/poller.ts';

function detector(mark = 'a') {
  const now: { mark: string | undefined; ms: number } = { mark, ms: 1_000 };
  const made = new IdleDetector(
    () => now.mark,
    () => new Date(now.ms),
  );
  return { made, now };
}

describe('a poll at a database', () => {
  test('is spared after one that found nothing, until something is committed', () => {
    const { made, now } = detector();
    expect(made.isIdle).toBe(false);
    made.begin();
    expect(made.isIdle).toBe(false);
    made.foundNothingUntil(null);
    expect(made.isIdle).toBe(true);
    now.mark = 'b';
    expect(made.isIdle).toBe(false);
  });

  test('is made where something was committed after the last one began', () => {
    const { made, now } = detector();
    made.begin();
    now.mark = 'b';
    made.foundNothingUntil(null);
    expect(made.isIdle).toBe(false);
  });

  test('is made once something is due', () => {
    const { made, now } = detector();
    made.begin();
    made.foundNothingUntil(new Date(2_000));
    now.ms = 1_999;
    expect(made.isIdle).toBe(true);
    now.ms = 2_000;
    expect(made.isIdle).toBe(false);
  });

  test('is made after half a minute in any case: a clock may have been set back', () => {
    const clock = vi.spyOn(performance, 'now').mockReturnValue(0);
    const { made } = detector();
    made.begin();
    made.foundNothingUntil(new Date(2_000));
    clock.mockReturnValue(29_999);
    expect(made.isIdle).toBe(true);
    clock.mockReturnValue(30_000);
    expect(made.isIdle).toBe(false);
    clock.mockRestore();
  });

  test('is made each time where a database does not show commits', () => {
    const { made, now } = detector();
    now.mark = undefined;
    made.begin();
    made.foundNothingUntil(null);
    expect(made.isIdle).toBe(false);
  });
});

test('a poll by the clock is left out while it would find nothing, and not where it is requested', async () => {
  vi.useFakeTimers();
  let isIdle = false;
  let polls = 0;
  const poller = new Poller({
    everyMs: 100,
    isIdle: () => isIdle,
    poll: async () => {
      polls += 1;
    },
    onError: () => undefined,
  });
  poller.start();
  await vi.advanceTimersByTimeAsync(250);
  expect(polls).toBe(2);
  isIdle = true;
  await vi.advanceTimersByTimeAsync(1_000);
  expect(polls).toBe(2);
  await poller.now();
  expect(polls).toBe(3);
  isIdle = false;
  await vi.advanceTimersByTimeAsync(100);
  expect(polls).toBe(4);
  await poller.close();
  vi.useRealTimers();
});
