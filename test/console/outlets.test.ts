import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { unusedPort } from '../support/http-servers.ts';
import { until } from '../support/manager.ts';
import { startTestConsole, type TestConsole } from './support/browser.ts';
import { expectAccessible, expectKeptNowhere, expectNoSidewaysScroll } from './support/page-checks.ts';

const project = '/apiops/projects/MyProject/';
const list = '/projects/MyProject/outlets';
const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

let console: TestConsole;
let outletDir: string;

beforeAll(async () => {
  outletDir = await mkdtemp(join(tmpdir(), 'keyplane-console-'));
  console = await startTestConsole({ environments: ['production', 'staging'] });
  const { manager } = console;
  await manager.addNode('production', 'p1', { outletDir });
  await manager.addNode('staging', 's1');
  const ec = { curveType: 'P256', algorithm: 'ES256' };
  const ring = { name: 'orders', type: 'EC', ec };
  expect((await manager.api('POST', `${project}key-rings/`, ring)).status).toBe(200);
  const jwk = { name: 'signing', type: 'EC', ec };
  expect((await manager.api('POST', `${project}jwks/generate`, jwk)).status).toBe(200);
});

afterAll(async () => {
  await console.close();
  await rm(outletDir, { recursive: true, force: true });
});

async function outletOf(name: string) {
  const { body } = await console.manager.api('GET', `${project}outlets/${name}/`);
  return body.resultList?.[0];
}

test('an outlet of files is created: its kind first, errors beside their fields, and it is delivered', async () => {
  const page = await console.open({ path: list });
  await page.getByText('This project has no outlet yet').waitFor();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'New outlet' }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('combobox', { name: 'Kind' }).waitFor();
  expect(await dialog.getByRole('textbox').count()).toBe(0);
  await dialog.getByRole('combobox', { name: 'Kind' }).selectOption('FILES');
  await dialog.getByRole('textbox', { name: 'Name', exact: true }).fill('gateway');
  await dialog.getByRole('combobox', { name: 'Source' }).selectOption('keyRingName orders');
  await dialog.getByRole('textbox', { name: 'Path of the file' }).fill('../jwks.json');
  await dialog.getByRole('radio', { name: 'These environments' }).check();
  await dialog.getByRole('combobox', { name: 'Environments' }).click();
  await page.getByRole('option', { name: 'production' }).click();
  await page.keyboard.press('Escape');
  await dialog.getByRole('button', { name: 'Create' }).click();
  const path = dialog.getByRole('textbox', { name: 'Path of the file' });
  await dialog.getByText(/^target\.path \(\.\.\/jwks\.json\) is not valid!/).waitFor();
  expect(await path.getAttribute('aria-invalid')).toBe('true');
  await expectAccessible(page);
  await path.fill('gateway/jwks.json');
  await dialog.getByRole('button', { name: 'Create' }).click();
  await page.getByText('gateway is created').waitFor();
  expect(await outletOf('gateway')).toMatchObject({
    kind: 'FILES',
    source: { keyRingName: 'orders' },
    content: 'JWKS',
    environmentNames: ['production'],
    target: { path: 'gateway/jwks.json', layout: 'RENAME' },
    gate: true,
  });
  const deliveries = page.getByRole('table');
  await deliveries.getByText('current').waitFor();
  const { digest } = (await outletOf('gateway')).environments[0];
  await deliveries.getByText(digest.slice(0, 12), { exact: true }).waitFor();
  const written = await readFile(join(outletDir, 'MyProject/gateway/jwks.json'), 'utf8');
  expect(JSON.parse(written).keys).not.toHaveLength(0);
  await expectAccessible(page);
});

