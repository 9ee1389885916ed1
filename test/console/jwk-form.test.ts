import { generateKeyPairSync } from 'node:crypto';
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

/** Saving leads to the page of the JWK, with one note on how it went. */
async function save(name: string): Promise<void> {
  await page.getByRole('button', { name: 'Create and deploy' }).click();
  await page.getByRole('heading', { name, level: 1 }).waitFor();
  await page.getByText(`${name} is created`).waitFor();
}

const dropped = (path: string) => page.locator('input[type=file]').setInputFiles(file(path));

async function storeDropped(word: string, name: string): Promise<void> {
  await page.getByRole('checkbox', { name: 'staging' }).check();
  await page.getByRole('button', { name: `Store the ${word}` }).click();
  const note = page.getByRole('status').filter({ hasText: `Step 1 of 2 done: ${word} ${name} is stored` });
  await note.getByText('The JWK does not exist yet').waitFor();
}

test('the form generates a key of a type that is of one algorithm', async () => {
  await fill('post-quantum');
  await page.getByLabel('Key type').selectOption('AKP');
  expect(await page.getByLabel('Parameter set').inputValue()).toBe('ML-DSA-65');
  await page.getByLabel('Parameter set').selectOption('ML-DSA-44');
  const algorithms = await page.getByLabel('Algorithm').locator('option').allTextContents();
  expect(algorithms).toEqual(['ML-DSA-44']);
  await save('post-quantum');
  expect(await stored('post-quantum')).toMatchObject({ type: 'AKP', algorithm: 'ML-DSA-44', use: 'sig' });
});

test('the form offers only algorithms that fit the key, and saving leads to the page of the JWK', async () => {
  await fill('generated');
  await page.getByLabel('Key type').selectOption('EC');
  await page.getByLabel('Curve').selectOption('P384');
  const algorithms = await page.getByLabel('Algorithm').locator('option').allTextContents();
  expect(algorithms).toEqual(['ES384']);
  await expectAccessible(page);
  await save('generated');
  expect(new URL(page.url()).hash).toBe('#/projects/MyProject/jwks/generated');
  expect(await page.getByText('Deployment completed successfully').count()).toBe(1);
  await page.getByRole('region', { name: 'production' }).getByText('p1, connected').waitFor();
  await page.locator('[data-deployed=true]').nth(1).waitFor();
  await expectAccessible(page);
  expect(await stored('generated')).toMatchObject({ type: 'EC', algorithm: 'ES384', sourceType: 'GENERATE' });
});

test('the form fetches a URL first, and takes its schedule as a number and a unit', async () => {
  await fill('of-url', 'URL');
  await page.getByRole('textbox', { name: 'URL' }).fill(`${server.origin}/jwks.json`);
  await page.getByRole('button', { name: 'Fetch' }).click();
  await page.getByRole('radio', { name: 'second' }).check();
  await page.getByRole('radio', { name: 'On a schedule' }).check();
  const amount = page.getByRole('textbox', { name: 'Fetch every' });
  await amount.fill('31');
  await page.getByLabel('Fetch every: unit').selectOption('days');
  await page.getByRole('button', { name: 'Create and deploy' }).click();
  await page.getByText('Enter 1 minute to 30 days').waitFor();
  expect(await amount.getAttribute('aria-invalid')).toBe('true');
  await expectAccessible(page);
  await amount.fill('90');
  await page.getByLabel('Fetch every: unit').selectOption('minutes');
  await page.getByText('Limits of the request').click();
  await page.getByRole('textbox', { name: 'Connect timeout' }).fill('3');
  await page.getByRole('textbox', { name: 'Response size limit' }).fill('2');
  await page.getByText('Show as curl').click();
  const curl = await page.getByRole('region', { name: 'curl command' }).textContent();
  expect(curl).toContain('"refreshInterval": "PT90M"');
  expect(curl).toContain('"urlOptionConnectTimeout": 3000');
  expect(curl).toContain('"urlOptionSizeLimit": 2097152');
  await expectAccessible(page);
  await save('of-url');
  await page.getByText('every 90 minutes').waitFor();
  expect(await stored('of-url')).toMatchObject({
    kid: 'second',
    refreshInterval: 'PT1H30M',
    sourceType: 'URL',
  });
});

test('the form checks a pasted key; it neither keeps its private members nor shows them as curl', async () => {
  await fill('pasted', 'JWK or JWK Set');
  await page.getByLabel('JWK or JWK Set as JSON').fill(JSON.stringify(p256Private));
  await page.getByText('Found: EC P-256, private key').waitFor();
  await page.getByText('Show as curl').click();
  const curl = await page.getByRole('region', { name: 'curl command' }).textContent();
  expect(curl).toContain('JWK_WITH_PRIVATE_MEMBERS');
  expect(curl).toContain('Bearer $TOKEN');
  expect(curl).not.toContain(p256Private.d);
  await expectKeptNowhere(page, p256Private.d);
  await save('pasted');
  await expectKeptNowhere(page, p256Private.d);
  expect(await stored('pasted')).toMatchObject({ type: 'EC', sourceType: 'COPY_PASTE' });
});

