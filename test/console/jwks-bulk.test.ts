// The deployment states in the list of JWKs, and actions on several JWKs at once.

import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RunningNode } from '../../src/node/start-node.ts';
import { makeCurveKey, octKey } from '../api/support/sample-keys.ts';
import { startTestConsole, type TestConsole } from './support/browser.ts';
import { expectAccessible, expectNoSidewaysScroll } from './support/page-checks.ts';

const tablePath = '/projects/MyProject/jwks';

let console: TestConsole;
let page: Page;
let node: RunningNode;

beforeAll(async () => {
  console = await startTestConsole({ environments: ['production'] });
  node = await console.manager.addNode('production', 'p1');
  await paste('secret', { ...octKey(32), kid: 'secret', use: 'sig', alg: 'HS256' });
  for (const name of ['first', 'second', 'third']) await paste(name, { ...makeCurveKey('P-256'), kid: name });
  await console.manager.as('reader', { project: 'MyProject', roles: ['ROLE_API_SECURITY'] });
  page = await console.open({ path: tablePath });
});

afterAll(() => console.close());

async function paste(name: string, jwk: object): Promise<void> {
  const body = { name, sourceType: 'COPY_PASTE', jwkStr: JSON.stringify(jwk) };
  const { status } = await console.manager.api('POST', '/apiops/projects/MyProject/jwks/', body);
  expect(status).toBe(200);
}

const row = (name: string) => page.getByRole('row').filter({ hasText: name });

test('a row shows the type with its curve, and the environments that have the JWK', async () => {
  await row('first').getByText('EC P-256').waitFor();
  await row('first').getByText('production', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'What the words in this list mean' }).click();
  await page.getByText('Every node of the environment has it.').waitFor();
  await expectAccessible(page);
  await page.keyboard.press('Escape');
});

test('the public parts of the selected JWKs are exported as one JWK Set, which has no secret key', async () => {
  await page.getByRole('checkbox', { name: 'Select first' }).check();
  await page.getByRole('checkbox', { name: 'Select secret' }).check();
  await page.getByText('2 selected').waitFor();
  await expectAccessible(page);
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Export public JWK Set' }).click(),
  ]);
  expect(download.suggestedFilename()).toBe('MyProject-public.json');
  const { keys } = JSON.parse(await readFile(await download.path(), 'utf8'));
  expect(keys.map(({ kid }: { kid: string }) => kid)).toEqual(['first']);
  expect(keys[0]).not.toHaveProperty('d');
  await page.getByText('1 JWK has no public part and is not in the file.').waitFor();
  await page.getByRole('button', { name: 'Clear the selection' }).click();
  await page.getByText('2 selected').waitFor({ state: 'detached' });
});

test('the selected JWKs are deleted once that is typed', async () => {
  await page.getByRole('checkbox', { name: 'Select first' }).check();
  await page.getByRole('checkbox', { name: 'Select second' }).check();
  await page.getByRole('toolbar').getByRole('button', { name: 'Delete' }).click();
  const remove = page.getByRole('dialog').getByRole('button', { name: 'Delete 2 JWKs' });
  expect(await remove.isDisabled()).toBe(true);
  await expectAccessible(page);
  await page.getByLabel('Type delete 2 JWKs to confirm').fill('delete 2 JWKs');
  await remove.click();
  await row('first').waitFor({ state: 'detached' });
  await row('second').waitFor({ state: 'detached' });
  await row('third').waitFor();
  const { body } = await console.manager.api('GET', '/apiops/projects/MyProject/jwks/');
  expect(body.resultList.map(({ name }: { name: string }) => name)).toEqual(['secret', 'third']);
});

test('a member who may not deploy selects and exports, and is not offered to delete', async () => {
  const other = await console.open({ path: tablePath, username: 'reader' });
  await other.getByRole('checkbox', { name: 'Select all rows of this page' }).check();
  await other.getByRole('button', { name: 'Export public JWK Set' }).waitFor();
  expect(await other.getByRole('toolbar').getByRole('button', { name: 'Delete' }).count()).toBe(0);
});

test('a JWK that a node lacks is marked in its row, and the list is narrowed to such JWKs', async () => {
  await node.close();
  await paste('undeployed', { ...makeCurveKey('P-256'), kid: 'undeployed' });
  await row('undeployed').getByText('production: missing').waitFor();
  await page.getByLabel('Deployment').selectOption('INCOMPLETE');
  await page.getByText('1 to 1 of 1').waitFor();
  expect(page.url()).toContain('deployment=INCOMPLETE');
  await expectAccessible(page);
  const narrow = await console.open({ path: tablePath, width: 360, colorScheme: 'dark' });
  await narrow.getByText('production: missing').waitFor();
  await narrow.getByRole('button', { name: 'Filters' }).click();
  await narrow.getByLabel('Deployment').waitFor();
  await expectNoSidewaysScroll(narrow);
  await expectAccessible(narrow);
});
