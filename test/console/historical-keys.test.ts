import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestConsole, type TestConsole } from './support/browser.ts';
import { expectAccessible } from './support/page-checks.ts';

let console: TestConsole;

beforeAll(async () => {
  console = await startTestConsole({ environments: ['production'] });
  await console.manager.addNode('production', 'p1');
  for (const name of ['api-signing', 'documents']) {
    const ring = { name, type: 'EC', ec: { curveType: 'P256' } };
    const { status } = await console.manager.api('POST', '/apiops/projects/MyProject/key-rings/', ring);
    expect(status).toBe(200);
  }
});

afterAll(() => console.close());

test('the key ring of the historical keys is chosen, and its request is shown as curl', async () => {
  const page = await console.open({ path: '/projects/MyProject' });
  await page.getByText('the key ring for signatures, if there is exactly one').waitFor();
  await page.getByRole('button', { name: 'Edit' }).click();
  const dialog = page.getByRole('dialog');
  const choice = dialog.getByLabel('Key ring of the historical keys');
  await choice.locator('option', { hasText: 'documents' }).waitFor({ state: 'attached' });
  await choice.selectOption('documents');
  await dialog.getByText('Show as curl').click();
  await dialog.getByText('"historicalKeyRingName": "documents"').waitFor();
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('link', { name: 'documents' }).waitFor();
  await expectAccessible(page);
  const { body } = await console.manager.api('GET', '/apiops/projects/?search=MyProject');
  expect(body.resultList[0].historicalKeyRingName).toBe('documents');
});

test('the nodes of an environment show what they do without a manager', async () => {
  const page = await console.open({ path: '/environments/production', width: 1400 });
  const row = page.getByRole('row').filter({ hasText: 'p1' });
  await row.getByText('serves without limit').waitFor();
  await row.getByText(/^signs until/).waitFor();
  await expectAccessible(page);
});

test('settings that were altered in the database are marked, and saved again as the form shows them', async () => {
  const { manager } = console;
  await manager.raw(`update projects set publish_key_types = '["RSA"]' where name = 'MyProject'`);
  await manager.raw(
    "update environments set access_url = 'https://elsewhere.example' where name = 'production'",
  );
  const page = await console.open({ path: '/projects/MyProject' });
  await page.getByRole('button', { name: 'Edit' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('The settings of this project were altered outside keyplane').waitFor();
  await expectAccessible(page);
  await dialog.getByLabel('EC', { exact: true }).check();
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.waitFor({ state: 'detached' });
  const project = async () => (await manager.api('GET', '/apiops/projects/')).body.resultList[0];
  expect(new Set((await project()).publishKeyTypes)).toEqual(new Set(['EC', 'RSA']));
  expect(await project()).not.toHaveProperty('altered');

  const environment = await console.open({ path: '/environments/production' });
  await environment.getByRole('button', { name: 'Edit' }).click();
  await environment.getByText('The settings of this environment were altered outside keyplane').waitFor();
  await expectAccessible(environment);
});
