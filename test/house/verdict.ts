import { expect } from 'vitest';

/** What a rule saw: how much it looked at, and each breach as `where: what`. */
export interface Verdict {
  readonly looked: number;
  readonly breaches: readonly string[];
}

/** A rule that looked at nothing has shown nothing, so it is broken too. */
export function expectKept({ looked, breaches }: Verdict): void {
  expect(breaches).toEqual([]);
  expect(looked, 'nothing to look at').toBeGreaterThan(0);
}
