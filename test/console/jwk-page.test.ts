import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RunningNode } from '../../src/node/start-node.ts';
import { octKey, p256Private, p256Public } from '../api/support/sample-keys.ts';
import { startTestConsole, type TestConsole } from './support/browser.ts';
import { expectAccessible, expectKeptNowhere, expectNoSidewaysScroll } from './support/page-checks.ts';

const jwkPath = '/projects/MyProject/jwks/signing';

let console: TestConsole;
let node: RunningNode;
let page: Page;

beforeAll(async () => {
  console = await startTestConsole({ environments: ['production'] });
  const { manager } = console;
  node = await manager.addNode('production', 'p1');
  await paste('signing', { ...p256Private, kid: 'one', use: 'sig', alg: 'ES256' });
  await paste('public-only', { ...p256Public, kid: 'other', use: 'sig', alg: 'ES256' });
  await paste('secret', { ...octKey(32), kid: 'secret', use: 'sig', alg: 'HS256' });
  await manager.as('reader', { project: 'MyProject', roles: ['ROLE_API_SECURITY'] });
  page = await console.open({ path: jwkPath });
});

afterAll(() => console.close());

const jwks = '/apiops/projects/MyProject/jwks/';

async function paste(name: string, jwk: object): Promise<void> {
  const body = { name, sourceType: 'COPY_PASTE', jwkStr: JSON.stringify(jwk) };
  const { status } = await console.manager.api('POST', jwks, body);
  expect(status).toBe(200);
}

const history = async () => {
  const { body } = await console.manager.api('GET', `${jwks}signing/history/`);
  return body.resultList.map(({ action }: { action: string }) => action);
};

test('shows what is public, where it is deployed, and until when it is valid', async () => {
  await page.getByRole('region', { name: 'Public JWK' }).getByText(p256Public.x).waitFor();
  await page.getByText('p1, connected').waitFor();
  await page.getByRole('button', { name: 'Copy Thumbprint' }).click();
  await page.getByRole('status').getByText('Copied').waitFor({ state: 'attached' });
  expect(await page.content()).not.toContain(p256Private.d);
  await expectAccessible(page);
});

test('the private part is revealed only on record, is kept nowhere, and is hidden again on leaving', async () => {
  expect(await history()).not.toContain('jwk.reveal');
  await page.getByRole('button', { name: 'Reveal' }).click();
  await page.getByRole('dialog').getByText('audit record').waitFor();
  await expectAccessible(page);
  expect(await history()).not.toContain('jwk.reveal');
  await page.getByRole('button', { name: 'Reveal, on record' }).click();
  await page.getByRole('region', { name: 'Private JWK' }).getByText(p256Private.d).waitFor();
  expect(await history()).toContain('jwk.reveal');
  await expectKeptNowhere(page, p256Private.d);
  await page.getByRole('link', { name: 'Overview' }).click();
  await page.getByRole('heading', { name: 'Overview' }).waitFor();
  await page.goBack();
  await page.getByRole('button', { name: 'Reveal' }).waitFor();
  expect(await page.content()).not.toContain(p256Private.d);
});

test('a JWK of a public key says that it has no private part, and offers neither reveal nor export of one', async () => {
  const other = await console.open({ path: '/projects/MyProject/jwks/public-only' });
  const section = other.getByRole('region', { name: 'Private part' });
  await section.getByText('This JWK has no private part: it is a public key.').waitFor();
  expect(await section.getByRole('button').count()).toBe(0);
  expect(await section.getByText('Hidden').count()).toBe(0);
  expect(await other.getByRole('button', { name: /Reveal|Export private/ }).count()).toBe(0);
  await other.getByRole('button', { name: 'Export public PEM' }).waitFor();
  await expectAccessible(other);
});

test('an OCT key is revealed and exported as a JWK Set, and offered no PEM', async () => {
  const other = await console.open({ path: '/projects/MyProject/jwks/secret' });
  await other.getByRole('button', { name: 'Export private JWK Set' }).waitFor();
  await other.getByRole('button', { name: 'Reveal' }).waitFor();
  expect(await other.getByRole('button', { name: /PEM/ }).count()).toBe(0);
});

