import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestConsole, type TestConsole } from './support/browser.ts';
import { expectAccessible, expectNoSidewaysScroll } from './support/page-checks.ts';

let console: TestConsole;

beforeAll(async () => {
  console = await startTestConsole({ environments: ['production'] });
  await console.manager.addNode('production', 'node-1');
});

afterAll(() => console.close());

test('a user signs in, sees the overview, and signs out again', async () => {
  const page = await console.open({ username: null });
  await page.getByLabel('Username').fill('admin');
  await page.getByRole('textbox', { name: 'Password' }).fill('wrong');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('alert').getByText('Wrong username or password').waitFor();
  expect(await page.title()).toBe('Sign in · keyplane');
  await expectAccessible(page);
  await page.getByRole('textbox', { name: 'Password' }).fill('correct horse battery');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByText('node-1').waitFor();
  await page.getByRole('button', { name: 'Account: admin' }).click();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByLabel('Username').waitFor();
  const { status } = await fetch(`${console.manager.url}/apiops/auth/session`);
  expect(status).toBe(401);
});

test.each(['light', 'dark'] as const)('the overview has no barrier in %s', async (colorScheme) => {
  const page = await console.open({ colorScheme });
  await page.getByText('node-1').waitFor();
  await expectAccessible(page);
});

test('the overview needs no sideways scroll at 360 pixels', async () => {
  const page = await console.open({ width: 360 });
  await page.getByText('node-1').waitFor();
  await expectNoSidewaysScroll(page);
});
