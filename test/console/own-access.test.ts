// What users do with their own access, and administrators with that of others: tokens, narrowing, expiry, passwords.

import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { apiOf, signedIn } from '../support/manager.ts';
import { startTestConsole, type TestConsole } from './support/browser.ts';
import { expectAccessible, expectKeptNowhere, expectNoSidewaysScroll } from './support/page-checks.ts';

let console: TestConsole;

beforeAll(async () => {
  console = await startTestConsole({ projects: ['MyProject', 'Payments'] });
});

afterAll(() => console.close());

const daysUntil = (instant: string) => (new Date(instant).getTime() - Date.now()) / 86_400_000;
const ownTokens = async (): Promise<Record<string, unknown>[]> =>
  (await console.manager.api('GET', '/apiops/tokens/')).body.resultList;
const tokenNamed = async (name: string) => (await ownTokens()).find((token) => token.name === name);

async function newToken(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: 'New token' }).first().click();
  await page.getByRole('textbox', { name: 'Name' }).fill(name);
}

test('a token of one’s own works, is shown once, and is rejected after it was revoked', async () => {
  const page = await console.open({ path: '/tokens' });
  await newToken(page, 'ci');
  await page.getByRole('button', { name: 'Create', exact: true }).click();
  const token = (await page.getByTestId('token').textContent()) ?? '';
  await expectAccessible(page);
  const ci = apiOf(console.manager.url, token);
  expect((await ci('GET', '/apiops/users/')).status).toBe(200);
  const { expiresAt, projects } = (await tokenNamed('ci')) ?? {};
  expect(daysUntil(String(expiresAt))).toBeCloseTo(90, 1);
  expect(projects).toBeNull();
  await page.reload();
  const row = page.getByRole('row').filter({ hasText: 'ci' });
  await row.getByText('everything the user may do').waitFor();
  expect(await page.getByText(token).count()).toBe(0);
  await expectKeptNowhere(page, token);
  await page.getByRole('button', { name: 'Revoke ci' }).click();
  await page.getByLabel('Type ci to confirm').fill('ci');
  await page.getByRole('button', { name: 'Revoke the token' }).click();
  await page.getByText('You have no API token').waitFor();
  expect((await ci('GET', '/apiops/users/')).status).toBe(401);
});

test('a token expires in 90 days, on a date, or never, as chosen in the form', async () => {
  const page = await console.open({ path: '/tokens' });
  await newToken(page, 'dated');
  expect(await page.getByRole('radio', { name: 'In 90 days' }).isChecked()).toBe(true);
  await page.getByRole('radio', { name: 'On a date' }).check();
  await page.getByRole('button', { name: 'Create', exact: true }).click();
  await page.getByText('Choose a date and a time').waitFor();
  expect(await tokenNamed('dated')).toBeUndefined();
  await page.getByLabel('Date and time').fill('2020-01-01T00:00');
  await page.getByRole('button', { name: 'Create', exact: true }).click();
  await page.getByText('expiresAt must be in the future!').waitFor();
  await expectAccessible(page);
  await page.getByLabel('Date and time').fill('2099-01-01T00:00');
  await page.getByRole('button', { name: 'Create', exact: true }).click();
  await page.getByText('Token dated is created').waitFor();
  expect(String((await tokenNamed('dated'))?.expiresAt)).toMatch(/^20(98-12-31|99-01-01)T/);
  await newToken(page, 'forever');
  await page.getByRole('radio', { name: 'Never' }).check();
  await page.getByRole('button', { name: 'Create', exact: true }).click();
  await page.getByText('Token forever is created').waitFor();
  expect((await tokenNamed('forever'))?.expiresAt).toBeNull();
});

test('a token is narrowed to projects and roles, and then does nothing else', async () => {
  const page = await console.open({ path: '/tokens' });
  await newToken(page, 'narrow');
  await page.getByRole('switch', { name: 'Only some projects and roles' }).check();
  await page.getByRole('button', { name: 'Create', exact: true }).click();
  await page.getByText(/^projects can not be empty!/).waitFor();
  await page.getByLabel('Add a project').selectOption('Payments');
  await page.getByRole('button', { name: 'Create', exact: true }).click();
  await page.getByText(/^roles can not be empty!/).waitFor();
  await page.getByLabel('Add a project').selectOption('MyProject');
  await page.getByRole('button', { name: 'Remove Payments' }).click();
  await page.getByLabel('JWKs, keys and keystores').check();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Create', exact: true }).click();
  const token = (await page.getByTestId('token').textContent()) ?? '';
  const row = page.getByRole('row').filter({ hasText: 'narrow' });
  await row.getByText('JWKs, keys and keystores').waitFor();
  expect((await tokenNamed('narrow'))?.projects).toEqual([
    { projectName: 'MyProject', roles: ['ROLE_API_SECURITY'] },
  ]);
  const narrow = apiOf(console.manager.url, token);
  expect((await narrow('GET', '/apiops/projects/MyProject/jwks/')).status).toBe(200);
  expect((await narrow('GET', '/apiops/projects/Payments/jwks/')).status).toBe(404);
  expect((await narrow('GET', '/apiops/users/')).status).toBe(403);
});

