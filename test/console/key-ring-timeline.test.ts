import { describe, expect, test } from 'vitest';
import { planOf } from '../../console/src/rings/policy/planned.ts';
import {
  changedPolicy,
  defaultPolicy,
  newPolicy,
  policyDraftOf,
} from '../../console/src/rings/policy/policy-draft.ts';
import type { MemberState, Transition } from '../../console/src/rings/ring-types.ts';
import { axisOf, marksOf, positionOf, spansOf } from '../../console/src/rings/timeline/axis.ts';
import { barsOf, shownBars } from '../../console/src/rings/timeline/bars.ts';
import { durationInWords } from '../../src/runtime/time-text.ts';

const start = Date.parse('2026-12-01T00:00:00.000Z');
const hour = 3_600_000;
const day = 24 * hour;

function transition(version: number, to: MemberState, hours: number, planned = false): Transition {
  const at = new Date(start + hours * hour).toISOString();
  return { at, version, kid: planned ? null : `kid-${version}`, from: null, to, planned, cause: null };
}

/** Two keys of a ring that rotates every ten hours. */
const rows = [
  transition(1, 'STAGED', 0),
  transition(1, 'NEXT', 0),
  transition(1, 'ACTIVE', 0),
  transition(2, 'STAGED', 0),
  transition(2, 'NEXT', 1),
  transition(1, 'RETIRING', 10, true),
  transition(2, 'ACTIVE', 10, true),
  transition(1, 'RETIRED', 11, true),
];

describe('the bars of a key ring', () => {
  test('are one for each key, each phase ending where the next begins', () => {
    const [first, second] = barsOf(rows);
    const hoursOf = (bar = first) =>
      bar?.phases.map(({ state, from, until }) => [
        state,
        (from - start) / hour,
        until === null ? null : (until - start) / hour,
      ]);
    expect(first?.kid).toBe('kid-1');
    expect(hoursOf()).toEqual([
      ['STAGED', 0, 0],
      ['NEXT', 0, 0],
      ['ACTIVE', 0, 10],
      ['RETIRING', 10, 11],
      ['RETIRED', 11, null],
    ]);
    expect(hoursOf(second)).toEqual([
      ['STAGED', 0, 1],
      ['NEXT', 1, 10],
      ['ACTIVE', 10, null],
    ]);
  });

  test('leave out all but the two latest keys that are out of use, and count them', () => {
    const ended = [1, 2, 3, 4].flatMap((version) => [
      transition(version, 'ACTIVE', version),
      transition(version, version === 4 ? 'REVOKED' : 'RETIRED', version + 1),
    ]);
    const { bars, leftOut } = shownBars(barsOf([...ended, transition(5, 'ACTIVE', 5)]));
    expect(bars.map(({ version }) => version)).toEqual([3, 4, 5]);
    expect(leftOut).toBe(2);
  });

  test('keep every key whose end is only planned', () => {
    const planned = [1, 2, 3].flatMap((version) => [
      transition(version, 'ACTIVE', version),
      transition(version, 'RETIRED', version + 1, true),
    ]);
    expect(shownBars(barsOf(planned))).toMatchObject({ leftOut: 0, bars: { length: 3 } });
  });
});

