// Key rings in the console, with a real manager, two nodes, and caches that keep nothing, so that keys are ready at once.

import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RunningNode } from '../../src/node/start-node.ts';
import { noCaches } from '../api/rings/support/ring-api.ts';
import { until } from '../support/manager.ts';
import { startTestConsole, type TestConsole } from './support/browser.ts';
import { expectAccessible, expectNoSidewaysScroll } from './support/page-checks.ts';

const rings = '/apiops/projects/MyProject/key-rings/';
const quick = { verifierCacheTime: 'PT0S', clockSkew: 'PT0S', maxTokenLifetime: 'PT10M' };

let console: TestConsole;
let gate: RunningNode;

beforeAll(async () => {
  console = await startTestConsole({
    environments: ['gate', 'production'],
    settings: noCaches,
  });
  gate = await console.manager.addNode('gate', 'g2');
  await console.manager.addNode('production', 'p1');
});

afterAll(() => console.close());

async function makeRing(name: string, policy: object = { ...quick, rotationInterval: null }): Promise<void> {
  const body = { name, type: 'EC', ec: { curveType: 'P256' }, ...policy };
  const { status } = await console.manager.api('POST', rings, body);
  expect(status).toBe(200);
  await until(async () => (await statesOf(name)).join() === 'ACTIVE,NEXT', `${name} is steady`);
}

async function ringOf(name: string) {
  const { body } = await console.manager.api('GET', `${rings}${name}/`);
  return body.resultList[0];
}

async function statesOf(name: string): Promise<readonly string[]> {
  return (await ringOf(name)).members.map(({ state }: { state: string }) => state);
}

const openRing = (name: string) => console.open({ path: `/projects/MyProject/key-rings/${name}` });

async function stateShown(page: Page, word: string): Promise<void> {
  await page
    .getByRole('region', { name: 'State', exact: true })
    .getByText(word, { exact: true })
    .first()
    .waitFor();
}

const rowOf = (page: Page, name: string) => page.getByRole('row').filter({ hasText: name });

test('a key ring is created with four fields, after its plan was shown and a refusal beside its field', async () => {
  const page = await console.open({ path: '/projects/MyProject/key-rings' });
  await page.getByText('This project has no key ring yet').waitFor();
  await expectAccessible(page);
  await page.getByRole('link', { name: 'New key ring' }).first().click();
  const plan = page.getByRole('region', { name: 'What will happen' });
  await plan.getByText('Every 90 days the next key becomes active.').waitFor();
  // Without caches, 24 hours of verifiers and a minute of skew are left.
  await plan.getByText('at least 24 hours 1 minute').waitFor();
  await plan.getByText('stays published for 1 hour 1 minute').waitFor();
  await expectAccessible(page);

  await page.getByRole('button', { name: 'Create and deploy' }).click();
  await page.getByText('Not saved: Key ring name can not be empty!').waitFor();
  await page.getByRole('textbox', { name: 'Name' }).fill('api-signing');
  await page.getByLabel('Key type').selectOption('RSA 2048 bits');
  await page.getByLabel('Rotate every', { exact: true }).fill('12');
  await page.getByLabel('Rotate every: unit').selectOption('hours');
  const refusal = 'rotationInterval (PT12H) is too short: a new key is known to all verifiers after PT24H1M!';
  await plan.getByText(refusal).waitFor();
  await page.getByRole('button', { name: 'Create and deploy' }).click();
  const field = page.locator('.mantine-InputWrapper-root').filter({ hasText: 'Rotate every' });
  await field.getByText(refusal).waitFor();
  await expectAccessible(page);
  await page.getByLabel('Rotate every: unit').selectOption('days');
  await plan.getByText('Every 12 days').waitFor();
  await page.getByText('Show as curl').click();
  await page.getByRole('region', { name: 'curl command' }).getByText('"rotationInterval": "P12D"').waitFor();
  await page.getByRole('button', { name: 'Create and deploy' }).click();

  await page.getByText('api-signing is created').waitFor();
  await stateShown(page, 'steady');
  await rowOf(page, 'api-signing.1').getByText('active').waitFor();
  await rowOf(page, 'api-signing.2').getByText('next').waitFor();
  await expectAccessible(page);
  expect(await ringOf('api-signing')).toMatchObject({
    type: 'RSA',
    rsa: { keySize: 2048 },
    rotationInterval: 'P12D',
    maxTokenLifetime: 'PT1H',
    verifierCacheTime: 'PT24H',
  });
});

