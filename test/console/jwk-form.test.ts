import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PublicJwk } from '../../src/jose/jwk.ts';
import { thumbprint } from '../../src/jose/thumbprint.ts';
import { makeCurveKey, p256Private, p256Public, publicHalf } from '../api/support/sample-keys.ts';
import { type HttpTestServer, startHttpServer } from '../support/http-servers.ts';
import { startTestConsole, type TestConsole } from './support/browser.ts';
import { expectAccessible, expectKeptNowhere, expectNoSidewaysScroll } from './support/page-checks.ts';

const formPath = '/projects/MyProject/new-jwk';
const file = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const set = JSON.stringify({
  keys: [
    { ...p256Public, kid: 'first' },
    { ...p256Public, kid: 'second' },
  ],
});

let console: TestConsole;
let server: HttpTestServer;
let page: Page;

beforeAll(async () => {
  server = await startHttpServer((_request, response) => response.end(set));
  console = await startTestConsole({
    environments: ['production', 'staging'],
    settings: { KEYPLANE_URL_ALLOW: '127.0.0.0/8' },
  });
  await console.manager.addNode('production', 'p1');
  await console.manager.addNode('staging', 's1');
  page = await console.open({ path: formPath });
});

afterAll(async () => {
  await console.close();
  await server.close();
});

const stored = async (name: string) => {
  const { body } = await console.manager.api(
    'GET',
    `/apiops/projects/MyProject/jwks/${name}/?publicOnly=true`,
  );
  return body.resultList[0];
};

/** A form that nothing was filled into yet. */
async function fill(name: string, source?: string): Promise<void> {
  await page.goto('about:blank');
  await page.goto(`${console.manager.url}/#${formPath}`);
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill(name);
  if (source !== undefined) await page.getByRole('radio', { name: source, exact: true }).check();
}

async function save(name: string): Promise<void> {
  await page.getByRole('button', { name: 'Save and deploy' }).click();
  await page.getByRole('heading', { name: `${name} is saved` }).waitFor();
}

const dropped = (path: string) => page.locator('input[type=file]').setInputFiles(file(path));

async function storeDropped(word: string): Promise<void> {
  await page.getByRole('checkbox', { name: 'staging' }).check();
  await page.getByRole('button', { name: `Store the ${word}` }).click();
  await page.getByText('Deployment completed successfully').waitFor();
}

test('a generated JWK is offered only algorithms that fit, and each node is seen to get it', async () => {
  await fill('generated');
  await page.getByLabel('Key type').selectOption('EC');
  await page.getByLabel('Curve').selectOption('P384');
  const algorithms = await page.getByLabel('Algorithm').locator('option').allTextContents();
  expect(algorithms).toEqual(['ES384']);
  await expectAccessible(page);
  await save('generated');
  await page.getByRole('region', { name: 'production' }).getByText('p1, connected').waitFor();
  await page.locator('[data-deployed=true]').nth(1).waitFor();
  await expectAccessible(page);
  expect(await stored('generated')).toMatchObject({ type: 'EC', algorithm: 'ES384', sourceType: 'GENERATE' });
});

test('a URL is fetched first, one of its keys chosen, and it is looked at again as asked', async () => {
  await fill('of-url', 'URL');
  await page.getByRole('textbox', { name: 'URL' }).fill(`${server.origin}/jwks.json`);
  await page.getByRole('button', { name: 'Fetch' }).click();
  await page.getByRole('radio', { name: 'second' }).check();
  await page.getByLabel('Refresh interval').fill('PT1H');
  await expectAccessible(page);
  await save('of-url');
  expect(await stored('of-url')).toMatchObject({ kid: 'second', refreshInterval: 'PT1H', sourceType: 'URL' });
});

test('what is pasted is looked into; its private members are neither kept nor shown as curl', async () => {
  await fill('pasted', 'JWK or JWK Set');
  await page.getByLabel('JWK or JWK Set').nth(1).fill(JSON.stringify(p256Private));
  await page.getByText('Found: EC P-256, private key').waitFor();
  await page.getByText('The same with curl').click();
  const curl = await page.getByRole('region', { name: 'curl command' }).textContent();
  expect(curl).toContain('JWK_WITH_PRIVATE_MEMBERS');
  expect(curl).toContain('Bearer $TOKEN');
  expect(curl).not.toContain(p256Private.d);
  await expectKeptNowhere(page, p256Private.d);
  await save('pasted');
  await expectKeptNowhere(page, p256Private.d);
  expect(await stored('pasted')).toMatchObject({ type: 'EC', sourceType: 'COPY_PASTE' });
});

test('a key that says no use and no algorithm is given both, and its warnings are shown before and after', async () => {
  await fill('given-usage', 'JWK or JWK Set');
  const jwk = { ...makeCurveKey('P-384'), use: null };
  await page.getByLabel('JWK or JWK Set').nth(1).fill(JSON.stringify(jwk));
  await page.getByText('Found: EC P-384').waitFor();
  expect(await page.getByTestId('warnings').textContent()).toContain('use is null; it was left out');
  await page.getByLabel('Use', { exact: true }).selectOption('SIGNATURE');
  await page.getByLabel('Algorithm').selectOption('ES384');
  await expectAccessible(page);
  await save('given-usage');
  expect(await page.getByTestId('warnings').textContent()).toContain('use is null; it was left out');
  await expectAccessible(page);
  expect(await stored('given-usage')).toMatchObject({ use: 'sig', algorithm: 'ES384' });
});