test('a member without ROLE_READ_PRIVATE_KEYS sees and exports the public part, and is offered nothing of the private part', async () => {
  const before = await history();
  const other = await console.open({ path: jwkPath, username: 'reader' });
  await other.getByText('Reading and exporting it takes ROLE_READ_PRIVATE_KEYS.').waitFor();
  await other.getByRole('region', { name: 'Public JWK' }).getByText(p256Public.x).waitFor();
  expect(await other.getByRole('button', { name: /Reveal|Export private/ }).count()).toBe(0);
  expect(await other.content()).not.toContain(p256Private.d);
  await expectAccessible(other);
  const [download] = await Promise.all([
    other.waitForEvent('download'),
    other.getByRole('button', { name: 'Export public JWK Set' }).click(),
  ]);
  expect(download.suggestedFilename()).toBe('signing-public.json');
  expect(await history()).toEqual(before);
});

test('a member without ROLE_READ_PRIVATE_KEYS is not offered to read an OCT key, which is all private', async () => {
  const other = await console.open({ path: '/projects/MyProject/jwks/secret', username: 'reader' });
  await other.getByText('Reading and exporting it takes ROLE_READ_PRIVATE_KEYS.').waitFor();
  expect(await other.getByRole('button', { name: /Reveal|Export/ }).count()).toBe(0);
});

test('exports the public set as it is, the private one on record', async () => {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Export public JWK Set' }).click(),
  ]);
  expect(download.suggestedFilename()).toBe('signing-public.json');
  await page.getByRole('button', { name: 'Export private JWK Set' }).click();
  const [full] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Export, on record' }).click(),
  ]);
  expect(full.suggestedFilename()).toBe('signing.json');
});

test('a node that goes away is shown without it, and again once it is back, without reloading', async () => {
  await node.close();
  await page.getByText('p1, not connected').waitFor();
  const jwkStr = JSON.stringify({ ...p256Private, kid: 'two' });
  const update = console.manager.api('PUT', `${jwks}signing/`, { sourceType: 'COPY_PASTE', jwkStr });
  await page.getByText('not everywhere').waitFor();
  await update;
  await console.manager.addNode('production', 'p1');
  await page.getByText('p1, connected').waitFor();
  await page.locator('[data-deployed=true]').waitFor();
});

test('its value is replaced by the form that makes one', async () => {
  await page.getByRole('link', { name: 'Replace' }).click();
  await page.getByRole('heading', { name: 'Replace signing' }).waitFor();
  await page.getByRole('radio', { name: 'JWK or JWK Set' }).check();
  await page
    .getByLabel('JWK or JWK Set')
    .nth(1)
    .fill(JSON.stringify({ ...p256Public, kid: 'new' }));
  await page.getByText(/^Found: /).waitFor();
  await page.getByRole('button', { name: 'Save and deploy' }).click();
  await page.getByRole('link', { name: 'Open signing' }).click();
  await page.getByRole('region', { name: 'Public JWK' }).getByText('"new"').waitFor();
});

test('whoever may not deploy is offered no change, and refused by the server all the same', async () => {
  const other = await console.open({ path: jwkPath, username: 'reader' });
  await other.getByRole('heading', { name: 'History' }).waitFor();
  expect(await other.getByRole('button', { name: 'Delete' }).count()).toBe(0);
  await other.goto(`${console.manager.url}/#/projects/MyProject/new-jwk`);
  await other.getByRole('heading', { name: 'Not for your roles' }).waitFor();
  const answer = await other.evaluate<number>(
    `fetch('${jwks}signing/', { method: 'DELETE' }).then(({ status }) => status)`,
  );
  expect(answer).toBe(403);
});

test('is readable in the dark and at 360 pixels', async () => {
  const narrow = await console.open({ path: jwkPath, colorScheme: 'dark', width: 360 });
  await narrow.getByRole('region', { name: 'Public JWK' }).waitFor();
  await expectNoSidewaysScroll(narrow);
  await expectAccessible(narrow);
});

test('is deleted only once its name is typed, and tells from where it goes', async () => {
  await page.getByRole('button', { name: 'Delete' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('production: p1').waitFor();
  const remove = dialog.getByRole('button', { name: 'Delete the JWK' });
  expect(await remove.isDisabled()).toBe(true);
  await expectAccessible(page);
  await dialog.getByLabel('Type signing to confirm').fill('signing');
  await remove.click();
  await page.getByRole('heading', { name: 'signing is deleted' }).waitFor();
  expect((await console.manager.api('GET', `${jwks}signing/`)).status).toBe(400);
});
