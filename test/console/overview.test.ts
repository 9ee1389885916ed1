import { afterAll, beforeAll, expect, test } from 'vitest';
import { accepted, projectApi } from '../api/support/project-api.ts';
import { makeCurveKey } from '../api/support/sample-keys.ts';
import { startTestConsole, type TestConsole } from './support/browser.ts';
import { expectAccessible, expectNoSidewaysScroll } from './support/page-checks.ts';

let console: TestConsole;

beforeAll(async () => {
  console = await startTestConsole({ environments: ['production'], projects: ['Orders', 'Stock'] });
  for (const [project, name] of [
    ['Orders', 'signing'],
    ['Stock', 'copied'],
  ] as const) {
    const jwk = { ...makeCurveKey('P-256'), kid: 'contested' };
    accepted(await projectApi(console.manager.api, project).paste(name, jwk));
  }
});

afterAll(() => console.close());

test('the overview names a kid of two keys, and leads to the key that the set leaves out', async () => {
  const page = await console.open({ width: 360 });
  await page.getByRole('heading', { name: 'Kids that name different keys (1)' }).waitFor();
  const text = await page.getByText('The set of environment production leaves out').textContent();
  expect(text).toBe(
    "The set of environment production leaves out copied of Stock for signing of Orders. Give verifiers the address of the project's set.",
  );
  await expectAccessible(page);
  await expectNoSidewaysScroll(page);
  await page.getByRole('link', { name: 'copied' }).first().click();
  await page.getByRole('heading', { name: 'copied', level: 1 }).waitFor();
});

test('the page of an environment shows the addresses of its sets, and no longer that of all projects once it is off', async () => {
  const page = await console.open({ path: '/environments/production' });
  await page.getByText('http://NODE/.well-known/jwks.json').waitFor();
  await page.getByText('http://NODE/projects/Orders/.well-known/jwks.json').waitFor();
  await page.getByLabel('Project of the set').selectOption('Stock');
  await page.getByText('http://NODE/projects/Stock/.well-known/jwks.json').waitFor();
  await page.getByRole('button', { name: 'Edit' }).click();
  await page.getByLabel('Access URL').fill('https://keys.example/');
  await page.getByLabel('Also serve one JWK Set of all projects').uncheck();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('This environment serves no set of all projects.').waitFor();
  const address = 'https://keys.example/projects/Stock/.well-known/jwks.json';
  await page.getByText(address).waitFor();
  await page.getByRole('button', { name: 'Copy JWK Set of Stock in production' }).click();
  await expect.poll(() => page.evaluate('navigator.clipboard.readText()')).toBe(address);
  const { body } = await console.manager.api('GET', '/apiops/environments/');
  expect(body.resultList[0].environmentSet).toBe(false);
});
