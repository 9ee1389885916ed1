import { expect } from 'vitest';
import { longestPageMs, type PageWorld, runPage, unmetOutputs } from './run-page.ts';

export const longestTestMs = 1.5 * longestPageMs;

/** Every command of the page ends well and prints what it says. Where a program is missing, it says what it left out. */
export async function expectPage(page: string, world: PageWorld): Promise<void> {
  const { blocks, ran, missing, said, exitCode } = await runPage(page, world);
  if (missing !== undefined) {
    console.warn(
      `${page}: left out from line ${blocks[ran.length]?.line} on, since there is no ${missing} here`,
    );
  }
  expect(exitCode, said).toBe(0);
  expect(ran.flatMap(unmetOutputs), said).toEqual([]);
  expect(ran.length, page).toBeGreaterThan(0);
}