test('an outlet is edited, delivered again and tested; the list shows its worst state', async () => {
  const page = await console.open({ path: `${list}/gateway` });
  await page.getByRole('button', { name: 'Test' }).click();
  await page.getByText('The test succeeded').waitFor();
  await page.getByRole('button', { name: 'Edit' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('radio', { name: /^All environments/ }).check();
  await dialog.getByRole('switch', { name: 'Key rings wait for it' }).uncheck();
  await dialog.getByRole('textbox', { name: 'Description' }).fill('For the gateway');
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Save' }).click();
  await page.getByText('gateway is changed').waitFor();
  expect(await outletOf('gateway')).toMatchObject({
    description: 'For the gateway',
    environmentNames: null,
    gate: false,
    target: { path: 'gateway/jwks.json' },
  });
  // The node of staging has no folder for outlets.
  await page.getByRole('table').getByText('failing').waitFor();
  await page
    .getByRole('table')
    .getByText(/--outlet-dir/)
    .waitFor();
  await page.getByRole('button', { name: 'Test' }).click();
  await page.getByText('The test failed').waitFor();
  await page.getByText(/cannot be delivered\. .*--outlet-dir/).waitFor();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Deliver now' }).click();
  await page.getByText('gateway is delivered again').waitFor();
  await page.getByRole('link', { name: 'Outlets' }).first().click();
  const row = page.getByRole('row', { name: /gateway/ });
  await row.getByText('failing').waitFor();
  expect(await row.getByRole('link', { name: 'orders' }).count()).toBe(1);
});

test('a webhook takes types of events and a secret, which is shown nowhere', async () => {
  const page = await console.open({ path: list });
  await page.getByRole('button', { name: 'New outlet' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('combobox', { name: 'Kind' }).selectOption('WEBHOOK');
  expect(await dialog.getByRole('combobox', { name: 'Source' }).count()).toBe(0);
  await dialog.getByRole('textbox', { name: 'Name', exact: true }).fill('receiver');
  await dialog.getByRole('textbox', { name: 'URL' }).fill('https://receiver.example/keyplane');
  await dialog.getByRole('combobox', { name: 'Events' }).click();
  await page.getByRole('option', { name: 'keyring.*' }).click();
  await page.keyboard.press('Escape');
  await dialog.getByLabel('Secret').first().fill('too short');
  await dialog.getByRole('button', { name: 'Create' }).click();
  await dialog.getByText(/^credential\.secret is not valid!/).waitFor();
  await dialog.getByLabel('Secret').first().fill(secret);
  await dialog.getByText('Show as curl').click();
  await dialog.getByText('"WEBHOOK_SECRET"').waitFor();
  // The member of this name holds a key in other requests.
  expect(await dialog.textContent()).toContain('"content": "EVENTS"');
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Create' }).click();
  await page.getByText('receiver is created').waitFor();
  await page.getByText('stored, and never shown').waitFor();
  expect(await page.content()).not.toContain(secret);
  await expectKeptNowhere(page, secret);
  expect(await outletOf('receiver')).toMatchObject({
    target: { url: 'https://receiver.example/keyplane', events: ['keyring.*'] },
    hasCredential: true,
  });
});

test.each([
  ['ENVOY', ['Path of the file', 'Name of the resource', 'Providers']],
  ['VAULT_KV', ['Address of the server', 'Mount of the engine', 'Path of the secret', 'Mount of the login']],
] as const)('%s asks for its own fields', async (kind, labels) => {
  const page = await console.open({ path: list });
  await page.getByRole('button', { name: 'New outlet' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('combobox', { name: 'Kind' }).selectOption(kind);
  for (const name of labels) await dialog.getByRole('textbox', { name }).waitFor();
  await expectAccessible(page);
});

test('how readers learn of a change, the path and the password of a keystore are edited later', async () => {
  const page = await console.open({ path: list });
  await page.getByRole('button', { name: 'New outlet' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('combobox', { name: 'Kind' }).selectOption('FILES');
  await dialog.getByRole('textbox', { name: 'Name', exact: true }).fill('java');
  await dialog.getByRole('combobox', { name: 'Content' }).selectOption('PKCS12');
  await dialog.getByRole('combobox', { name: 'Source' }).selectOption('jwkName signing');
  await dialog.getByRole('textbox', { name: 'Path of the file' }).fill('java/keys.p12');
  await dialog.getByLabel('Password of the keystore').first().fill('changeit');
  await dialog.getByRole('combobox', { name: 'After a change' }).selectOption('TOUCH');
  const touch = dialog.getByRole('textbox', { name: 'File to touch' });
  await touch.fill('/etc/passwd');
  await dialog.getByRole('button', { name: 'Create' }).click();
  await dialog.getByText(/^target\.afterChange\.touch .*is not valid!/).waitFor();
  expect(await touch.getAttribute('aria-invalid')).toBe('true');
  await expectAccessible(page);
  await touch.fill('java/changed');
  await dialog.getByRole('button', { name: 'Create' }).click();
  await page.getByText('java is created').waitFor();
  await until(
    async () => (await outletOf('java')).environments[0].digest !== null,
    'the keystore is delivered',
  );
  const { environments, ...before } = await outletOf('java');
  expect(before.target).toEqual({
    path: 'java/keys.p12',
    layout: 'RENAME',
    afterChange: { touch: 'java/changed' },
  });

  await page.getByRole('button', { name: 'Edit' }).click();
  expect(await dialog.getByRole('textbox', { name: 'File to touch' }).inputValue()).toBe('java/changed');
  expect(await dialog.getByLabel('Password of the keystore').count()).toBe(0);
  await dialog.getByRole('combobox', { name: 'After a change' }).selectOption('SIGNAL');
  await dialog.getByRole('combobox', { name: 'Signal' }).selectOption('SIGUSR1');
  await dialog.getByRole('textbox', { name: 'Pid file' }).fill('java/java.pid');
  await dialog.getByRole('textbox', { name: 'Path of the file' }).fill('java/store.p12');
  await dialog.getByRole('switch', { name: 'Replace the credential' }).check();
  await dialog.getByLabel('Password of the keystore').first().fill('another password');
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Save' }).click();
  await page.getByText('java is changed').waitFor();
  expect((await outletOf('java')).target).toEqual({
    path: 'java/store.p12',
    layout: 'RENAME',
    afterChange: { signal: 'SIGUSR1', pidFile: 'java/java.pid' },
  });
  await expectKeptNowhere(page, 'another password');
  const opened = async () => {
    const file = await readFile(join(outletDir, 'MyProject/java/store.p12'));
    const entry = {
      environmentName: 'production',
      file: file.toString('base64'),
      password: 'another password',
      keyStoreType: 'PKCS12',
    };
    const keystore = { name: 'of-java', keyStoreEnvironmentList: [entry] };
    return (await console.manager.api('POST', `${project}keystores/`, keystore)).status === 200;
  };
  await until(() => opened().catch(() => false), 'the new file opens with the new password');
});

test('rules of an Envoy filter are typed as JSON, and edited later', async () => {
  const page = await console.open({ path: list });
  await page.getByRole('button', { name: 'New outlet' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('combobox', { name: 'Kind' }).selectOption('ENVOY');
  await dialog.getByRole('textbox', { name: 'Name', exact: true }).fill('proxy');
  await dialog.getByRole('textbox', { name: 'Path of the file' }).fill('envoy/jwt.json');
  await dialog.getByRole('textbox', { name: 'Name of the resource' }).fill('keyplane');
  await dialog.getByRole('textbox', { name: 'Providers' }).fill('{"orders":{"issuer":"https://i.example"}}');
  const rules = dialog.getByRole('textbox', { name: 'Rules' });
  await rules.fill('{}');
  await dialog.getByRole('button', { name: 'Create' }).click();
  await dialog.getByText(/^target\.rules /).waitFor();
  expect(await rules.getAttribute('aria-invalid')).toBe('true');
  await expectAccessible(page);
  const rule = { match: { prefix: '/orders' }, requires: { provider_name: 'orders' } };
  await rules.fill(JSON.stringify([rule]));
  await dialog.getByRole('button', { name: 'Create' }).click();
  await page.getByText('proxy is created').waitFor();
  expect((await outletOf('proxy')).target.rules).toEqual([rule]);

  await page.getByRole('button', { name: 'Edit' }).click();
  expect(JSON.parse(await rules.inputValue())).toEqual([rule]);
  expect(await dialog.getByRole('switch', { name: 'Replace the credential' }).count()).toBe(0);
  await rules.fill('');
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Save' }).click();
  await page.getByText('proxy is changed').waitFor();
  expect((await outletOf('proxy')).target).toMatchObject({
    path: 'envoy/jwt.json',
    resourceName: 'keyplane',
    providers: { orders: { issuer: 'https://i.example' } },
  });
  expect((await outletOf('proxy')).target.rules ?? null).toBeNull();
});

test('a secret of Vault that another program wrote is taken over after a confirmation', async () => {
  const target = { address: `https://127.0.0.1:${await unusedPort()}`, mount: 'secret', path: 'orders/keys' };
  const credential = { type: 'APPROLE', roleId: 'role', secretId: 'secret' };
  const outlet = { name: 'vault', kind: 'VAULT_KV', content: 'JWKS', target, credential };
  expect((await console.manager.api('POST', `${project}outlets/`, outlet)).status).toBe(200);
  const forced = async () => {
    const { body } = await console.manager.api('GET', '/apiops/audit/?action=outlet.deliver');
    return body.resultList.filter(
      (record: { objectName: string; details: { force?: boolean } }) =>
        record.objectName === 'vault' && record.details.force === true,
    ).length;
  };
  const page = await console.open({ path: `${list}/vault` });
  await page.getByRole('button', { name: 'Take over' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText(/Another program may have written/).waitFor();
  expect(await forced()).toBe(0);
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Replace the secret' }).click();
  await page.getByText('vault takes over the secret').waitFor();
  expect(await forced()).toBe(1);
  await page.getByRole('button', { name: 'Edit' }).click();
  await dialog.getByRole('textbox', { name: 'Mount of the engine' }).fill('other');
  await dialog.getByRole('switch', { name: 'Replace the credential' }).check();
  await dialog.getByLabel('Role ID').first().fill('another role');
  await dialog.getByLabel('Secret ID').first().fill('another secret');
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Save' }).click();
  await page.getByText('vault is changed').waitFor();
  expect(await outletOf('vault')).toMatchObject({
    target: { ...target, mount: 'other' },
    hasCredential: true,
  });
  await expectKeptNowhere(page, 'another secret');
});

test('events of the project are listed, the newest first', async () => {
  const page = await console.open({ path: '/projects/MyProject/events' });
  const row = page.getByRole('row', { name: /keyring\.activated Key ring orders/ });
  await row.waitFor();
  const showsNewest = async () => {
    const { body } = await console.manager.api('GET', `${project}events/`);
    return (await page.getByRole('row').nth(1).textContent())?.includes(body.resultList.at(-1).type);
  };
  await expect.poll(showsNewest).toBe(true);
  await expectAccessible(page);
});

test('events have the environment of their node, and a filter by it that the address keeps', async () => {
  const { raw } = console.manager;
  const newest = `(select max(sequence) from events where project_id = projects.id)`;
  await raw(`insert into events (project_id, sequence, id, type, object_type, object_name, kid, facts, at)
select id, 1 + ${newest}, 'away', 'node.away', 'node', 'restless', null, '{"environmentName":"staging"}', ${Date.now()}
from projects where name = 'MyProject'`);
  const page = await console.open({ path: '/projects/MyProject/events' });
  await page.getByRole('row', { name: /node\.away Node restless staging/ }).waitFor();
  await page.getByLabel('Environment').selectOption('staging');
  await page
    .getByRole('row', { name: /keyring\.activated/ })
    .first()
    .waitFor({ state: 'detached' });
  await page.getByRole('row', { name: /node\.away Node restless staging/ }).waitFor();
  expect(page.url()).toContain('environmentName=staging');
  await expectAccessible(page);
});

test('the page of a key ring has its outlets, and how each stands', async () => {
  const { api } = console.manager;
  await api('POST', `${project}outlets/`, {
    name: 'verifier',
    kind: 'FILES',
    content: 'JWKS',
    source: { keyRingName: 'orders' },
    environmentNames: ['production'],
    target: { path: 'verifier/jwks.json', layout: 'RENAME' },
  });
  await until(
    async () => (await outletOf('verifier')).environments[0]?.state === 'CURRENT',
    'it is delivered',
  );
  const { digest } = (await outletOf('verifier')).environments[0];
  const page = await console.open({ path: '/projects/MyProject/key-rings/orders' });
  const row = page.getByRole('region', { name: 'Outlets of orders' }).getByRole('row', { name: /verifier/ });
  await row.getByText('current').waitFor();
  await row.getByText(digest.slice(0, 12)).waitFor();
  await expectAccessible(page);
  await row.getByRole('link', { name: 'verifier' }).click();
  await page.getByRole('heading', { level: 1, name: 'verifier' }).waitFor();
  await api('DELETE', `${project}outlets/verifier/`);
});

test.each([list, `${list}/gateway`, '/projects/MyProject/events'])(
  '%s has no barrier in the dark and at 320 pixels',
  async (path) => {
    const page = await console.open({ path, width: 320, colorScheme: 'dark' });
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.getByRole('status', { name: 'Loading' }).first().waitFor({ state: 'detached' });
    await expectNoSidewaysScroll(page);
    await expectAccessible(page);
  },
);

test('an outlet is deleted by its name', async () => {
  const page = await console.open({ path: `${list}/gateway` });
  await page.getByRole('button', { name: 'Delete' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Type gateway to confirm').fill('gateway');
  await dialog.getByRole('button', { name: 'Delete the outlet' }).click();
  await page.getByRole('heading', { name: 'gateway is deleted' }).waitFor();
  expect(await outletOf('gateway')).toBeUndefined();
});
