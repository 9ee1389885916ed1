import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestConsole, type TestConsole } from './support/browser.ts';
import { expectAccessible, expectNoSidewaysScroll } from './support/page-checks.ts';

const project = '/apiops/projects/MyProject/';
const list = '/projects/MyProject/token-profiles';

let console: TestConsole;

beforeAll(async () => {
  console = await startTestConsole({ environments: ['production'] });
  const { manager } = console;
  await manager.addNode('production', 'p1');
  const ec = { curveType: 'P256' };
  await manager.api('POST', `${project}key-rings/`, { name: 'api-signing', type: 'EC', ec });
  const encryption = { ...ec, keyUseType: 'ENCRYPTION', algorithm: 'ECDH-ES+A256KW' };
  const { status } = await manager.api('POST', `${project}key-rings/`, {
    name: 'bank',
    type: 'EC',
    ec: encryption,
  });
  expect(status).toBe(200);
});

afterAll(() => console.close());

async function profileOf(name: string) {
  const { body } = await console.manager.api('GET', `${project}token-profiles/${name}/`);
  return body.resultList[0];
}

test('a token profile is created, and what is wrong stands beside its field', async () => {
  const page = await console.open({ path: list });
  await page.getByText('This project has no token profile yet').waitFor();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'New token profile' }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'Name', exact: true }).fill('orders-api');
  await dialog
    .getByLabel('Key ring')
    .locator('option', { hasText: 'api-signing' })
    .waitFor({ state: 'attached' });
  // A key ring for encryption signs nothing.
  expect(await dialog.getByLabel('Key ring').locator('option').allTextContents()).toEqual([
    'Choose a key ring',
    'api-signing',
  ]);
  await dialog.getByLabel('Key ring').selectOption('api-signing');
  await dialog.getByLabel('Issuer').fill('https://id.example.com');
  await dialog.getByLabel('Audiences').fill('orders\ninvoices');
  await dialog.getByLabel('A token is for').selectOption('one of them, which the application chooses');
  await dialog.getByLabel('Lifetime at most', { exact: true }).fill('2');
  await dialog.getByRole('button', { name: 'Create' }).click();
  await dialog.getByText(/^lifetime \(PT5M\) is longer than maxLifetime/).waitFor();
  await expectAccessible(page);
  await dialog.getByLabel('Lifetime at most', { exact: true }).fill('30');
  await dialog.getByLabel('Subject', { exact: true }).selectOption('given by the application');
  await dialog.getByLabel('Pattern of the subject').fill('user:*');
  await dialog.getByLabel('Claims that an application may give').fill('scope');
  await dialog.getByLabel('Claims that it must give').fill('tenant');
  await dialog.getByLabel('Fixed claims').fill('{"env": "test"}');
  await dialog.getByRole('button', { name: 'Create' }).click();
  await page.getByText('orders-api is created').waitFor();
  await page.getByText('one of orders, invoices').waitFor();
  await expectAccessible(page);
  expect(await profileOf('orders-api')).toMatchObject({
    keyRingName: 'api-signing',
    issuer: 'https://id.example.com',
    audiences: ['orders', 'invoices'],
    audienceMode: 'ONE_OF',
    lifetime: 'PT5M',
    maxLifetime: 'PT30M',
    subject: { mode: 'GIVEN', pattern: 'user:*' },
    claims: { fixed: { env: 'test' }, allowed: ['scope'], required: ['tenant'] },
    encryptTo: null,
  });
});

test('a trial shows the token decoded, and what the profile refuses', async () => {
  const page = await console.open({ path: `${list}/orders-api` });
  const trial = page.getByRole('region', { name: 'Try it' });
  await trial.getByLabel('Claims', { exact: true }).fill('{"tenant": "t1", "scope": "read"}');
  await trial.getByLabel('Audience').selectOption('orders');
  await trial.getByLabel('Subject').fill('user:ada');
  await trial.getByRole('button', { name: 'Try', exact: true }).click();
  const claims = trial.getByRole('region', { name: 'Claims of the token' });
  await claims.waitFor();
  expect(JSON.parse((await claims.textContent()) ?? '')).toMatchObject({
    iss: 'https://id.example.com',
    aud: 'orders',
    sub: 'user:ada',
    env: 'test',
    tenant: 't1',
    scope: 'read',
  });
  await expectAccessible(page);
  await trial.getByLabel('Claims', { exact: true }).fill('{"tenant": "t1", "iss": "me"}');
  await trial.getByRole('button', { name: 'Try', exact: true }).click();
  await trial.getByText('Claim (iss) is set by token profile (name: orders-api)!').waitFor();
  await expectAccessible(page);
});

test('a token profile is edited', async () => {
  const page = await console.open({ path: `${list}/orders-api` });
  await page.getByRole('button', { name: 'Edit' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('More', { exact: true }).click();
  const target = dialog.getByLabel('Encrypt the token to');
  await target.locator('option', { hasText: 'Key ring bank' }).waitFor({ state: 'attached' });
  await target.selectOption('Key ring bank');
  await dialog.getByLabel('Type of the token').fill('at+jwt');
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Save' }).click();
  await page.getByText('orders-api is changed').waitFor();
  await page.getByText('bank, with A256GCM').waitFor();
  expect(await profileOf('orders-api')).toMatchObject({ tokenType: 'at+jwt', maxLifetime: 'PT30M' });
});

test('an application gets a grant on a token profile', async () => {
  const applications = await console.open({ path: '/projects/MyProject/applications' });
  await applications.getByRole('button', { name: 'New application' }).first().click();
  const form = applications.getByRole('dialog');
  await form.getByRole('textbox', { name: 'Name', exact: true }).fill('login');
  const choice = form.getByLabel('Grant the use of');
  await choice.locator('option', { hasText: 'orders-api' }).waitFor({ state: 'attached' });
  await choice.selectOption('orders-api');
  await form.getByRole('button', { name: 'Create', exact: true }).click();
  await applications.getByText('orders-api: issue').waitFor();
});

test('a token profile is deleted by its name', async () => {
  const { body } = await console.manager.api('GET', `${project}token-profiles/orders-api/`);
  const { issuer, audiences } = body.resultList[0];
  const copy = { name: 'left', keyRingName: 'api-signing', issuer, audiences };
  expect((await console.manager.api('POST', `${project}token-profiles/`, copy)).status).toBe(200);
  const page = await console.open({ path: `${list}/left` });
  await page.getByRole('button', { name: 'Delete' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Type left to confirm').fill('left');
  await dialog.getByRole('button', { name: 'Delete the token profile' }).click();
  await page.getByRole('heading', { name: 'left is deleted' }).waitFor();
  await page.getByRole('link', { name: 'Token profiles of MyProject' }).click();
  await page.getByRole('link', { name: 'orders-api' }).waitFor();
  expect(await page.getByRole('link', { name: 'left', exact: true }).count()).toBe(0);
});

test.each([list, `${list}/orders-api`])('%s has no barrier in the dark and at 320 pixels', async (path) => {
  const page = await console.open({ path, width: 320, colorScheme: 'dark' });
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.getByRole('status', { name: 'Loading' }).first().waitFor({ state: 'detached' });
  await expectNoSidewaysScroll(page);
  await expectAccessible(page);
});
