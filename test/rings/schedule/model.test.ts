import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { histories, play } from './model/history.ts';
import { plantedBugs } from './model/planted-bugs.ts';
import { plantedOutletBugs } from './model/planted-outlet-bugs.ts';
import { BrokenInvariant } from './model/verifiers.ts';

/** On a slow machine that does other things, too. */
const timeoutMs = 600_000;

describe('the model of rotation', () => {
  test.each([
    ['SIGNATURE', 80_000],
    ['ENCRYPTION', 10_000],
    ['OCT', 10_000],
  ] as const)(
    'no history of %s rings breaks an invariant',
    (kind, numRuns) => {
      let played = 0;
      fc.assert(
        fc.property(histories(kind), (history) => {
          played += 1;
          play(history);
        }),
        { numRuns },
      );
      expect(played).toBe(numRuns);
    },
    timeoutMs,
  );

  test('histories reach every state that lasts, and most rotate', () => {
    const worlds = fc
      .sample(histories('SIGNATURE'), { numRuns: 500, seed: 1 })
      .map((history) => play(history));
    const states = new Set(worlds.flatMap(({ ring }) => ring.members.map(({ state }) => state)));
    expect([...states].sort()).toEqual(['ACTIVE', 'NEXT', 'RETIRED', 'RETIRING', 'REVOKED']);
    expect(worlds.filter(({ activations }) => activations > 2).length).toBeGreaterThan(250);
  });
});

describe('a planted bug is found', () => {
  test.each([...plantedBugs, ...plantedOutletBugs])(
    '$breaks: $title',
    ({ kind = 'SIGNATURE', breaks, bugs }) => {
      const property = fc.property(histories(kind), (history) => invariantBrokenBy(history, bugs) !== breaks);
      expect(fc.check(property, { numRuns: 1_000_000, endOnFailure: true }).failed).toBe(true);
    },
    timeoutMs,
  );
});

function invariantBrokenBy(...[history, bugs]: Parameters<typeof play>) {
  try {
    play(history, bugs);
  } catch (error) {
    if (error instanceof BrokenInvariant) return error.invariant;
    throw error;
  }
  return undefined;
}