test('the timeline says in words what its bars show', async () => {
  const page = await openRing('api-signing');
  const timeline = page.getByRole('figure', { name: 'Timeline of api-signing' });
  const [first, second, third] = [1, 2, 3].map((version) =>
    timeline.getByRole('listitem').filter({ hasText: `Key ${version} ` }),
  );
  await first?.getByText(/active from .* UTC to .* UTC; planned: retiring from/).waitFor();
  await second?.getByText(/next from .*; planned: active from/).waitFor();
  await third?.getByText('planned', { exact: true }).waitFor();
  const active = timeline.locator('.timeline-track [data-state=ACTIVE]').first();
  expect((await active.boundingBox())?.width).toBeGreaterThan(50);
  await timeline.getByText('now', { exact: true }).waitFor();
});

test('a policy is edited after a dry run, whose refusal is shown, and nothing else of it is sent', async () => {
  const page = await openRing('api-signing');
  await page.getByRole('button', { name: 'Edit policy' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('As it is').waitFor();
  await dialog.getByLabel('Rotate every', { exact: true }).fill('1');
  await dialog.getByText('rotationInterval (PT24H) is too short').waitFor();
  await dialog.getByLabel('Rotate every', { exact: true }).fill('30');
  await dialog.getByText('With these changes').waitFor();
  await dialog.getByRole('figure').waitFor();
  await dialog.getByText('More', { exact: true }).click();
  expect(await dialog.getByLabel('Private keys can be exported').isDisabled()).toBe(true);
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Save' }).click();
  await page.getByText('The policy is changed').waitFor();
  await page.getByRole('region', { name: 'Policy', exact: true }).getByText('every 30 days').waitFor();
  expect(await ringOf('api-signing')).toMatchObject({ rotationInterval: 'P30D', verifierCacheTime: 'PT24H' });
});

test('private keys that can be exported become unexportable, and stay so', async () => {
  await makeRing('exported', { ...quick, rotationInterval: null, exportable: true });
  const page = await openRing('exported');
  await page.getByRole('button', { name: 'Edit policy' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('More', { exact: true }).click();
  await dialog.getByText('Once this is turned off, it cannot be turned on again').waitFor();
  await dialog.getByLabel('Private keys can be exported').uncheck();
  await dialog.getByRole('button', { name: 'Save' }).click();
  await page.getByText('The policy is changed').waitFor();
  await page.getByText('not exportable', { exact: true }).waitFor();
  expect(await ringOf('exported')).toMatchObject({ exportable: false });
});

test('a key that verifiers do not know is activated only by force and with a reason', async () => {
  const page = await openRing('api-signing');
  await page.getByRole('button', { name: 'Activate api-signing.2' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Activate' }).click();
  await dialog.getByText(/can not be activated before .*: verifiers may not know it yet!/).waitFor();
  await dialog.getByLabel('Activate it before verifiers know it').check();
  await dialog.getByRole('button', { name: 'Activate' }).click();
  await dialog.getByText('reason must have 3 to 500 characters!').waitFor();
  await expectAccessible(page);
  await dialog.getByLabel('Reason').fill('drill of the on-call team');
  await dialog.getByRole('button', { name: 'Activate' }).click();
  await page.getByText('Activation of api-signing.2').waitFor();
  await rowOf(page, 'api-signing.2').getByText('active').waitFor();
  await rowOf(page, 'api-signing.1').getByText('retiring').waitFor();
});

test('a ring is rotated, rolled back, which holds it, and resumed', async () => {
  await makeRing('rotated');
  const page = await openRing('rotated');
  await page.getByRole('button', { name: 'Rotate now' }).click();
  await page.getByRole('dialog').getByText('becomes active at once').waitFor();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Rotate', exact: true }).click();
  await rowOf(page, 'rotated.2').getByText('active').waitFor();
  await rowOf(page, 'rotated.1').getByText('retiring').waitFor();

  await page.getByRole('button', { name: 'Roll back to rotated.1' }).click();
  await page.getByRole('dialog').getByText('Scheduled rotation is held until you resume it').waitFor();
  await page.getByRole('button', { name: 'Roll back', exact: true }).click();
  await rowOf(page, 'rotated.1').getByText('active').waitFor();
  await stateShown(page, 'held');
  await page.getByText('Rotation is held since a rollback').first().waitFor();
  expect(await page.getByRole('button', { name: 'Rotate now' }).count()).toBe(0);
  await expectAccessible(page);

  await page.getByRole('button', { name: 'Resume' }).click();
  await page.getByRole('button', { name: 'Resume rotation' }).click();
  await page.getByText('Rotation resumed').waitFor();
  await stateShown(page, 'steady');
});

test('a ring that is held says by whom, and the overview lists it', async () => {
  const page = await openRing('rotated');
  await page.getByRole('button', { name: 'Hold' }).click();
  await page.getByRole('button', { name: 'Hold rotation' }).click();
  await stateShown(page, 'held');
  await page.getByText(/Rotation is held on request\. By admin,/).waitFor();
  const overview = await console.open();
  const section = overview.getByRole('region', { name: 'Key rings that need attention' });
  await section.getByRole('link', { name: 'rotated' }).waitFor();
  await section.getByText('held').waitFor();
  await expectAccessible(overview);
});

test('a node that is away blocks a rotation by its name, until it is back', async () => {
  await makeRing('blocked');
  await gate.close();
  const page = await openRing('blocked');
  await page.getByRole('button', { name: 'Rotate now' }).click();
  await page.getByRole('button', { name: 'Rotate', exact: true }).click();
  await rowOf(page, 'blocked.2').getByText('active').waitFor();
  await rowOf(page, 'blocked.3').getByText('staged').waitFor();
  await page.getByRole('button', { name: 'Rotate now' }).click();
  await page.getByRole('button', { name: 'Rotate', exact: true }).click();
  await stateShown(page, 'blocked');
  await page.getByText('Node g2 of environment gate is not connected, last seen').waitFor();
  await expectAccessible(page);
  const list = await console.open({ path: '/projects/MyProject/key-rings' });
  await rowOf(list, 'blocked').getByText('g2 of gate').waitFor();
  gate = await console.manager.addNode('gate', 'g2');
  await rowOf(page, 'blocked.3').getByText('active').waitFor();
  await page.getByText('What blocks it').waitFor({ state: 'detached' });
});

test('a revocation counts up to the last node and down to the last cache', async () => {
  await makeRing('stolen', { rotationInterval: null, verifierCacheTime: 'PT1H' });
  await gate.close();
  const page = await openRing('stolen');
  await page.getByRole('button', { name: 'Revoke', exact: true }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Comment').fill('found in a repository');
  const revoke = dialog.getByRole('button', { name: 'Revoke', exact: true });
  expect(await revoke.isDisabled()).toBe(true);
  await expectAccessible(page);
  await dialog.getByLabel('Type stolen.1 to confirm').fill('stolen.1');
  await revoke.click();
  await page.getByText('stolen.1 is revoked').waitFor();
  const clock = page.getByRole('region', { name: 'Revocation of stolen.1' });
  await clock.getByText('compromised').waitFor();
  await clock.getByText('1 of 2').waitFor();
  await clock.getByText('since the revocation').waitFor();
  await clock.getByRole('row').filter({ hasText: 'g2' }).getByText('pending').waitFor();
  await clock.getByRole('row').filter({ hasText: 'p1' }).getByText('safe').waitFor();
  await stateShown(page, 'revoking');
  await rowOf(page, 'stolen.2').getByText('active').waitFor();
  await expectAccessible(page);
  gate = await console.manager.addNode('gate', 'g2');
  await clock.getByText('2 of 2').waitFor();
  await clock.getByText(/^59 minutes \d+ seconds left$/).waitFor();
  await page.reload();
  await clock.getByText('2 of 2').waitFor();
});

test('the active and the next key are revoked together', async () => {
  await makeRing('both');
  const page = await openRing('both');
  await page.getByRole('button', { name: 'Revoke', exact: true }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('The active and the next key').check();
  await dialog.getByLabel('Reason').selectOption('Superseded: replaced by another key');
  await dialog.getByLabel('Type both to confirm').fill('both');
  await dialog.getByRole('button', { name: 'Revoke', exact: true }).click();
  await page.getByText('Verifiers may not know the key that follows yet').waitFor();
  await page.getByRole('region', { name: 'Revocation of both.1 and both.2' }).waitFor();
  await rowOf(page, 'both.3').getByText('active').waitFor();
  expect((await statesOf('both')).slice(0, 3)).toEqual(['REVOKED', 'REVOKED', 'ACTIVE']);
});

test('the page of a revoked key says that nodes do not use it, and that its private part is erased', async () => {
  const page = await console.open({ path: '/projects/MyProject/jwks/both.1' });
  await page
    .getByRole('region', { name: 'Deployment' })
    .getByText('It is revoked: nodes neither publish nor use it.')
    .waitFor();
  await page.getByRole('region', { name: 'Details' }).getByText('nowhere: it is revoked').waitFor();
  await page.getByText('keyplane has erased the private part.').waitFor();
});

test('a member of a ring leads to its ring, and is offered neither change nor export of its private part', async () => {
  const page = await console.open({ path: '/projects/MyProject/jwks/api-signing.2' });
  const details = page.getByRole('region', { name: 'Details' });
  await details.getByText('active', { exact: true }).waitFor();
  await page.getByText('The private keys of key ring api-signing are not exportable.').waitFor();
  for (const name of ['Delete', 'Edit description', 'Reveal', 'Adopt into a key ring']) {
    expect(await page.getByRole('button', { name }).count(), name).toBe(0);
  }
  for (const name of ['Replace', 'Create successor']) {
    expect(await page.getByRole('link', { name }).count(), name).toBe(0);
  }
  await page.getByText('activated it by force: drill of the on-call team').waitFor();
  await expectAccessible(page);
  await details.getByRole('link', { name: 'api-signing' }).click();
  await page.getByRole('heading', { name: 'api-signing', level: 1 }).waitFor();

  await page.goto(`${console.manager.url}/#/projects/MyProject/jwks?search=api-signing.2`);
  const row = rowOf(page, 'api-signing.2');
  await row.getByRole('link', { name: 'api-signing', exact: true }).waitFor();
  await row.getByText('active', { exact: true }).waitFor();
  await row.getByRole('checkbox').check();
  await page.getByText('Keys of key rings cannot be deleted by themselves.').waitFor();
  expect(await page.getByRole('button', { name: 'Delete' }).count()).toBe(0);
});

test('a JWK is adopted into a new key ring, and keeps its name', async () => {
  const body = { name: 'legacy', type: 'EC', ec: { curveType: 'P256' } };
  await console.manager.api('POST', '/apiops/projects/MyProject/jwks/generate', body);
  const page = await console.open({ path: '/projects/MyProject/jwks/legacy' });
  await page.getByRole('button', { name: 'Adopt into a key ring' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Adopt' }).click();
  await dialog.getByText('Key ring name can not be empty!').waitFor();
  await expectAccessible(page);
  await dialog.getByLabel('Name of the key ring').fill('adopted');
  await dialog.getByRole('button', { name: 'Adopt' }).click();
  await page.getByText('legacy is the first key of adopted').waitFor();
  await rowOf(page, 'legacy').getByText('active').waitFor();
  await rowOf(page, 'adopted.2').waitFor();
});

test('a ring is deleted by its name, and by force where a key may still be needed', async () => {
  const page = await openRing('both');
  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Type both to confirm').fill('both');
  await dialog.getByRole('button', { name: 'Delete the key ring' }).click();
  await dialog.getByText(/^Key ring \(name: both\) may still be needed/).waitFor();
  await dialog.getByLabel('Delete it even if a key may still be needed').check();
  await dialog.getByLabel('Reason').fill('no');
  await dialog.getByRole('button', { name: 'Delete the key ring' }).click();
  await dialog.getByText('reason must have 3 to 500 characters!').waitFor();
  await dialog.getByLabel('Reason').fill('it was a test');
  await dialog.getByRole('button', { name: 'Delete the key ring' }).click();
  await page.getByRole('heading', { name: 'both is deleted' }).waitFor();
  await page.getByRole('link', { name: 'Key rings of MyProject' }).click();
  await rowOf(page, 'blocked').first().waitFor();
  expect(await page.getByRole('link', { name: 'both', exact: true }).count()).toBe(0);
});

test('a user who may not deploy sees a ring and is offered no change', async () => {
  await console.manager.as('reader', { project: 'MyProject', roles: ['ROLE_API_SECURITY'] });
  const page = await console.open({ path: '/projects/MyProject/key-rings/rotated', username: 'reader' });
  await page.getByRole('figure', { name: 'Timeline of rotated' }).waitFor();
  const offered = /^(Rotate|Hold|Resume|Edit policy|Revoke|Delete|Activate|Roll back)/;
  expect(await page.getByRole('button', { name: offered }).count()).toBe(0);
  await page.goto(`${console.manager.url}/#/projects/MyProject/key-rings`);
  await rowOf(page, 'rotated').first().waitFor();
  expect(await page.getByRole('link', { name: 'New key ring' }).count()).toBe(0);
  await page.goto(`${console.manager.url}/#/projects/MyProject/new-key-ring`);
  await page.getByRole('heading', { name: 'Permission required' }).waitFor();
});

test.each([
  '/projects/MyProject/key-rings',
  '/projects/MyProject/key-rings/stolen',
  '/projects/MyProject/key-rings/rotated',
  '/projects/MyProject/new-key-ring',
])('%s has no barrier in the dark and at 320 pixels', async (path) => {
  const page = await console.open({ path, width: 320, colorScheme: 'dark' });
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.getByRole('status', { name: 'Loading' }).first().waitFor({ state: 'detached' });
  await expectNoSidewaysScroll(page);
  await expectAccessible(page);
});
