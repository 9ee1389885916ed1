import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type RunningNode, startNode } from '../../src/node/start-node.ts';
import { silent } from '../support/manager.ts';
import { answersAbout } from './support/answers.ts';
import { startTestConsole, type TestConsole } from './support/browser.ts';
import { expectAccessible, expectNoSidewaysScroll } from './support/page-checks.ts';

let console: TestConsole;
const nodes: RunningNode[] = [];

beforeAll(async () => {
  console = await startTestConsole();
});

afterEach(async () => {
  for (const node of nodes.splice(0)) await node.close();
});

afterAll(() => console.close());

test('an environment is made, a node joins by the shown command and is watched as it comes, goes and returns', async () => {
  const page = await console.open({ path: '/environments' });
  await page.getByText('There is no environment yet').waitFor();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'New environment' }).first().click();
  await page.getByRole('button', { name: 'Create' }).click();
  await page.getByText(/Environment name/).waitFor();
  await page.getByRole('textbox', { name: 'Name' }).fill('production');
  await page.getByLabel('Type').selectOption('PRODUCTION');
  await page.getByLabel('Access URL').fill('not a url');
  await page.getByRole('button', { name: 'Create' }).click();
  await page.getByText(/^accessUrl must be/).waitFor();
  await expectAccessible(page);
  await page.getByLabel('Access URL').fill('https://keys.example');
  await page.getByRole('button', { name: 'Create' }).click();
  await page.getByRole('heading', { name: 'production', level: 1 }).waitFor();

  const command = await commandFor(page, 'node-1');
  await page.getByText('Waiting for node-1 to connect').waitFor();
  await expectAccessible(page);
  const first = await startJoined(command);
  await page.getByText('node-1 is connected').waitFor();
  const row = page.getByRole('row').filter({ hasText: 'node-1' }).first();
  await row.getByText('current').waitFor();
  await nodes.splice(nodes.indexOf(first), 1)[0]?.close();
  await row.getByText('not connected').waitFor();
  await startJoined(command);
  await row.getByText('current').waitFor();
  await expectAccessible(page);
});

test('a revoked token, a removed node and a deleted environment disappear from the lists', async () => {
  await console.manager.api('POST', '/apiops/environments/', { name: 'staging', type: 'TEST' });
  const page = await console.open({ path: '/environments/staging' });
  const node = await startJoined(await commandFor(page, 'node-2'));
  await page.getByText('node-2 is connected').waitFor();
  await nodes.splice(nodes.indexOf(node), 1)[0]?.close();
  await page.getByRole('button', { name: 'Revoke for-node-2' }).click();
  await page.getByLabel('Type for-node-2 to confirm').fill('for-node-2');
  await page.getByRole('button', { name: 'Revoke the token' }).click();
  await page.getByText('There is no valid token').waitFor();
  await page.getByRole('button', { name: 'Remove node-2' }).click();
  await page.getByLabel('Type node-2 to confirm').fill('node-2');
  await page.getByRole('button', { name: 'Remove the node' }).click();
  await page.getByText('No node has joined it yet').waitFor();

  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  await page.getByText('This also deletes its 0 nodes').waitFor();
  await expectAccessible(page);
  await page.getByLabel('Type staging to confirm').fill('staging');
  const answers = answersAbout(page, '/environments/staging');
  await page.getByRole('button', { name: 'Delete the environment' }).click();
  await page.getByRole('heading', { name: 'Environments', level: 1 }).waitFor();
  expect(answers).toEqual(['DELETE 200']);
  const { body } = await console.manager.api('GET', '/apiops/environments/');
  expect(body.resultList.map(({ name }: { name: string }) => name)).not.toContain('staging');
});

