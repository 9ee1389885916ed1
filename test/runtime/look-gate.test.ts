import { describe, expect, test, vi } from 'vitest';
import { LookGate } from '../../src/runtime/look-gate.ts';
import { RepeatedLook } from '../../src/runtime/repeated-look.ts';

function gate(mark = 'a') {
  const now: { mark: string | undefined; ms: number } = { mark, ms: 1_000 };
  const made = new LookGate(
    () => now.mark,
    () => new Date(now.ms),
  );
  return { made, now };
}

describe('a look at a database', () => {
  test('is spared after one that found nothing, until something is committed', () => {
    const { made, now } = gate();
    expect(made.isQuiet).toBe(false);
    made.begin();
    expect(made.isQuiet).toBe(false);
    made.foundNothingUntil(null);
    expect(made.isQuiet).toBe(true);
    now.mark = 'b';
    expect(made.isQuiet).toBe(false);
  });

  test('is made where something was committed after the last one began', () => {
    const { made, now } = gate();
    made.begin();
    now.mark = 'b';
    made.foundNothingUntil(null);
    expect(made.isQuiet).toBe(false);
  });

  test('is made once something is due', () => {
    const { made, now } = gate();
    made.begin();
    made.foundNothingUntil(new Date(2_000));
    now.ms = 1_999;
    expect(made.isQuiet).toBe(true);
    now.ms = 2_000;
    expect(made.isQuiet).toBe(false);
  });

  test('is made after half a minute in any case: a clock may have been set back', () => {
    const clock = vi.spyOn(performance, 'now').mockReturnValue(0);
    const { made } = gate();
    made.begin();
    made.foundNothingUntil(new Date(2_000));
    clock.mockReturnValue(29_999);
    expect(made.isQuiet).toBe(true);
    clock.mockReturnValue(30_000);
    expect(made.isQuiet).toBe(false);
    clock.mockRestore();
  });

  test('is made each time where a database does not show commits', () => {
    const { made, now } = gate();
    now.mark = undefined;
    made.begin();
    made.foundNothingUntil(null);
    expect(made.isQuiet).toBe(false);
  });
});

test('a repeated look is left out while it would find nothing, and not where it is asked for', async () => {
  vi.useFakeTimers();
  let isQuiet = false;
  let looks = 0;
  const look = new RepeatedLook({
    everyMs: 100,
    isQuiet: () => isQuiet,
    look: async () => {
      looks += 1;
    },
    onError: () => undefined,
  });
  look.start();
  await vi.advanceTimersByTimeAsync(250);
  expect(looks).toBe(2);
  isQuiet = true;
  await vi.advanceTimersByTimeAsync(1_000);
  expect(looks).toBe(2);
  await look.now();
  expect(looks).toBe(3);
  isQuiet = false;
  await vi.advanceTimersByTimeAsync(100);
  expect(looks).toBe(4);
  await look.close();
  vi.useRealTimers();
});
