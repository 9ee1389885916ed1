import { expect, test } from 'vitest';
import { utcText } from '../../console/src/display/instants.ts';
import { relativeText } from '../../src/runtime/time-text.ts';

const now = Date.parse('2026-11-29T12:03:04.000Z');
const day = 86_400_000;
const at = (ms: number) => new Date(now + ms).toISOString();

test.each([
  [5 * day - 1_000, 'in 5 days'],
  [5 * day, 'in 5 days'],
  [day, 'in 1 day'],
  [45 * day, 'in 45 days'],
  [91 * day, 'in 3 months'],
  [365 * day - 1_000, 'in 1 year'],
  [365 * day, 'in 1 year'],
  [16 * 30.44 * day, 'in 16 months'],
  [730 * day - 1_000, 'in 2 years'],
  [36_500 * day, 'in 100 years'],
  [60_000, 'in 1 minute'],
  [90_000, 'in 90 seconds'],
  [7_200_000, 'in 2 hours'],
  [-3_000, '3 seconds ago'],
  [-2 * day, '2 days ago'],
  [-400, 'now'],
])('an instant %d ms away reads "%s"', (ms, text) => {
  expect(relativeText(at(ms), now)).toBe(text);
});

test('an instant is written in UTC, to the minute', () => {
  expect(utcText('2026-11-29T13:03:04.000+01:00')).toBe('2026-11-29 12:03 UTC');
});
