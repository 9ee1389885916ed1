// The frame of every page: the sidebar, the titles of tabs, the account menu, and the terms with their meanings.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { version } from '../../src/version.ts';
import { startTestConsole, type TestConsole } from './support/browser.ts';
import { expectAccessible, expectNoSidewaysScroll } from './support/page-checks.ts';

let console: TestConsole;

beforeAll(async () => {
  console = await startTestConsole({ projects: ['Orders', 'Stock'], environments: ['production'] });
  await console.manager.as('ada', { project: 'Orders', roles: ['ROLE_API_SECURITY'] });
});

afterAll(() => console.close());

test('each page names its tab after itself and its project', async () => {
  const page = await console.open();
  for (const [path, title] of [
    ['/', 'Overview · keyplane'],
    ['/projects/Orders/jwks', 'JWKs · Orders · keyplane'],
    ['/projects/Orders', 'Orders · keyplane'],
    ['/environments/production', 'production · keyplane'],
    ['/users', 'Users · keyplane'],
    ['/audit', 'Audit log · keyplane'],
    ['/nowhere', 'No such page · keyplane'],
  ] as const) {
    await page.goto(`${console.manager.url}/#${path}`);
    await expect.poll(() => page.title(), { timeout: 60_000 }).toBe(title);
  }
});

test('the sidebar keeps the project on pages of the installation, also after a reload', async () => {
  const page = await console.open({ path: '/projects/Stock/jwks' });
  const project = page.getByLabel('Project', { exact: true });
  await page.getByRole('link', { name: 'Environments' }).click();
  await page.getByRole('heading', { name: 'Environments', level: 1 }).waitFor();
  expect(await project.inputValue()).toBe('Stock');
  await page.reload();
  await page.getByRole('link', { name: 'JWKs' }).click();
  await page.waitForURL(/projects\/Stock\/jwks/);
});

test('the sidebar shows no project for the address of one that the user cannot see', async () => {
  const page = await console.open({ path: '/projects/Stock/jwks', username: 'ada' });
  await page.getByRole('alert').waitFor();
  const project = page.getByLabel('Project', { exact: true });
  expect(await project.locator('option:checked').textContent()).toBe('Choose a project');
  expect(await page.getByRole('link', { name: 'JWKs' }).count()).toBe(0);
  await project.selectOption('Orders');
  await page.getByText('This project has no JWK yet').waitFor();
});

test('the sidebar shows the version and leads to the API reference and to help', async () => {
  const page = await console.open();
  await page.getByText(`keyplane ${version}`).waitFor();
  expect(await page.getByRole('link', { name: 'API reference' }).getAttribute('href')).toBe('/docs');
  await page.getByRole('link', { name: 'Help' }).click();
  const nodes = page.getByRole('region', { name: 'Status of a node' });
  await nodes.getByText('The node is connected and has confirmed every change of its environment.').waitFor();
  const words = page.getByRole('region', { name: 'Terms' });
  await words.getByText('The use of a key at a node for an application', { exact: false }).waitFor();
  await expectAccessible(page);
});

test('the account menu changes the theme, and the choice outlives a reload', async () => {
  const page = await console.open({ colorScheme: 'light' });
  await page.getByRole('button', { name: 'Account: admin' }).click();
  await page.getByText('Dark', { exact: true }).click();
  const scheme = () => page.locator('html').getAttribute('data-mantine-color-scheme');
  await expect.poll(scheme).toBe('dark');
  await page.reload();
  await page.getByRole('button', { name: 'Account: admin' }).waitFor();
  expect(await scheme()).toBe('dark');
});

test('a keyboard reaches the content without going through the sidebar', async () => {
  const page = await console.open({ path: '/users' });
  await page.getByRole('heading', { name: 'Users', level: 1 }).waitFor();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await expect.poll(() => page.evaluate<string>('document.activeElement.id')).toBe('content');
});

test('a dialog returns the focus to the button that opened it', async () => {
  const page = await console.open({ path: '/users' });
  const opener = page.getByRole('button', { name: 'New user' });
  await opener.focus();
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  await page.getByLabel('Username').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await expect.poll(() => page.evaluate<string>('document.activeElement.textContent')).toBe('New user');
});

test('a narrow screen hides the sidebar from the eye and from the keyboard until its button is pressed', async () => {
  const page = await console.open({ width: 360, colorScheme: 'dark' });
  const users = page.getByRole('link', { name: 'Users' });
  await page.getByRole('button', { name: 'Menu' }).waitFor();
  expect(await users.count()).toBe(0);
  await page.getByRole('button', { name: 'Menu' }).click();
  await users.waitFor();
  await expectAccessible(page);
  await users.click();
  await page.getByRole('heading', { name: 'Users', level: 1 }).waitFor();
  await expect.poll(() => users.count()).toBe(0);
  await expectNoSidewaysScroll(page);
});
