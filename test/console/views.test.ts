import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestConsole, type TestConsole } from './support/browser.ts';
import { expectAccessible, expectNoSidewaysScroll } from './support/page-checks.ts';

const project = '/apiops/projects/MyProject/';
const list = '/projects/MyProject/views';

let console: TestConsole;
let nodeUrl: string;

beforeAll(async () => {
  console = await startTestConsole({ environments: ['production', 'staging'] });
  const { manager } = console;
  nodeUrl = (await manager.addNode('production', 'p1')).url;
  const ec = { curveType: 'P256' };
  await manager.api('POST', `${project}key-rings/`, { name: 'api-signing', type: 'EC', ec });
  for (const name of ['legacy', 'partner-key']) {
    const { status } = await manager.api('POST', `${project}jwks/generate`, { name, type: 'EC', ec });
    expect(status).toBe(200);
  }
  const oct = { keySize: 256 };
  await manager.api('POST', `${project}jwks/generate`, { name: 'secret', type: 'OCT', oct });
  const production = { type: 'TEST', accessUrl: nodeUrl };
  expect((await manager.api('PUT', '/apiops/environments/production/', production)).status).toBe(200);
});

afterAll(() => console.close());

async function viewOf(name: string) {
  const { body } = await console.manager.api('GET', `${project}views/${name}/`);
  return body.resultList?.[0];
}

test('a view is created from the key types, uses, key rings and JWKs of the project', async () => {
  const page = await console.open({ path: list });
  await page.getByText('This project has no view yet').waitFor();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'New view' }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'Name', exact: true }).fill('a b');
  const included = dialog.getByRole('group', { name: 'Keys in the view' });
  expect(await included.getByRole('group', { name: 'Key types' }).getByRole('checkbox').count()).toBe(4);
  await included.getByRole('checkbox', { name: 'EC', exact: true }).check();
  await included.getByRole('checkbox', { name: 'Signature' }).check();
  await included.getByRole('combobox', { name: 'Key rings' }).click();
  await page.getByRole('option', { name: 'api-signing' }).click();
  await included.getByRole('combobox', { name: 'JWKs' }).click();
  await page.getByRole('option', { name: 'legacy' }).waitFor();
  // A secret key and the members of key rings cannot be named.
  expect(await page.getByRole('listbox').getByRole('option').allTextContents()).toEqual([
    'legacy',
    'partner-key',
  ]);
  await page.getByRole('option', { name: 'partner-key' }).click();
  await page.keyboard.press('Escape');
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Create' }).click();
  await dialog.getByText(/^View name \(a b\) is not valid!/).waitFor();
  await dialog.getByRole('textbox', { name: 'Name', exact: true }).fill('partners');
  await dialog.getByText('Show as curl').click();
  await dialog.getByText('"keyRingNames": [').waitFor();
  await dialog.getByRole('button', { name: 'Create' }).click();
  await page.getByText('partners is created').waitFor();
  expect(await viewOf('partners')).toMatchObject({
    include: {
      keyTypes: ['EC'],
      uses: ['sig'],
      keyRingNames: ['api-signing'],
      jwkNames: ['partner-key'],
    },
    exclude: null,
  });
});

test('the page of a view shows which keys it holds, and its address in each environment', async () => {
  const page = await console.open({ path: `${list}/partners` });
  await page.getByText('EC; signature; key ring api-signing, JWK partner-key').waitFor();
  const address = `${nodeUrl}/projects/MyProject/views/partners/.well-known/jwks.json`;
  await page.getByText(address).waitFor();
  await page.getByRole('button', { name: 'Copy JWK Set in production' }).waitFor();
  await page.getByText('http://NODE/projects/MyProject/views/partners/.well-known/jwks.json').waitFor();
  expect((await fetch(address)).status).toBe(200);
  await expectAccessible(page);
});

test('a view is edited: its choices are there, can be taken away, and keys be left out', async () => {
  const page = await console.open({ path: `${list}/partners` });
  await page.getByRole('button', { name: 'Edit' }).click();
  const dialog = page.getByRole('dialog');
  const included = dialog.getByRole('group', { name: 'Keys in the view' });
  await expect.poll(() => included.getByRole('checkbox', { name: 'EC', exact: true }).isChecked()).toBe(true);
  await included.getByRole('checkbox', { name: 'EC', exact: true }).uncheck();
  await included.getByRole('checkbox', { name: 'Signature' }).uncheck();
  for (const name of ['Key rings', 'JWKs']) {
    await included.getByRole('combobox', { name }).press('Backspace');
    await page.keyboard.press('Escape');
  }
  await dialog.getByText('Keys to leave out').first().click();
  const excluded = dialog.getByRole('group', { name: 'Keys to leave out', exact: true });
  await excluded.getByRole('combobox', { name: 'JWKs to leave out' }).click();
  await page.getByRole('option', { name: 'legacy' }).click();
  await page.keyboard.press('Escape');
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Save' }).click();
  await page.getByText('partners is changed').waitFor();
  await page.getByText('all keys of the project').waitFor();
  expect(await viewOf('partners')).toMatchObject({ include: null, exclude: { jwkNames: ['legacy'] } });
});

test('the key types of the set of a project are shown and changed', async () => {
  const page = await console.open({ path: '/projects/MyProject' });
  await page.getByText('The set has keys of the types RSA, EC, OKP.').waitFor();
  await page.getByRole('button', { name: 'Edit' }).click();
  const types = page.getByRole('dialog').getByRole('group', { name: 'Key types in its JWK Set' });
  await expect.poll(() => types.getByRole('checkbox', { name: 'RSA' }).isChecked()).toBe(true);
  expect(await types.getByRole('checkbox', { name: 'AKP' }).isChecked()).toBe(false);
  await types.getByRole('checkbox', { name: 'AKP' }).check();
  await expectAccessible(page);
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
  await page.getByText('The set has keys of the types RSA, EC, OKP, AKP.').waitFor();
  const { body } = await console.manager.api('GET', '/apiops/projects/?search=MyProject');
  expect(body.resultList[0].publishKeyTypes).toEqual(['RSA', 'EC', 'OKP', 'AKP']);
});

test.each([list, `${list}/partners`])('%s has no barrier in the dark and at 320 pixels', async (path) => {
  const page = await console.open({ path, width: 320, colorScheme: 'dark' });
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.getByRole('status', { name: 'Loading' }).first().waitFor({ state: 'detached' });
  await expectNoSidewaysScroll(page);
  await expectAccessible(page);
});

test('a view is deleted by its name', async () => {
  const page = await console.open({ path: `${list}/partners` });
  await page.getByRole('button', { name: 'Delete' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Type partners to confirm').fill('partners');
  await dialog.getByRole('button', { name: 'Delete the view' }).click();
  await page.getByRole('heading', { name: 'partners is deleted' }).waitFor();
  expect(await viewOf('partners')).toBeUndefined();
});