test('a key without a kid is chosen by its thumbprint, and fields for what a key says itself are not offered', async () => {
  const [plain, other] = [publicHalf(makeCurveKey('P-256')), publicHalf(makeCurveKey('P-256'))];
  await fill('by-thumbprint', 'JWK or JWK Set');
  const keys = [{ ...plain, use: 'sig', alg: 'ES256' }, other];
  await page.getByLabel('JWK or JWK Set').nth(1).fill(JSON.stringify({ keys }));
  const kid = thumbprint(plain as PublicJwk);
  await page.getByRole('radio', { name: new RegExp(`^${kid} `) }).check();
  expect(await page.getByLabel('Algorithm').count()).toBe(0);
  await expectAccessible(page);
  await save('by-thumbprint');
  expect(await stored('by-thumbprint')).toMatchObject({ kid, ec: { x: plain.x } });
});

test('a certificate file is stored as a certificate, and the JWK made from it', async () => {
  await fill('of-certificate', 'JWK or JWK Set');
  await dropped('jose/fixtures/leaf.pem');
  await page.getByText('leaf.pem is a certificate').waitFor();
  await expectAccessible(page);
  await storeDropped('certificate');
  await page.getByText(/^Found: /).waitFor();
  await save('of-certificate');
  expect(await stored('of-certificate')).toMatchObject({ sourceType: 'CERTIFICATE' });
});

test('a private key file is stored as a key, and its public half alone may be taken', async () => {
  await fill('of-key', 'Key');
  await dropped('formats/fixtures/keys/rsa.key.pem');
  await page.getByText('rsa.key.pem is a key').waitFor();
  await storeDropped('key');
  await page.getByRole('radio', { name: 'Its public half alone' }).check();
  await page.getByText(/^Found: RSA .* public key/).waitFor();
  await page.getByLabel('Algorithm').selectOption('PS256');
  await save('of-key');
  expect(await stored('of-key')).toMatchObject({ sourceType: 'PUBLIC_KEY', algorithm: 'PS256' });
});

test('a keystore file is opened with its password, refused beside it, and an alias of it chosen', async () => {
  await fill('of-keystore', 'Keystore');
  await dropped('formats/fixtures/java17/default.p12');
  await page.getByText('default.p12 is a keystore').waitFor();
  const password = page.getByRole('textbox', { name: 'Password of the keystore' });
  await password.fill('wrong');
  await page.getByRole('checkbox', { name: 'staging' }).check();
  await page.getByRole('button', { name: 'Store the keystore' }).click();
  await page.getByText('the password is wrong').waitFor();
  expect(await password.getAttribute('aria-invalid')).toBe('true');
  await password.fill('changeit');
  await page.getByRole('button', { name: 'Store the keystore' }).click();
  await page.getByRole('radio', { name: 'ec', exact: true }).check();
  await save('of-keystore');
  await expectKeptNowhere(page, 'changeit');
  expect(await stored('of-keystore')).toMatchObject({
    sourceType: 'KEYSTORE',
    kid: 'ec',
    algorithm: 'ES256',
  });
});

test('what the server refuses stands beside its field in its words, and nothing is lost', async () => {
  await fill('generated');
  await page.getByLabel('Description').fill('kept');
  await page.getByRole('button', { name: 'Save and deploy' }).click();
  const name = page.getByRole('textbox', { name: 'Name', exact: true });
  await expect.poll(() => name.getAttribute('aria-invalid')).toBe('true');
  await page.getByRole('alert').getByText('is already exist').waitFor();
  expect(await page.evaluate<string>('document.activeElement.value')).toBe('generated');
  expect(await page.getByLabel('Description').inputValue()).toBe('kept');
  await expectAccessible(page);
});

test('leaving what was filled in asks, and staying keeps it', async () => {
  await fill('unsaved');
  const asked = page.waitForEvent('dialog');
  const leaving = page.getByRole('link', { name: 'Overview' }).click();
  await (await asked).dismiss();
  await leaving;
  // The address bar is ahead while somebody is asked, and comes back.
  await page.waitForURL(/new-jwk/);
  expect(await page.getByRole('textbox', { name: 'Name', exact: true }).inputValue()).toBe('unsaved');
  page.once('dialog', (dialog) => dialog.accept());
  await page.getByRole('link', { name: 'Overview' }).click();
  await page.getByRole('heading', { name: 'Overview' }).waitFor();
});

test('the form is readable in the dark and at 360 pixels', async () => {
  const narrow = await console.open({ path: formPath, colorScheme: 'dark', width: 360 });
  for (const source of ['URL', 'Keystore', 'JWK or JWK Set']) {
    await narrow.getByRole('radio', { name: source, exact: true }).check();
    await expectNoSidewaysScroll(narrow);
    await expectAccessible(narrow);
  }
});
