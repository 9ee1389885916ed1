import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestConsole, type TestConsole } from './support/browser.ts';
import { expectAccessible, expectKeptNowhere, expectNoSidewaysScroll } from './support/page-checks.ts';

const project = '/apiops/projects/MyProject/';

let console: TestConsole;

beforeAll(async () => {
  console = await startTestConsole({ environments: ['production'] });
  const { manager } = console;
  await manager.addNode('production', 'p1');
  const ec = { curveType: 'P256' };
  for (const [path, name] of [
    ['key-rings/', 'api-signing'],
    ['jwks/generate', 'single'],
  ] as const) {
    const { status } = await manager.api('POST', project + path, { name, type: 'EC', ec });
    expect(status).toBe(200);
  }
});

afterAll(() => console.close());

async function applicationOf(name: string) {
  const { body } = await console.manager.api('GET', `${project}applications/${name}/`);
  return body.resultList[0];
}

test('an application is created with a grant, and its token is shown once', async () => {
  const page = await console.open({ path: '/projects/MyProject/applications' });
  await page.getByText('This project has no application yet').waitFor();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'New application' }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Create' }).click();
  await dialog.getByText('Application name can not be empty!').waitFor();
  await dialog.getByRole('textbox', { name: 'Name', exact: true }).fill('issuer');
  const choice = dialog.getByLabel('Grant the use of');
  for (const hasText of ['api-signing', 'single'])
    await choice.locator('option', { hasText }).waitFor({ state: 'attached' });
  // Members of a ring are granted with their ring alone.
  const offered = await choice.locator('option').allTextContents();
  expect(offered).toEqual(['Choose what it may use', 'api-signing', 'single']);
  await choice.selectOption('api-signing');
  await dialog.getByLabel('Verify with api-signing').uncheck();
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Create' }).click();
  const token = (await page.getByTestId('token').textContent()) ?? '';
  expect(token).toMatch(/^kpa_/);
  await page.getByRole('button', { name: 'Copy the token' }).click();
  await expect.poll(() => page.evaluate('navigator.clipboard.readText()')).toBe(token);
  await page.getByText('issuer is created').waitFor();
  await page.getByText('api-signing: sign').waitFor();
  await page.getByText('Not used yet.').waitFor();
  await page.getByText("curl -X POST 'http://NODE/projects/MyProject/key-rings/api-signing/sign'").waitFor();
  await expectAccessible(page);
  await expectKeptNowhere(page, token);
  await page.reload();
  await page.getByText('Not used yet.').waitFor();
  expect(await page.getByText(token).count()).toBe(0);
  expect(await applicationOf('issuer')).toMatchObject({
    grants: [{ keyRingName: 'api-signing', operations: ['SIGN'] }],
    expiresAt: null,
  });
});

test('a token that was shown is no longer there on the way back to its page', async () => {
  const page = await console.open({ path: '/projects/MyProject/applications' });
  await page.getByRole('button', { name: 'New application' }).click();
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('left');
  await page.getByRole('button', { name: 'Create', exact: true }).click();
  const token = (await page.getByTestId('token').textContent()) ?? '';
  await page.getByRole('link', { name: 'Overview' }).click();
  await page.getByRole('heading', { name: 'Overview' }).waitFor();
  await page.goBack();
  await page.getByText('Not used yet.').waitFor();
  expect(await page.content()).not.toContain(token);
});

