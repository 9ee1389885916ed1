import { expect, test } from 'vitest';
import {
  type DeliveryState,
  failed,
  isDue,
  newDelivery,
  succeeded,
  wanted,
} from '../../src/outlets/delivery-state.ts';

const success = { revision: 7, digest: 'd', changed: true, now: 1_000 };

test('a delivery that fails is tried again from 1 s to 5 min, at least half of the wait and never more', () => {
  let delivery: DeliveryState = newDelivery;
  const longest: number[] = [];
  for (let attempt = 0; attempt < 12; attempt += 1) {
    const soonest = failed(delivery, { error: 'x', nowMs: 0, random: 0 });
    const latest = failed(delivery, { error: 'x', nowMs: 0, random: 0.999_999 });
    expect(soonest.retryAtMs).toBe(Math.min(1_000 * 2 ** attempt, 300_000) / 2);
    longest.push(Math.round(latest.retryAtMs ?? 0));
    delivery = latest;
  }
  expect(longest[0]).toBe(1_000);
  expect(longest.at(-1)).toBe(300_000);
  expect(delivery).toMatchObject({ state: 'FAILING', attempts: 12, lastError: 'x' });
});

test('it is due at once, not before its time, and not once it is CURRENT', () => {
  expect(isDue(newDelivery, 0)).toBe(true);
  const failing = failed(newDelivery, { error: 'x', nowMs: 0, random: 0.5 });
  expect(isDue(failing, 749)).toBe(false);
  expect(isDue(failing, 750)).toBe(true);
  expect(isDue(succeeded(failing, success), 1_000_000)).toBe(false);
});

test('a success clears the error and counts its attempt', () => {
  const failing = failed(newDelivery, { error: 'x', nowMs: 0, random: 0 });
  expect(succeeded(failing, success)).toEqual({
    state: 'CURRENT',
    revision: 7,
    digest: 'd',
    deliveredAt: 1_000,
    attempts: 2,
    lastError: null,
    retryAtMs: null,
  });
});

test('what is there already keeps its time of delivery, and gets the revision', () => {
  const current = succeeded(newDelivery, success);
  expect(succeeded(wanted(current), { ...success, revision: 8, changed: false, now: 2_000 })).toMatchObject({
    revision: 8,
    deliveredAt: 1_000,
  });
});

test('a change makes it LAGGING, one that fails goes on failing, and is due at once', () => {
  expect(wanted(succeeded(newDelivery, success))).toMatchObject({
    state: 'LAGGING',
    digest: 'd',
    revision: 7,
  });
  const failing = failed(newDelivery, { error: 'x', nowMs: 0, random: 0 });
  expect(wanted(failing)).toMatchObject({ state: 'FAILING', lastError: 'x', retryAtMs: null });
});

test('a long error is cut', () => {
  expect(failed(newDelivery, { error: 'x'.repeat(1_000), nowMs: 0, random: 0 }).lastError).toHaveLength(300);
});
