import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { p256Public } from '../api/support/sample-keys.ts';
import { startTestConsole, type TestConsole } from './support/browser.ts';
import { expectAccessible, expectNoSidewaysScroll } from './support/page-checks.ts';

const tablePath = '/projects/MyProject/jwks';
const count = 45;

let console: TestConsole;
let page: Page;

beforeAll(async () => {
  console = await startTestConsole();
  const names = Array.from({ length: count }, (_, index) => `jwk-${String(index).padStart(2, '0')}`);
  for (const name of names) {
    const jwkStr = JSON.stringify({ ...p256Public, kid: name, use: name.endsWith('5') ? 'sig' : undefined });
    const body = { name, sourceType: 'COPY_PASTE', jwkStr };
    await console.manager.api('POST', '/apiops/projects/MyProject/jwks/', body);
  }
  const ec = { curveType: 'P256', expirationTime: new Date(Date.now() + 5 * 86_400_000).toISOString() };
  const soon = { name: 'soon', type: 'EC', ec };
  await console.manager.api('POST', '/apiops/projects/MyProject/jwks/generate', soon);
  page = await console.open({ path: tablePath });
});

afterAll(() => console.close());

const firstName = () => page.locator('tbody tr').first().getByRole('link').textContent();

test('the table pages, sorts and shows its sort order, all in the URL', async () => {
  await page.getByText('1 to 20 of 46').waitFor();
  await expectAccessible(page);
  const header = page.getByRole('columnheader', { name: 'Name' });
  expect(await header.getAttribute('aria-sort')).toBe('ascending');
  await header.getByRole('button').click();
  await expect.poll(firstName, { timeout: 60_000 }).toBe('soon');
  expect(await header.getAttribute('aria-sort')).toBe('descending');
  await page.getByRole('button', { name: 'Next page' }).click();
  await page.getByText('21 to 40 of 46').waitFor();
  expect(page.url()).toContain('page=2');
  await page.reload();
  await page.getByText('21 to 40 of 46').waitFor();
  expect(await firstName()).toBe('jwk-25');
});

test('the table searches and filters at the server, all in the URL', async () => {
  await page.getByLabel('Search by name or description').fill('jwk-0');
  await page.getByText('1 to 10 of 10').waitFor();
  await page.getByLabel('Use', { exact: true }).selectOption('sig');
  await page.getByText('1 to 1 of 1').waitFor();
  expect(page.url()).toMatch(/search=jwk-0.*use=sig|use=sig.*search=jwk-0/);
  await page.goto(`${console.manager.url}/#${tablePath}?expiringWithin=P7D`);
  await expect.poll(firstName, { timeout: 60_000 }).toBe('soon');
  await page.locator('tbody').getByText('expiring', { exact: true }).waitFor();
  await page.getByLabel('Source').selectOption('URL');
  await page.getByText('Nothing fits this search.').waitFor();
});

test('the table fits 360 pixels without horizontal scrolling, and is accessible in the dark theme', async () => {
  const narrow = await console.open({ path: tablePath, width: 360, colorScheme: 'dark' });
  await narrow.getByText('1 to 20 of 46').waitFor();
  await expectNoSidewaysScroll(narrow);
  await expectAccessible(narrow);
});