describe('the time axis', () => {
  const now = start + 5 * hour;
  const bars = barsOf(rows);
  const axis = axisOf(bars, now);

  test('begins with the first transition and ends after the last, with the present on it', () => {
    expect(axis.from).toBe(start);
    expect(axis.until).toBeGreaterThan(start + 11 * hour);
    expect(positionOf(axis, now)).toBeGreaterThan(40);
    expect(positionOf(axis, now)).toBeLessThan(45);
  });

  test('goes on after the present where nothing is planned', () => {
    const past = rows.filter(({ planned }) => !planned);
    const { until } = axisOf(barsOf(past), now);
    expect(until).toBeGreaterThan(now + hour);
  });

  test('has a span for each phase that lasts, none of them too short to see, none outside', () => {
    const spans = bars.map((bar) => spansOf(axis, bar));
    expect(spans.map((one) => one.map(({ state }) => state))).toEqual([
      ['ACTIVE', 'RETIRING', 'RETIRED'],
      ['STAGED', 'NEXT', 'ACTIVE'],
    ]);
    const brief = barsOf([
      transition(1, 'STAGED', 0),
      transition(1, 'NEXT', 0.001),
      transition(1, 'ACTIVE', 1, true),
      transition(1, 'RETIRING', 9_000, true),
      transition(1, 'RETIRED', 9_001, true),
    ]);
    const shown = spansOf(axisOf(brief, now), brief[0] ?? { version: 1, kid: null, phases: [] });
    // What is too short before the first use is left out; the end of a key is not.
    expect(shown.map(({ state }) => state)).toEqual(['ACTIVE', 'RETIRING', 'RETIRED']);
    for (const { width } of shown) expect(width).toBeGreaterThanOrEqual(1);
    for (const { left, width } of [...spans.flat(), ...shown]) {
      expect(left).toBeGreaterThanOrEqual(0);
      expect(left + width).toBeLessThanOrEqual(100.0001);
    }
  });

  test.each([
    [30_000, '00:00:00'],
    [20 * 60_000, '00:00'],
    [12 * hour, '00:00'],
    [5 * day, '2026-12-01'],
    [400 * day, '2026-12-'],
    [3_000 * day, '20'],
  ])('of %d ms has at most six marks at round times in UTC, written like %s', (length, like) => {
    const marks = marksOf({ from: start, until: start + length });
    expect(marks.length).toBeGreaterThan(0);
    expect(marks.length).toBeLessThanOrEqual(6);
    expect(marks[0]?.label).toContain(like.slice(0, 2));
    expect(marks[0]?.label).toHaveLength(like.startsWith('20') ? 10 : like.length);
    const steps = new Set(marks.slice(1).map(({ time }, at) => time - (marks[at]?.time ?? 0)));
    expect(steps.size).toBeLessThanOrEqual(1);
  });
});

describe('the plan of a new key ring', () => {
  const cachesMs = 360_000;

  test('publishes the second key with the first, and activates it after the interval', () => {
    const plan = planOf('SIGNATURE', newPolicy(defaultPolicy), cachesMs, start);
    if (!plan.isPossible) throw new Error(plan.text);
    expect(plan.publicationDelayMs).toBe(24 * hour + 7 * 60_000);
    const at = (version: number, to: MemberState) =>
      plan.transitions.find((row) => row.version === version && row.to === to)?.at;
    expect(at(1, 'ACTIVE')).toBe(at(2, 'NEXT'));
    expect(at(2, 'ACTIVE')).toBe(new Date(start + 90 * day).toISOString());
    expect(at(1, 'RETIRED')).toBe(new Date(start + 90 * day + hour + 60_000).toISOString());
  });

  test('is no plan where the manager would reject the policy, with both numbers', () => {
    const tooShort = { ...defaultPolicy, rotationInterval: { amount: '12', unit: 'h' } };
    expect(planOf('SIGNATURE', newPolicy(tooShort), cachesMs, start)).toEqual({
      isPossible: false,
      text: 'rotationInterval (PT12H) is too short: a new key is known to all verifiers after PT24H7M! Make it longer, or verifierCacheTime shorter.',
    });
    expect(planOf('OCT', newPolicy(tooShort), cachesMs, start).isPossible).toBe(true);
  });
});

describe('the policy of a form', () => {
  const ring = {
    rotationInterval: 'P90D',
    maxTokenLifetime: 'PT90M',
    verifierCacheTime: 'PT0S',
    clockSkew: 'PT1M',
    signingLease: null,
    exportable: false,
    environmentNames: null,
  };

  test('is sent only as far as it differs, so that what was given stays as it was written', () => {
    const before = policyDraftOf(ring);
    expect(changedPolicy(before, before)).toEqual({});
    expect(changedPolicy({ ...before, isManual: true, isEndless: false }, before)).toEqual({
      rotationInterval: null,
      signingLease: 'P7D',
    });
    expect(before.maxTokenLifetime).toEqual({ amount: '90', unit: 'min' });
  });

  test('of a new ring has what is always asked for, and no default beyond that', () => {
    expect(newPolicy({ ...defaultPolicy, exportable: true })).toEqual({
      rotationInterval: 'P90D',
      maxTokenLifetime: 'PT1H',
      exportable: true,
    });
  });
});

test.each([
  [24 * hour + 7 * 60_000, '24 hours 7 minutes'],
  [90 * day, '90 days'],
  [61 * 60_000, '1 hour 1 minute'],
  [1_500, '2 seconds'],
  [0, '0 seconds'],
  [36 * hour, '36 hours'],
])('%d ms are "%s"', (length, text) => {
  expect(durationInWords(length)).toBe(text);
});