test('a token with a limit joins a node whose row shows its key access, and a removed node is readmitted', async () => {
  await console.manager.api('POST', '/apiops/environments/', { name: 'limited', type: 'TEST' });
  // In a narrower window the address is left out.
  const page = await console.open({ path: '/environments/limited', width: 1_440 });
  await page.getByLabel('Token expires').fill('2001-01-01T00:00');
  await page.getByLabel('Maximum number of nodes').fill('1');
  await page.getByRole('button', { name: 'Get the command' }).click();
  await page.getByText(/^expiresAt/).waitFor();
  await page.getByLabel('Token expires').fill('2101-01-01T00:00');
  await page.getByLabel('Send private keys').check();
  await startJoined(await commandFor(page, 'node-3'));
  await page.getByText('node-3 is connected').waitFor();
  const row = page.getByRole('row').filter({ hasText: 'Remove' }).filter({ hasText: 'node-3' });
  await row.getByText('127.0.0.1').waitFor();
  // The clock is known from the first heartbeat on.
  await expect
    .poll(() => row.getByRole('cell').allTextContents())
    .toEqual(
      expect.arrayContaining(['node-3', 'yes', expect.stringMatching(/^in sync$|^\d+ s (ahead|behind)$/)]),
    );
  await page.getByText('1 of 1').waitFor();
  await page.getByRole('button', { name: 'Remove node-3' }).click();
  await page.getByLabel('Type node-3 to confirm').fill('node-3');
  await page.getByRole('button', { name: 'Remove the node' }).click();
  await page.getByText('No node has joined it yet').waitFor();
  await page.getByText('Readmit a removed or revoked node').click();
  await page.getByLabel('Node to readmit').fill('node-3');
  await page.getByRole('button', { name: 'Readmit' }).click();
  await page.getByText('The key of node-3 is accepted again').waitFor();
  await page.getByRole('button', { name: 'Readmit' }).click();
  await page.getByText(/cannot be readmitted: it was not removed/).waitFor();
  await expectAccessible(page);
});

test('an environment can be limited to some projects, and be opened to all again', async () => {
  await console.manager.api('POST', '/apiops/environments/', { name: 'sandbox', type: 'SANDBOX' });
  const page = await console.open({ path: '/environments/sandbox', width: 360, colorScheme: 'dark' });
  await page.getByRole('button', { name: 'Edit' }).click();
  await page.getByLabel('These projects').check();
  await page.getByRole('dialog').getByRole('combobox', { name: 'Projects' }).click();
  await page.getByRole('listbox').getByRole('option', { name: 'MyProject' }).click();
  await expectNoSidewaysScroll(page);
  await page.getByRole('textbox', { name: 'Description' }).click();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Save' }).click();
  // It shows the project, too, until the change is stored.
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await page.getByText('MyProject', { exact: true }).last().waitFor();
  expect(await reach()).toEqual(['MyProject']);
  await page.getByRole('button', { name: 'Edit' }).click();
  await page.getByRole('radio', { name: 'All projects' }).check();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('all projects', { exact: true }).waitFor();
  expect(await reach()).toBeNull();
  await expectNoSidewaysScroll(page);
});

async function reach() {
  const { body } = await console.manager.api('GET', '/apiops/environments/?search=sandbox');
  return body.resultList[0].projects;
}

async function commandFor(page: Page, name: string): Promise<string> {
  await page.getByLabel('Name of the node').fill(name);
  await page.getByRole('textbox', { name: 'Port', exact: true }).fill('0');
  await page.getByLabel('Data directory').fill(`${console.manager.dataDir}/nodes/${name}`);
  await page.getByRole('button', { name: 'Get the command' }).click();
  return (await page.getByTestId('join-command').textContent()) ?? '';
}

/** Does what the command of the page would do, read as a shell reads it. */
async function startJoined(command: string): Promise<RunningNode> {
  const match = /^KEYPLANE_NODE_TOKEN=(\S+) npm run -s keyplane -- node (.+)$/.exec(command);
  if (!match) throw new Error(`not a command that joins a node: ${command}`);
  const flags = new Map(
    [...(match[2] ?? '').matchAll(/--([\w-]+) (\S+)/g)].map(([, flag, value]) => [flag, value ?? '']),
  );
  const node = await startNode({
    managerUrl: flags.get('manager') ?? '',
    environment: flags.get('environment') ?? '',
    name: flags.get('name') ?? '',
    host: '127.0.0.1',
    port: Number(flags.get('port')),
    dataDir: flags.get('data-dir') ?? '',
    token: match[1] ?? '',
    logger: silent,
    version: 'test',
  });
  nodes.push(node);
  return node;
}