test('grants and expiry are edited, and a grant of nothing is rejected beside its field', async () => {
  const page = await console.open({ path: '/projects/MyProject/applications/issuer' });
  await page.getByRole('button', { name: 'Edit' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Grant the use of').selectOption('single');
  await dialog.getByLabel('Sign with api-signing').uncheck();
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog
    .getByText(/operations/)
    .first()
    .waitFor();
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Remove api-signing' }).click();
  await dialog.getByRole('radio', { name: 'On a date' }).check();
  await dialog.getByLabel('Date and time').fill('2099-01-01T00:00');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await page.getByText('issuer is changed').waitFor();
  await page.getByText('single: sign, verify').waitFor();
  expect(await applicationOf('issuer')).toMatchObject({
    grants: [{ jwkName: 'single', operations: ['SIGN', 'VERIFY'] }],
    expiresAt: '2099-01-01T00:00:00.000Z',
  });
});

test('a token is replaced with an overlap, and the new one is shown once', async () => {
  const page = await console.open({ path: '/projects/MyProject/applications/issuer' });
  await page.getByRole('button', { name: 'Replace token' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Valid for', { exact: true }).fill('90');
  await dialog.getByLabel('Valid for: unit').selectOption('days');
  await dialog.getByRole('button', { name: 'Replace' }).click();
  await dialog.getByText(/^overlap/).waitFor();
  await expectAccessible(page);
  await dialog.getByLabel('Valid for', { exact: true }).fill('2');
  await dialog.getByRole('button', { name: 'Replace' }).click();
  await page.getByText('The token is replaced').waitFor();
  expect(await page.getByTestId('token').textContent()).toMatch(/^kpa_/);
  await page.getByText('one is valid until').waitFor();
  expect((await applicationOf('issuer')).formerTokensValidUntil).toHaveLength(1);
});

test('credentials of each type and rates are edited, and each new token is shown once', async () => {
  const page = await console.open({ path: '/projects/MyProject/applications' });
  await page.getByRole('button', { name: 'New application' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'Name', exact: true }).fill('gateway');
  await dialog.getByLabel('Grant the use of').selectOption('single');
  await dialog.getByLabel('Operations per second: single').fill('50');
  await dialog.getByLabel('At once: single').fill('100');
  await dialog.getByLabel('Known by').selectOption('Token');
  await dialog.getByLabel('Name of the token').last().fill('batch');
  await dialog.getByLabel('Known by').selectOption('Client certificate');
  await dialog.getByLabel('URI', { exact: true }).fill('spiffe://example.org/gateway');
  await dialog.getByText('Show as curl').click();
  await dialog.getByText('"uriSan": "spiffe://example.org/gateway"').waitFor();
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Create', exact: true }).click();
  await page.getByText('Tokens of gateway').waitFor();
  expect(await page.getByTestId('token').count()).toBe(2);
  await page.getByText('single: sign, verify, 50 per second and 100 at once').waitFor();
  await page.getByRole('cell', { name: 'spiffe://example.org/gateway' }).waitFor();
  await page.getByRole('button', { name: 'Edit' }).click();
  await dialog.getByLabel('Known by').selectOption('JWT of another issuer');
  await dialog.getByRole('textbox', { name: 'Issuer' }).fill('https://ci.example.org');
  await dialog.getByLabel('Audience').fill('keyplane');
  await dialog.getByLabel('Subject').fill('repo:shop:*');
  await dialog.getByLabel('Verified with').selectOption('A JWK of this project');
  await dialog.getByLabel('Name of the JWK').fill('single');
  await dialog.getByRole('button', { name: 'Remove credential 3' }).click();
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Save' }).click();
  await page.getByText('subject repo:shop:*').waitFor();
  expect(await page.getByText('Tokens of gateway').count()).toBe(1);
  expect((await applicationOf('gateway')).credentials).toMatchObject([
    { type: 'TOKEN', name: 'default' },
    { type: 'TOKEN', name: 'batch' },
    { type: 'JWT', issuer: 'https://ci.example.org', subject: 'repo:shop:*', jwkName: 'single' },
  ]);
  await page.getByRole('button', { name: 'Replace token' }).click();
  await dialog.getByLabel('Which token').selectOption('batch');
  await dialog.getByRole('button', { name: 'Replace' }).click();
  await page.getByText('The token is replaced').waitFor();
});

test('usage is shown by key, operation and outcome', async () => {
  const { id } = await applicationOf('issuer');
  // As nodes report it.
  await console.manager.raw(
    `insert into key_usage (application_id, jwk_id, operation, outcome, count, last_used_at)
     select '${id}', id, 'SIGN', 'SUCCEEDED', 1234, 1795953600000 from jwks where name = 'api-signing.1'`,
  );
  const page = await console.open({ path: '/projects/MyProject/applications/issuer' });
  const row = page.getByRole('row').filter({ hasText: 'api-signing.1' });
  for (const text of ['sign', 'succeeded', '1,234']) await row.getByText(text, { exact: true }).waitFor();
  await expectAccessible(page);
  const ring = await console.open({ path: '/projects/MyProject/key-rings/api-signing', width: 1400 });
  const member = ring.getByRole('row').filter({ hasText: 'api-signing.1' });
  await member.locator('[data-label="Last used"]').getByText(/ago$/).waitFor();
});

test('who uses a JWK is shown before it is deleted, and a reason is needed while somebody does', async () => {
  const key = { name: 'partner', type: 'EC', ec: { curveType: 'P256', algorithm: 'ES256' } };
  expect((await console.manager.api('POST', `${project}jwks/generate`, key)).status).toBe(200);
  const { id } = await applicationOf('issuer');
  const usedAt = Math.floor(Date.now() / 60_000) * 60_000;
  await console.manager.raw(
    `insert into key_usage (application_id, jwk_id, operation, outcome, count, last_used_at)
     select '${id}', id, 'VERIFY', 'SUCCEEDED', 7, ${usedAt} from jwks where name = 'partner'`,
  );
  const page = await console.open({ path: '/projects/MyProject/jwks/partner' });
  const usage = page.getByRole('region', { name: 'Usage', exact: true }).first();
  await usage.getByRole('row').filter({ hasText: 'issuer' }).getByText('verify', { exact: true }).waitFor();
  await page.getByText('/projects/MyProject/jwks/partner/sign').waitFor();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Delete' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('listitem').filter({ hasText: 'by issuer, to verify' }).waitFor();
  await dialog.getByLabel('Type partner to confirm').fill('partner');
  await dialog.getByRole('button', { name: 'Delete the JWK' }).click();
  await dialog.getByText(/was used by application \(name: issuer\)/).waitFor();
  await dialog.getByRole('checkbox').check();
  await dialog.getByLabel('Reason').fill('the partner has moved');
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Delete the JWK' }).click();
  await page.getByRole('heading', { name: 'partner is deleted' }).waitFor();
});

test('lists are narrowed to what no application used for 90 days', async () => {
  const page = await console.open({ path: '/projects/MyProject/applications' });
  await page.getByRole('link', { name: 'issuer' }).waitFor();
  await page.getByLabel('Use at nodes').selectOption('Unused for 90 days');
  await page.getByRole('link', { name: 'issuer' }).waitFor({ state: 'detached' });
  // No application is that old.
  expect(await page.getByRole('link', { name: 'left' }).count()).toBe(0);
  await expectAccessible(page);
});

test('an application is deleted by its name', async () => {
  const page = await console.open({ path: '/projects/MyProject/applications/left' });
  await page.getByRole('button', { name: 'Delete' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Type left to confirm').fill('left');
  await dialog.getByRole('button', { name: 'Delete the application' }).click();
  await page.getByRole('heading', { name: 'left is deleted' }).waitFor();
  await page.getByRole('link', { name: 'Applications of MyProject' }).click();
  await page.getByRole('link', { name: 'issuer' }).waitFor();
  expect(await page.getByRole('link', { name: 'left' }).count()).toBe(0);
});

test('a user who may not deploy is offered no change of an application', async () => {
  await console.manager.as('reader', { project: 'MyProject', roles: ['ROLE_API_SECURITY'] });
  const page = await console.open({ path: '/projects/MyProject/applications/issuer', username: 'reader' });
  await page.getByText('single: sign, verify').waitFor();
  expect(await page.getByRole('button', { name: /^(Edit|Replace|Delete)/ }).count()).toBe(0);
  await page.goto(`${console.manager.url}/#/projects/MyProject/applications`);
  await page.getByRole('link', { name: 'issuer' }).waitFor();
  expect(await page.getByRole('button', { name: 'New application' }).count()).toBe(0);
});

test.each(['/projects/MyProject/applications', '/projects/MyProject/applications/issuer'])(
  '%s has no barrier in the dark and at 320 pixels',
  async (path) => {
    const page = await console.open({ path, width: 320, colorScheme: 'dark' });
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.getByRole('status', { name: 'Loading' }).first().waitFor({ state: 'detached' });
    await expectNoSidewaysScroll(page);
    await expectAccessible(page);
  },
);
