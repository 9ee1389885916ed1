import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RunningNode } from '../../src/node/start-node.ts';
import { octKey, p256Private, p256Public } from '../api/support/sample-keys.ts';
import { answersAbout } from './support/answers.ts';
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

test('the page shows the public part, the facts of the key, and where it is deployed', async () => {
  await page.getByRole('region', { name: 'Public JWK' }).getByText(p256Public.x).waitFor();
  await page.getByText('p1, connected').waitFor();
  const details = page.getByRole('region', { name: 'Details' });
  for (const fact of ['EC, P-256', 'ES256', 'signature', 'one', 'JWK or JWK Set', 'production', 'never']) {
    await details.getByText(fact, { exact: true }).first().waitFor();
  }
  await page.getByRole('button', { name: 'Copy thumbprint' }).click();
  await page.getByRole('status').getByText('Copied').waitFor({ state: 'attached' });
  expect(await page.content()).not.toContain(p256Private.d);
  await expectAccessible(page);
});

test('the page has the address of the JWK Set in each environment, to be copied', async () => {
  const address = '/projects/MyProject/.well-known/jwks.json';
  const copy = page.getByRole('button', { name: 'Copy JWK Set in production' });
  await copy.click();
  await expect.poll(() => page.evaluate('navigator.clipboard.readText()')).toBe(`http://NODE${address}`);
  await page.getByText('Replace NODE with the host and port of a node.').waitFor();
  const environment = { type: 'PRODUCTION', accessUrl: 'https://keys.example.com/' };
  await console.manager.api('PUT', '/apiops/environments/production/', environment);
  await page.reload();
  await copy.click();
  await expect
    .poll(() => page.evaluate('navigator.clipboard.readText()'))
    .toBe(`https://keys.example.com${address}`);
});

test('the private part is revealed only with an audit record, is kept nowhere, and is hidden again on leaving', async () => {
  expect(await history()).not.toContain('jwk.reveal');
  await page.getByRole('button', { name: 'Reveal' }).click();
  await page.getByRole('dialog').getByText('audit log').waitFor();
  await expectAccessible(page);
  expect(await history()).not.toContain('jwk.reveal');
  await page.getByRole('button', { name: 'Reveal (logged)' }).click();
  await page.getByRole('region', { name: 'Private JWK' }).getByText(p256Private.d).waitFor();
  expect(await history()).toContain('jwk.reveal');
  await page.getByText('admin revealed or exported its private part').waitFor();
  await page.getByText('admin created it from source JWK or JWK Set, kid one').waitFor();
  await expectKeptNowhere(page, p256Private.d);
  await page.getByRole('link', { name: 'Overview' }).click();
  await page.getByRole('heading', { name: 'Overview' }).waitFor();
  await page.goBack();
  await page.getByRole('button', { name: 'Reveal' }).waitFor();
  expect(await page.content()).not.toContain(p256Private.d);
});

test('a JWK of a public key is shown without a private part, and with neither reveal nor export of one', async () => {
  const other = await console.open({ path: '/projects/MyProject/jwks/public-only' });
  const section = other.getByRole('region', { name: 'Private part' });
  await section
    .getByText('This JWK is a public key: there is no private part to reveal or export.')
    .waitFor();
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
  expect(await other.getByRole('region', { name: 'JWK Set', exact: true }).count()).toBe(0);
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

test('the public set is exported at once, the private one with an audit record', async () => {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Export public JWK Set' }).click(),
  ]);
  expect(download.suggestedFilename()).toBe('signing-public.json');
  await page.getByRole('button', { name: 'Export private JWK Set' }).click();
  const [full] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Export (logged)' }).click(),
  ]);
  expect(full.suggestedFilename()).toBe('signing.json');
});

test('a node that disconnects is shown as missing, and as deployed once it is back, without a reload', async () => {
  await node.close();
  await page.getByText('p1, not connected').waitFor();
  const jwkStr = JSON.stringify({ ...p256Private, kid: 'two' });
  const update = console.manager.api('PUT', `${jwks}signing/`, { sourceType: 'COPY_PASTE', jwkStr });
  await page.getByRole('region', { name: 'production' }).getByText('missing').first().waitFor();
  await update;
  await console.manager.addNode('production', 'p1');
  await page.getByText('p1, connected').waitFor();
  await page.locator('[data-deployed=true]').waitFor();
});

