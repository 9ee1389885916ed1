// The API reference at /docs in a browser: its policy allows everything that it needs, and it requests nothing else.

import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestConsole, type TestConsole } from './support/browser.ts';
import { expectAccessible, expectNoSidewaysScroll } from './support/page-checks.ts';

let world: TestConsole;
beforeAll(async () => {
  world = await startTestConsole();
});
afterAll(() => world.close());

async function openReference(options: { colorScheme?: 'light' | 'dark'; width?: number } = {}) {
  const page = await world.open({ username: null, ...options });
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  await page.goto(`${world.manager.url}/docs`);
  await page.getByRole('heading', { name: 'keyplane', level: 1 }).waitFor();
  return { page, asked };
}

const background = (page: Page) =>
  page.evaluate<string>('getComputedStyle(document.querySelector(".scalar-app")).backgroundColor');

test('the reference asks this origin alone', async () => {
  const { page, asked } = await openReference();
  await page.waitForLoadState('networkidle');
  const elsewhere = asked.filter(
    (url) => !url.startsWith('data:') && new URL(url).origin !== world.manager.url,
  );
  expect(elsewhere).toEqual([]);
  expect(asked.length).toBeGreaterThan(2);
});

test('the reference finds an operation and shows it with curl and TypeScript', async () => {
  const { page } = await openReference();
  await page
    .getByRole('button', { name: /search/i })
    .first()
    .click();
  await page.getByRole('dialog').getByRole('combobox').fill('Create a JWK from a source');
  await page
    .getByRole('option', { name: /Create a JWK from a source/ })
    .first()
    .click();
  const operation = page.getByRole('region', { name: /Create a JWK from a source/ }).first();
  const samples = operation.locator('pre');
  await samples.filter({ hasText: 'curl -X POST "$KEYPLANE_URL' }).first().waitFor();
  await operation.getByText('curl', { exact: true }).first().click();
  await page.getByRole('option', { name: 'TypeScript', exact: true }).click();
  await samples.filter({ hasText: 'keyplane.createJwk({' }).first().waitFor();
});

test.each(['light', 'dark'] as const)('the reference is readable in %s', async (colorScheme) => {
  const { page } = await openReference({ colorScheme });
  const [red = 0] = /\d+/.exec(await background(page)) ?? [];
  expect(Number(red) > 128).toBe(colorScheme === 'light');
  await expectAccessible(page);
});

test('the reference fits a narrow screen', async () => {
  const { page } = await openReference({ width: 360 });
  await expectNoSidewaysScroll(page);
});
