import { describe, expect, test } from 'vitest';
import { durationInHours } from '../../src/iso-duration.ts';
import { wholeSecondText } from '../../src/rings/ring-texts.ts';

describe('durations in messages', () => {
  test.each([
    [86_820_000, 'PT24H7M'],
    [0, 'PT0S'],
    [1, 'PT1S'],
    [59_001, 'PT1M'],
    [3_600_000, 'PT1H'],
    [90_061_000, 'PT25H1M1S'],
    [1_814_400_000, 'PT504H'],
  ])('%i ms is %s', (durationMs, text) => {
    expect(durationInHours(durationMs)).toBe(text);
  });
});

describe('times in messages', () => {
  test('are whole seconds, rounded up', () => {
    const time = Date.UTC(2026, 11, 1, 10, 7);
    expect(wholeSecondText(time)).toBe('2026-12-01T10:07:00Z');
    expect(wholeSecondText(time + 1)).toBe('2026-12-01T10:07:01Z');
  });
});
