// Checks of every screen of the console: no known accessibility violation, and no horizontal scrolling.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { until } from '../../support/manager.ts';

const axeSource = readFileSync(fileURLToPath(import.meta.resolve('axe-core')), 'utf8');
const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22a', 'wcag22aa', 'best-practice'];

interface Violation {
  readonly id: string;
  readonly help: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
}

/** WCAG 2.2 AA as far as axe can tell. */
export async function expectAccessible(page: Page): Promise<void> {
  // An element that fades in has no contrast yet.
  await until(() => page.evaluate<boolean>('document.getAnimations().length === 0'), 'the page rests');
  await page.evaluate(axeSource);
  const options = JSON.stringify({ runOnly: rules, resultTypes: ['violations'] });
  const { violations } = await page.evaluate<{ violations: readonly Violation[] }>(`axe.run(${options})`);
  const found = violations.map(({ id, help, nodes }) => ({
    rule: `${id}: ${help}`,
    at: nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`),
  }));
  expect(found, page.url()).toEqual([]);
}

export async function expectNoSidewaysScroll(page: Page): Promise<void> {
  const root = 'document.documentElement';
  const widths = await page.evaluate<number[]>(`[${root}.scrollWidth, ${root}.clientWidth]`);
  expect(widths[0], 'the page is wider than the window').toBeLessThanOrEqual(widths[1] ?? 0);
}

/** Neither storage nor the address may hold anything of it. */
export async function expectKeptNowhere(page: Page, secret: string): Promise<void> {
  const kept = await page.evaluate<string>(
    'JSON.stringify([{ ...localStorage }, { ...sessionStorage }, location.href, history.state])',
  );
  expect(kept).not.toContain(secret);
}
