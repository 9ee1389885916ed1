import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fixtureDirectory } from '../formats/keystore-fixtures.ts';
import { makeRsaMaterial } from '../life/support/material.ts';
import { answersAbout } from './support/answers.ts';
import { startTestConsole, type TestConsole } from './support/browser.ts';
import { expectAccessible, expectNoSidewaysScroll } from './support/page-checks.ts';

const fixture = (name: string) => join(fixtureDirectory, name);

let console: TestConsole;

beforeAll(async () => {
  console = await startTestConsole({ environments: ['production', 'staging'] });
  await console.manager.addNode('production', 'node-1');
});

afterAll(() => console.close());

test('a certificate is inspected before it is stored, then deployed, exported, and deleted by its name', async () => {
  const page = await console.open({ path: '/projects/MyProject/certificates' });
  await page.getByText('This project has no certificate yet').waitFor();
  await page.getByRole('button', { name: 'New certificate' }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Certificate file').setInputFiles(fixture('keys/rsa.key.pem'));
  await dialog.getByRole('alert').waitFor();
  await dialog.getByLabel('Certificate file').setInputFiles(fixture('keys/rsa.cert.pem'));
  await dialog.getByText('One certificate').waitFor();
  const none = await console.manager.api('GET', '/apiops/projects/MyProject/certificates/');
  expect(none.body.resultCount).toBe(0);
  await dialog.getByRole('textbox', { name: 'Name' }).fill('my-certificate');
  await dialog.getByLabel('production').check();
  await dialog.getByRole('button', { name: 'Create and deploy' }).click();
  await dialog.getByText('alias value can not be empty!').waitFor();
  await expectAccessible(page);
  await dialog.getByRole('textbox', { name: 'Alias' }).fill('my-alias');
  await dialog.getByRole('button', { name: 'Create and deploy' }).click();
  await page.getByText('my-certificate is stored').waitFor();
  await page.getByText('Deployment completed successfully').waitFor();
  await page.getByRole('heading', { name: 'my-certificate', level: 1 }).waitFor();
  await expectAccessible(page);

  const downloading = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Export as ZIP' }).click();
  const download = await downloading;
  expect(download.suggestedFilename()).toBe('my-certificate-certificates.zip');
  const zip = unzipSync(new Uint8Array(readFileSync(await download.path())));
  expect(Object.keys(zip)).toEqual(['my-certificate-production.cer']);

  const asked = answersAbout(page, 'my-certificate');
  await deleteByName(page, { name: 'my-certificate', action: 'Delete the certificate' });
  await page.getByText('Undeployment completed successfully').waitFor();
  await page.getByText('This project has no certificate yet').waitFor();
  expect(asked.filter((one) => !one.endsWith(' 200'))).toEqual([]);
});

test('a replacement shows how many JWKs followed it, and how many were detached', async () => {
  const { api } = console.manager;
  const before = makeRsaMaterial();
  const key = { name: 'my-key', keyType: 'PRIVATE_KEY' };
  const there = [{ environmentName: 'production', content: before.key }];
  await api('POST', '/apiops/projects/MyProject/keys/', { ...key, cryptoKeyInfoEnvironmentList: there });
  await api('POST', '/apiops/projects/MyProject/jwks/', {
    name: 'from-key',
    sourceType: 'PRIVATE_KEY',
    keyName: 'my-key',
    environmentName: 'production',
    useType: 'SIGNATURE',
    algorithm: 'RS256',
  });
  const page = await console.open({ path: '/projects/MyProject/keys/my-key' });
  await page.getByRole('link', { name: 'from-key' }).waitFor();

  const following = makeRsaMaterial();
  await replaceKey(page, following.key);
  await page.getByText('1 JWK was updated and redeployed: from-key').waitFor();
  expect(await modulus()).toBe(following.jwk.n);
  await page.getByRole('link', { name: 'from-key' }).waitFor();

  await replaceKey(page, makeRsaMaterial().key, 'Keep and detach');
  await page.getByText('1 JWK was detached and keeps its key: from-key').waitFor();
  await page.getByText('None, or none in a project that you are a member of.').waitFor();
  expect(await modulus()).toBe(following.jwk.n);
});

async function modulus() {
  const { body } = await console.manager.api('GET', '/apiops/projects/MyProject/jwks/from-key/');
  return body.resultList[0].rsa.n;
}

async function replaceKey(page: Page, content: string, choice?: string): Promise<void> {
  await page.getByRole('button', { name: 'Replace' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('from-key').waitFor();
  await dialog.getByLabel('Or paste PEM').fill(content);
  await dialog.getByText('RSA private key, 2048 bits').waitFor();
  if (choice !== undefined) await dialog.getByLabel(choice).check();
  await dialog.getByRole('button', { name: 'Replace and deploy' }).click();
  await dialog.waitFor({ state: 'detached' });
}

test('an encrypted key asks for its passphrase, and is stored with it', async () => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' });
  const passphrase = 'sample-pass';
  const encrypted = privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase });
  const page = await console.open({ path: '/projects/MyProject/keys' });
  await page.getByRole('button', { name: 'New key' }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'Name' }).fill('encrypted');
  await dialog.getByLabel('production').check();
  const field = dialog.getByRole('textbox', { name: 'Passphrase' });
  expect(await field.count()).toBe(0);
  await dialog.getByLabel('Or paste PEM').fill(encrypted.toString());
  await dialog.getByText('Key content is encrypted: passphrase is required!').waitFor();
  await expectAccessible(page);
  await field.fill('wrong');
  await dialog.getByText('passphrase does not open the key!').waitFor();
  await field.fill(passphrase);
  await dialog.getByText('EC private key, P-384').waitFor();
  await dialog.getByRole('button', { name: 'Create and deploy' }).click();
  await page.getByRole('heading', { name: 'encrypted', level: 1 }).waitFor();
  await deleteByName(page, { name: 'encrypted', action: 'Delete the key' });
});