test('the form that creates a JWK replaces its key, too, and leads back to its page', async () => {
  await page.getByRole('link', { name: 'Replace' }).click();
  await page.getByRole('heading', { name: 'Replace signing' }).waitFor();
  await page.getByRole('radio', { name: 'JWK or JWK Set' }).check();
  await page.getByLabel('JWK or JWK Set as JSON').fill(JSON.stringify({ ...p256Public, kid: 'new' }));
  await page.getByText(/^Found: /).waitFor();
  await page.getByRole('button', { name: 'Replace and deploy' }).click();
  await page.getByText('signing has a new key').waitFor();
  await page.getByRole('region', { name: 'Public JWK' }).getByText('"new"').waitFor();
});

test('a user who may not deploy is offered no change, and the server rejects it as well', async () => {
  const other = await console.open({ path: jwkPath, username: 'reader' });
  await other.getByRole('heading', { name: 'History' }).waitFor();
  expect(await other.getByRole('button', { name: 'Delete' }).count()).toBe(0);
  await other.goto(`${console.manager.url}/#/projects/MyProject/new-jwk`);
  await other.getByRole('heading', { name: 'Permission required' }).waitFor();
  const answer = await other.evaluate<number>(
    `fetch('${jwks}signing/', { method: 'DELETE' }).then(({ status }) => status)`,
  );
  expect(answer).toBe(403);
});

test('the page is readable in the dark and at 360 pixels', async () => {
  const narrow = await console.open({ path: jwkPath, colorScheme: 'dark', width: 360 });
  await narrow.getByRole('region', { name: 'Public JWK' }).waitFor();
  await expectNoSidewaysScroll(narrow);
  await expectAccessible(narrow);
});

/** Answers to DELETE reach the page late, after each of its polls was due. */
async function answerLate(deleting: Page): Promise<void> {
  await deleting.route('**/jwks/**', async (route) => {
    if (route.request().method() !== 'DELETE') return route.fallback();
    const response = await route.fetch();
    await deleting.clock.runFor(20_000);
    await route.fulfill({ response });
  });
}

async function confirmDeletion(deleting: Page, name: string): Promise<void> {
  const dialog = deleting.getByRole('dialog');
  await dialog.getByLabel(`Type ${name} to confirm`).fill(name);
  await dialog.getByRole('button', { name: 'Delete the JWK' }).click();
}

test('a JWK is deleted only once its name is typed, and nothing asks for it meanwhile or afterwards', async () => {
  await page.clock.install();
  await page.reload();
  await page.getByRole('button', { name: 'Delete' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('production: p1').waitFor();
  expect(await dialog.getByRole('button', { name: 'Delete the JWK' }).isDisabled()).toBe(true);
  await expectAccessible(page);
  await answerLate(page);
  const answers = answersAbout(page, '/jwks/signing');
  await confirmDeletion(page, 'signing');
  await page.getByRole('heading', { name: 'signing is deleted' }).waitFor();
  await page.getByRole('link', { name: 'JWKs of MyProject' }).click();
  await page.getByRole('link', { name: 'public-only' }).waitFor();
  expect(answers).toContain('DELETE 200');
  expect(answers.filter((one) => !one.endsWith(' 200'))).toEqual([]);
  expect((await console.manager.api('GET', `${jwks}signing/`)).status).toBe(400);
});

test('a page whose JWK was not deleted goes on', async () => {
  const other = await console.open({ path: '/projects/MyProject/jwks/public-only' });
  await other.getByRole('button', { name: 'Delete' }).click();
  await other.route('**/jwks/**', async (route) => {
    if (route.request().method() !== 'DELETE') return route.fallback();
    await route.fulfill({ status: 400, json: { error: 'invalid_request', error_description: 'Not now!' } });
  });
  await confirmDeletion(other, 'public-only');
  await other.getByRole('dialog').getByText('Not now!').waitFor();
  await other.getByRole('button', { name: 'Cancel' }).click();
  const body = { sourceType: 'COPY_PASTE', jwkStr: JSON.stringify({ ...p256Public, kid: 'from-elsewhere' }) };
  expect((await console.manager.api('PUT', `${jwks}public-only/`, body)).status).toBe(200);
  await other.getByText('from-elsewhere').first().waitFor();
});
