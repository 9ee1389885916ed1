import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeCurveKey } from '../api/support/sample-keys.ts';
import { startTestConsole, type TestConsole } from './support/browser.ts';
import { expectAccessible, expectNoSidewaysScroll } from './support/page-checks.ts';

let console: TestConsole;
let page: Page;

beforeAll(async () => {
  console = await startTestConsole({ environments: ['production'] });
  const jwkStr = JSON.stringify({ ...makeCurveKey('P-256'), kid: 'one' });
  const body = { name: 'signing', sourceType: 'COPY_PASTE', jwkStr };
  await console.manager.api('POST', '/apiops/projects/MyProject/jwks/', body);
  // A username may begin with what a spreadsheet takes for a formula.
  await console.manager.api('POST', '/apiops/users/', {
    username: '-danger',
    password: 'long enough',
  });
  page = await console.open({ path: '/audit' });
});

afterAll(() => console.close());

const rows = () => page.getByRole('region', { name: 'Audit log' }).getByRole('row');

test('a record describes the action in a sentence, links to the object, and has its details', async () => {
  const row = rows().filter({ hasText: 'Created JWK' });
  await row.getByText('Details').click();
  await row.getByText('jwk.create').waitFor();
  await expectAccessible(page);
  await row.getByRole('link', { name: 'signing' }).click();
  await page.getByRole('heading', { name: 'signing', level: 1 }).waitFor();
  await page.goBack();
});

test('the action is chosen from a list', async () => {
  await page.getByLabel('Action').selectOption('Created JWK');
  await expect.poll(() => rows().count(), { timeout: 60_000 }).toBe(2);
  expect(page.url()).toContain('action=jwk.create');
  await page.getByRole('button', { name: 'Clear the filters' }).click();
  await rows().nth(3).waitFor();
});

async function exported(format: 'CSV' | 'JSON') {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: `Export ${format}` }).click(),
  ]);
  return readFile(await download.path(), 'utf8');
}

test('the records that fit the filters are exported, and no name runs as a formula of a spreadsheet', async () => {
  const csv = await exported('CSV');
  expect(csv.split('\r\n')[0]).toBe(
    'sequence,at,actor,action,outcome,objectType,objectName,projectName,details',
  );
  expect(csv).toContain(',jwk.create,SUCCESS,jwk,signing,MyProject,');
  expect(csv).toContain(",user.create,SUCCESS,user,'-danger,");
  await page.getByLabel('Action').selectOption('Created JWK');
  await page.waitForURL(/jwk\.create/);
  const records: { action: string }[] = JSON.parse(await exported('JSON'));
  expect(records.map(({ action }) => action)).toEqual(['jwk.create']);
});

test('the log begins on the first screen of a telephone', async () => {
  const narrow = await console.open({ path: '/audit', width: 360 });
  const first = narrow.getByRole('row').first();
  await first.waitFor();
  expect((await first.boundingBox())?.y).toBeLessThan(400);
  await narrow.getByRole('button', { name: 'Filters' }).click();
  await narrow.getByLabel('Outcome').selectOption('DENIED');
  await expectNoSidewaysScroll(narrow);
  await expectAccessible(narrow);
});
