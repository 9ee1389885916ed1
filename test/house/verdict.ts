import { expect } from 'vitest';

/** What a rule saw: how much it looked at, and each breach as `where: what`. */
export interface Verdict {
  readonly looked: number;
  readonly breaches: readonly string[];
}

/** A rule that checked no file proves nothing, so it fails too. */
export function expectKept({ looked, breaches }: Verdict): void {
  expect(breaches).toEqual([]);
  expect(looked, 'nothing to look at').toBeGreaterThan(0);
}