test('the form offers only the projects and the roles that the user has', async () => {
  await console.manager.as('linus', { project: 'MyProject', roles: ['ROLE_API_SECURITY'] });
  const page = await console.open({ path: '/tokens', username: 'linus' });
  await newToken(page, 'narrow');
  await page.getByRole('switch', { name: 'Only some projects and roles' }).check();
  const offered = () => page.getByLabel('Add a project').locator('option').allTextContents();
  await expect.poll(offered).toEqual(['Choose a project', 'MyProject']);
  await page.getByLabel('Add a project').selectOption('MyProject');
  expect(await page.getByRole('checkbox').count()).toBe(1);
});

test('an administrator lists the tokens of a user and revokes one, which is rejected at once', async () => {
  const ada = await console.manager.as('ada', { project: 'MyProject', roles: ['ROLE_API_SECURITY'] });
  const made = await ada('POST', '/apiops/tokens/', { name: 'deploys' });
  await ada('POST', '/apiops/tokens/', { name: 'stays' });
  const page = await console.open({ path: '/users' });
  await page.getByRole('link', { name: 'Tokens of ada' }).click();
  await page.getByRole('heading', { name: 'Tokens of ada', level: 1 }).waitFor();
  await page.getByRole('row').filter({ hasText: 'stays' }).waitFor();
  await expectAccessible(page);
  expect(await page.content()).not.toContain(made.body.token);
  await page.getByRole('button', { name: 'Revoke deploys' }).click();
  const revoke = page.getByRole('button', { name: 'Revoke the token' });
  expect(await revoke.isDisabled()).toBe(true);
  await page.getByLabel('Type deploys to confirm').fill('deploys');
  await revoke.click();
  await page.getByRole('row').filter({ hasText: 'deploys' }).waitFor({ state: 'detached' });
  expect((await apiOf(console.manager.url, made.body.token)('GET', '/apiops/tokens/')).status).toBe(401);
  const left = (await ada('GET', '/apiops/tokens/')).body.resultList as { name: string }[];
  expect(left.map(({ name }) => name)).toEqual(['stays']);
  await page.getByRole('link', { name: 'Users' }).first().click();
  await page.getByRole('link', { name: 'Tokens of admin' }).waitFor();
});

test('a user who is no administrator is refused the tokens of others', async () => {
  await console.manager.as('mallory');
  const page = await console.open({ path: '/users/admin/tokens', username: 'mallory' });
  await page.getByText('Only administrators can see this page.').waitFor();
});

test('users see who is signed in, and change their own password with the current one', async () => {
  await console.manager.as('grace');
  const page = await console.open({ username: 'grace' });
  const other = await console.open({ username: 'grace' });
  await other.getByRole('button', { name: 'Account: grace' }).waitFor();
  const account = page.getByRole('navigation').getByText('grace', { exact: true });
  await account.click();
  await page.getByRole('button', { name: 'Change your password' }).click();
  await page.getByRole('textbox', { name: 'Current password' }).fill('wrong password');
  await page.getByRole('textbox', { name: 'New password', exact: true }).fill('a new password');
  await page.getByRole('textbox', { name: 'Repeat the new password' }).fill('another one');
  const change = page.getByRole('button', { name: 'Change the password' });
  await change.click();
  await page.getByText('The two new passwords differ').waitFor();
  await page.getByRole('textbox', { name: 'Repeat the new password' }).fill('a new password');
  await change.click();
  await page.getByText('This is not your current password').waitFor();
  await expectAccessible(page);
  await page.getByRole('textbox', { name: 'Current password' }).fill('password of grace');
  await change.click();
  await page.getByText(/^Your password is changed/).waitFor();
  await expectKeptNowhere(page, 'a new password');
  await page.getByRole('button', { name: 'Done' }).click();
  await page.reload();
  await account.waitFor();
  await other.reload();
  await other.getByRole('button', { name: 'Sign in' }).waitFor();
  const statusWith = async (password: string) => {
    const api = await signedIn(console.manager.url, 'grace', password);
    return (await api('GET', '/apiops/tokens/')).status;
  };
  expect(await statusWith('password of grace')).toBe(401);
  expect(await statusWith('a new password')).toBe(200);
});

test.each(['jo', `user-${'x'.repeat(60)}`])(
  'the whole header fits into 360 pixels for %s',
  async (username) => {
    const width = 360;
    await console.manager.as(username);
    const page = await console.open({ username, width });
    const header = page.getByRole('banner');
    await header.getByRole('button', { name: `Account: ${username}` }).waitFor();
    const buttons = await header.getByRole('button').all();
    const ends: number[] = [];
    for (const button of buttons) {
      const box = await button.boundingBox();
      if (box !== null) ends.push(box.x + box.width);
    }
    // Menu and account.
    expect(ends).toHaveLength(2);
    expect(Math.max(...ends)).toBeLessThanOrEqual(width);
    await expectNoSidewaysScroll(page);
    await expectAccessible(page);
  },
);