test('a keystore shows at once that its password is wrong, and its aliases before and after it is stored', async () => {
  const page = await console.open({ path: '/projects/MyProject/keystores' });
  await page.getByRole('button', { name: 'New keystore' }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'Name' }).fill('my-keystore');
  await dialog.getByLabel('production').check();
  await dialog.getByLabel('staging').check();
  await dialog.getByLabel('Keystore file').setInputFiles(fixture('java17/store.jks'));
  await dialog.getByLabel('Keystore password').fill('wrong');
  await dialog
    .getByText(/password/i)
    .filter({ hasText: /wrong|damaged/ })
    .waitFor();
  await dialog.getByLabel('Keystore password').fill('changeit');
  const inside = dialog.getByRole('region', { name: 'Contents of the file' });
  await inside.getByText('trusted certificate').waitFor();
  await inside.getByText('it is a DSA key; supported are RSA, EC').waitFor();
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Create and deploy' }).click();
  const stored = page.getByRole('region', { name: 'Contents in staging' });
  await stored.getByText('trusted certificate').waitFor();
  await expectAccessible(page);
  await deleteByName(page, { name: 'my-keystore', action: 'Delete the keystore' });
  await page.getByText('This project has no keystore yet').waitFor();
});

test('a file that is dropped on the form is accepted', async () => {
  const page = await console.open({ path: '/projects/MyProject/keys' });
  await page.getByRole('button', { name: 'New key' }).first().click();
  const text = readFileSync(fixture('keys/ec.key.pem'), 'utf8');
  await page.evaluate(`(() => {
    const data = new DataTransfer();
    data.items.add(new File([${JSON.stringify(text)}], 'ec.key.pem'));
    const place = document.querySelector('.file-drop');
    place.dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }));
  })()`);
  await page.getByText('EC private key, P-256').waitFor();
  await page.getByText('ec.key.pem').waitFor();
});

test('a user who may only read is offered no change, and the server rejects it', async () => {
  const roles = ['ROLE_API_SECURITY'];
  const api = await console.manager.as('reader', { project: 'MyProject', roles });
  const page = await console.open({ path: '/projects/MyProject/keys', username: 'reader' });
  await page.getByRole('heading', { name: 'Keys' }).waitFor();
  await page.getByRole('searchbox').or(page.getByText('There is no key')).first().waitFor();
  expect(await page.getByRole('button', { name: 'New key' }).count()).toBe(0);
  expect(await page.getByRole('link', { name: 'Certificates' }).count()).toBe(0);
  const refused = await api('DELETE', '/apiops/projects/MyProject/keys/my-key/');
  expect(refused.status).toBe(403);
});

test.each(['certificates', 'keys', 'keystores'])('%s need no sideways scroll at 360 pixels', async (kind) => {
  const page = await console.open({ path: `/projects/MyProject/${kind}`, width: 360, colorScheme: 'dark' });
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.getByRole('button', { name: /^New/ }).first().click();
  await page.getByRole('dialog').waitFor();
  await expectNoSidewaysScroll(page);
  await expectAccessible(page);
});

async function deleteByName(page: Page, { name, action }: { name: string; action: string }): Promise<void> {
  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  const confirm = page.getByRole('button', { name: action });
  expect(await confirm.isDisabled()).toBe(true);
  await page.getByLabel(`Type ${name} to confirm`).fill(name);
  await confirm.click();
}