test('a key without use and algorithm gets both, and its warnings show before and after', async () => {
  await fill('given-usage', 'JWK or JWK Set');
  const jwk = { ...makeCurveKey('P-384'), use: null };
  await page.getByLabel('JWK or JWK Set as JSON').fill(JSON.stringify(jwk));
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

test('a key without a kid is chosen by its thumbprint, and the form has no fields for members that the key has', async () => {
  const [plain, other] = [publicHalf(makeCurveKey('P-256')), publicHalf(makeCurveKey('P-256'))];
  await fill('by-thumbprint', 'JWK or JWK Set');
  const keys = [{ ...plain, use: 'sig', alg: 'ES256' }, other];
  await page.getByLabel('JWK or JWK Set as JSON').fill(JSON.stringify({ keys }));
  const kid = thumbprint(plain as PublicJwk);
  await page.getByRole('radio', { name: new RegExp(`^${kid} `) }).check();
  expect(await page.getByLabel('Algorithm').count()).toBe(0);
  await expectAccessible(page);
  await save('by-thumbprint');
  expect(await stored('by-thumbprint')).toMatchObject({ kid, ec: { x: plain.x } });
});

test('the form accepts a file only for a source that needs one', async () => {
  await fill('no-file');
  const counts: Record<string, number> = {};
  for (const source of ['Generate', 'URL', 'JWK or JWK Set', 'Certificate', 'Key', 'Keystore']) {
    await page.getByRole('radio', { name: source, exact: true }).check();
    counts[source] = await page.locator('input[type=file]').count();
  }
  expect(counts).toEqual({
    Generate: 0,
    URL: 0,
    'JWK or JWK Set': 1,
    Certificate: 1,
    Key: 1,
    Keystore: 1,
  });
});

test('the button that saves is in view wherever the form is scrolled to', async () => {
  await fill('in-view');
  const save = page.getByRole('button', { name: 'Create and deploy' });
  for (const top of [0, 10_000]) {
    await page.evaluate(`window.scrollTo(0, ${top})`);
    const box = await save.boundingBox();
    expect(box && box.y >= 0 && box.y + box.height <= 800).toBe(true);
  }
});

test('the kid is decided in one field: its default is that of the API, and one may enter its own', async () => {
  await fill('default-kid');
  const kid = page.getByLabel('Key ID (kid)');
  expect(await kid.inputValue()).toBe('TIMESTAMP');
  await page.getByLabel('Key type').selectOption('EC');
  await save('default-kid');
  expect((await stored('default-kid')).kid).toMatch(/^\d{13}$/);
  await fill('own-kid');
  await page.getByLabel('Key type').selectOption('EC');
  await kid.selectOption('Enter my own');
  await page.getByRole('textbox', { name: 'Your kid' }).fill('2026-11');
  await save('own-kid');
  expect(await stored('own-kid')).toMatchObject({ kid: '2026-11' });
});

test('a certificate file is stored as a certificate in step 1, and the JWK created from it in step 2', async () => {
  await fill('of-certificate', 'JWK or JWK Set');
  await dropped('jose/fixtures/leaf.pem');
  await page.getByText('Step 1 of 2: store leaf.pem as a certificate').waitFor();
  await page.getByRole('region', { name: 'Contents of the file' }).waitFor();
  await expectAccessible(page);
  await storeDropped('certificate', 'leaf');
  await page.getByText(/^Found: /).waitFor();
  await save('of-certificate');
  expect(await stored('of-certificate')).toMatchObject({ sourceType: 'CERTIFICATE' });
});

test('the form reports a weak key file before it offers to store it', async () => {
  await fill('of-weak-key', 'Key');
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
  const buffer = Buffer.from(privateKey.export({ format: 'pem', type: 'pkcs8' }));
  await page.locator('input[type=file]').setInputFiles({ name: 'weak.pem', mimeType: 'text/plain', buffer });
  await page.getByText('This key cannot be used').waitFor();
  await page.getByRole('alert').getByText('2048').waitFor();
  expect(await page.getByRole('button', { name: 'Store the key' }).count()).toBe(0);
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Discard' }).click();
  expect(await page.getByText('weak.pem').count()).toBe(0);
});

test('a private key file is stored as a key, and its public half only may be taken', async () => {
  await fill('of-key', 'Key');
  await dropped('formats/fixtures/keys/rsa.key.pem');
  await page.getByText('Step 1 of 2: store rsa.key.pem as a key').waitFor();
  await page.getByText('RSA private key, 2048 bits').waitFor();
  await storeDropped('key', 'rsa.key');
  await page.getByRole('radio', { name: 'Its public half only' }).check();
  await page.getByText(/^Found: RSA .* public key/).waitFor();
  await page.getByLabel('Algorithm').selectOption('PS256');
  await save('of-key');
  expect(await stored('of-key')).toMatchObject({ sourceType: 'PUBLIC_KEY', algorithm: 'PS256' });
});

test('a keystore file shows its aliases before it is stored, and a wrong password beside its field', async () => {
  await fill('of-keystore', 'Keystore');
  await dropped('formats/fixtures/java17/default.p12');
  await page.getByText('Step 1 of 2: store default.p12 as a keystore').waitFor();
  const password = page.getByRole('textbox', { name: 'Keystore password' });
  await password.fill('wrong');
  await page.getByText('the password is wrong').waitFor();
  expect(await password.getAttribute('aria-invalid')).toBe('true');
  expect(await page.getByRole('button', { name: 'Store the keystore' }).count()).toBe(0);
  await expectAccessible(page);
  await password.fill('changeit');
  await page.getByRole('region', { name: 'Contents of the file' }).getByText('EC P-256').first().waitFor();
  await storeDropped('keystore', 'default');
  await page.getByRole('radio', { name: 'ec', exact: true }).check();
  await save('of-keystore');
  await expectKeptNowhere(page, 'changeit');
  const facts = page.getByRole('region', { name: 'Details' });
  for (const text of ['EC, P-256', 'Keystore default', 'staging'])
    await facts.getByText(text).first().waitFor();
  expect(await stored('of-keystore')).toMatchObject({
    sourceType: 'KEYSTORE',
    kid: 'ec',
    algorithm: 'ES256',
    sourceAliasName: 'ec',
  });
});

test('a keystore with a password for each alias asks for the password of the alias that is locked', async () => {
  await fill('locked-alias', 'Keystore');
  await dropped('formats/fixtures/java17/key-password.jks');
  await page.getByRole('textbox', { name: 'Keystore password' }).fill('changeit');
  const contents = page.getByTestId('material');
  await contents.getByText('Cannot be used: wrong key password').waitFor();
  await contents.getByText('Enter the key password of rsa to use it too.').waitFor();
  const ofAlias = contents.getByRole('textbox', { name: 'Key password of rsa' });
  await ofAlias.fill('otherpass');
  await contents.getByText('Cannot be used').waitFor({ state: 'detached' });
  expect(await ofAlias.inputValue()).toBe('otherpass');
  await expectAccessible(page);
  await contents.getByRole('checkbox', { name: 'production' }).check();
  await contents.getByRole('button', { name: 'Store the keystore' }).click();
  await page.getByText('Step 1 of 2 done').waitFor();
  const path = '/apiops/projects/MyProject/keystores/key-password/entries/?environmentName=production';
  const { body } = await console.manager.api('GET', path);
  expect(body.resultList).toMatchObject([
    { alias: 'ec', locked: false },
    { alias: 'rsa', locked: false },
  ]);
});

test('a successor is filled in like its predecessor, and both are stored', async () => {
  await console.manager.api('POST', '/apiops/projects/MyProject/jwks/generate', {
    name: 'tokens',
    description: 'Signs tokens',
    type: 'EC',
    ec: { curveType: 'P384', notBeforeTime: '2026-01-01T00:00:00Z', expirationTime: '2030-01-01T00:00:00Z' },
  });
  await page.goto('about:blank');
  await page.goto(`${console.manager.url}/#/projects/MyProject/jwks/tokens`);
  await page.getByRole('link', { name: 'Create successor' }).click();
  await page.getByRole('heading', { name: 'Successor of tokens' }).waitFor();
  const name = page.getByRole('textbox', { name: 'Name', exact: true });
  await expect.poll(() => name.inputValue()).toBe('tokens-2');
  expect(await page.getByLabel('Description').inputValue()).toBe('Signs tokens');
  expect(await page.getByLabel('Key type').inputValue()).toBe('EC');
  expect(await page.getByLabel('Curve').inputValue()).toBe('P384');
  expect(await page.getByLabel('Algorithm').inputValue()).toBe('ES384');
  expect(await page.getByLabel('Expires').inputValue()).not.toBe('');
  await expectAccessible(page);
  await save('tokens-2');
  expect(await stored('tokens-2')).toMatchObject({ type: 'EC', curve: 'P-384', algorithm: 'ES384' });
  expect(await stored('tokens')).toMatchObject({ curve: 'P-384' });
});

test('an error of the manager stands beside its field, and the form keeps what was filled in', async () => {
  await fill('generated');
  await page.getByLabel('Description').fill('kept');
  await page.getByRole('button', { name: 'Create and deploy' }).click();
  const name = page.getByRole('textbox', { name: 'Name', exact: true });
  await expect.poll(() => name.getAttribute('aria-invalid')).toBe('true');
  await page.getByRole('alert').getByText('is already exist').waitFor();
  expect(await page.evaluate<string>('document.activeElement.value')).toBe('generated');
  expect(await page.getByLabel('Description').inputValue()).toBe('kept');
  await expectAccessible(page);
});

test('the form asks before it is left unsaved, and staying keeps what was filled in', async () => {
  await fill('unsaved');
  const asked = page.waitForEvent('dialog');
  const leaving = page.getByRole('link', { name: 'Overview' }).click();
  await (await asked).dismiss();
  await leaving;
  // The address bar is ahead while the dialog is open, and returns.
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
