import { afterAll, beforeAll, expect, test } from 'vitest';
import { signedIn } from '../support/manager.ts';
import { answersAbout } from './support/answers.ts';
import { startTestConsole, type TestConsole } from './support/browser.ts';
import { expectAccessible, expectNoSidewaysScroll } from './support/page-checks.ts';

let console: TestConsole;

beforeAll(async () => {
  console = await startTestConsole({ environments: ['production'] });
});

afterAll(() => console.close());

test('a project is made, described, given members with roles, and deleted by its name', async () => {
  await console.manager.as('ada');
  const page = await console.open({ path: '/projects' });
  await page.getByRole('button', { name: 'New project' }).click();
  await page.getByRole('textbox', { name: 'Name' }).fill('MyProject');
  await page.getByRole('button', { name: 'Create', exact: true }).click();
  await page.getByText('Project (name: MyProject) is already exist!').waitFor();
  await page.getByRole('textbox', { name: 'Name' }).fill('Payments');
  await page.getByRole('textbox', { name: 'Description' }).fill('Keys of payments');
  await page.getByRole('button', { name: 'Create', exact: true }).click();
  await page.getByRole('heading', { name: 'Payments', level: 1 }).waitFor();
  await page.getByText('Keys of payments').waitFor();

  await page.getByRole('button', { name: 'Add a member' }).click();
  await page.getByLabel('User').selectOption('ada');
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await page.getByText(/^roles can not be empty!/).waitFor();
  await expectAccessible(page);
  await page.getByLabel('JWKs, keys and keystores').check();
  await page.getByText('With these roles one can read and change nothing. Add Deploy').waitFor();
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await page.getByRole('row').filter({ hasText: 'ada' }).getByText('JWKs, keys and keystores').waitFor();
  await expectAccessible(page);
  expect(await rolesOf('ada')).toEqual(['ROLE_API_SECURITY']);
  await page.getByRole('button', { name: 'Roles of ada' }).click();
  await page.getByLabel('Deploy', { exact: true }).check();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('row').filter({ hasText: 'ada' }).getByText('Deploy').waitFor();
  await page.getByRole('button', { name: 'Remove ada' }).click();
  await page.getByLabel('Type ada to confirm').fill('ada');
  await page.getByRole('button', { name: 'Remove the member' }).click();
  await page.getByText('This project has no members yet').waitFor();

  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  await page.getByText('0 JWKs, 0 certificates, 0 keys, 0 keystores').waitFor();
  await page.getByLabel('Type Payments to confirm').fill('Payments');
  const answers = answersAbout(page, '/projects/Payments');
  await page.getByRole('button', { name: 'Delete the project' }).click();
  await page.getByRole('heading', { name: 'Projects', level: 1 }).waitFor();
  await page.getByRole('link', { name: 'Payments' }).waitFor({ state: 'detached' });
  expect(answers).toEqual(['DELETE 200']);
});

async function rolesOf(username: string) {
  const { body } = await console.manager.api('GET', '/apiops/projects/Payments/members/');
  const members: { username: string; roles: string[] }[] = body.resultList;
  return members.find((member) => member.username === username)?.roles;
}

test('a user is made, made an administrator, given another password, and deleted', async () => {
  const page = await console.open({ path: '/users' });
  await page.getByRole('button', { name: 'New user' }).click();
  await page.getByRole('textbox', { name: 'Username' }).fill('grace');
  await page.getByRole('textbox', { name: 'Password' }).fill('short');
  await page.getByRole('button', { name: 'Create', exact: true }).click();
  await page.getByText('Password must have 8 to 1024 characters!').waitFor();
  await expectAccessible(page);
  await page.getByRole('textbox', { name: 'Password' }).fill('long enough');
  await page.getByRole('button', { name: 'Create', exact: true }).click();
  const row = page.getByRole('row').filter({ hasText: 'grace' });
  await row.getByText('per project').waitFor();
  await page.getByRole('button', { name: 'Edit grace' }).click();
  await page.getByRole('textbox', { name: 'New password' }).fill('another password');
  await page.getByRole('switch', { name: 'Administrator' }).check();
  await page.getByRole('button', { name: 'Save' }).click();
  await row.getByText('administrator').waitFor();
  await expectAccessible(page);
  const grace = await signedIn(console.manager.url, 'grace', 'another password');
  expect((await grace('GET', '/apiops/users/')).status).toBe(200);
  await page.getByRole('button', { name: 'Delete grace' }).click();
  await page.getByLabel('Type grace to confirm').fill('grace');
  await page.getByRole('button', { name: 'Delete the user' }).click();
  await row.waitFor({ state: 'detached' });
  // The button that opened the dialog left with its row.
  await expect.poll(() => page.evaluate<string>('document.activeElement.id')).toBe('content');
  await page.getByRole('button', { name: 'Edit admin' }).click();
  await page.getByRole('switch', { name: 'Administrator' }).uncheck();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('is the last administrator!').waitFor();
});

test('the audit log is filtered by a URL that can be shared', async () => {
  await console.manager.as('mary');
  const page = await console.open({ path: '/audit?action=user.create&objectName=mary' });
  const rows = page.getByRole('region', { name: 'Audit log' }).getByRole('row');
  await rows.filter({ hasText: 'mary' }).waitFor();
  expect(await rows.count()).toBe(2);
  await page.getByLabel('Object', { exact: true }).fill('admin');
  await rows.filter({ hasText: 'system' }).waitFor();
  expect(page.url()).toContain('objectName=admin');
  expect(new URL(page.url()).search).toBe('');
  await page.getByLabel('Outcome').selectOption('FAILURE');
  await page.getByText('Nothing fits these filters.').waitFor();
  await page.getByRole('button', { name: 'Clear the filters' }).click();
  await rows.nth(5).waitFor();
  await expectAccessible(page);
});

test('a user who is no administrator sees no administration, and the server rejects it', async () => {
  const roles = ['ROLE_API_SECURITY'];
  const api = await console.manager.as('linus', { project: 'MyProject', roles });
  const page = await console.open({ path: '/', username: 'linus' });
  await page.getByRole('link', { name: 'My tokens' }).waitFor();
  for (const name of ['Users', 'Environments', 'Projects', 'Audit log']) {
    expect(await page.getByRole('link', { name }).count()).toBe(0);
  }
  await page.goto(`${console.manager.url}/#/users`);
  await page.getByText('Only administrators can see this page.').waitFor();
  expect(await page.getByRole('button', { name: 'New user' }).count()).toBe(0);
  expect((await api('POST', '/apiops/users/', { username: 'x', password: 'long enough' })).status).toBe(403);
  await page.goto(`${console.manager.url}/#/projects/MyProject`);
  await page.getByRole('heading', { name: 'MyProject' }).waitFor();
  expect(await page.getByRole('button', { name: 'Delete' }).count()).toBe(0);
});

const screens = [
  '/projects',
  '/projects/MyProject',
  '/environments',
  '/users',
  '/users/admin/tokens',
  '/tokens',
  '/audit',
];

test.each(screens)('%s has no barrier in the dark and at 360 pixels', async (path) => {
  const page = await console.open({ path, width: 360, colorScheme: 'dark' });
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.getByRole('status', { name: 'Loading' }).first().waitFor({ state: 'detached' });
  await expectNoSidewaysScroll(page);
  await expectAccessible(page);
});
