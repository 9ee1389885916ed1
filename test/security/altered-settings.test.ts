// A writer to the database alters settings of projects and environments: nothing is deployed from them, also to
// environments that are made or reached later, until an administrator saves them again.

import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RunningNode } from '../../src/node/start-node.ts';
import { startTestManager, type TestManager, until } from '../support/manager.ts';

let keyplane: TestManager;
beforeAll(async () => {
  keyplane = await startTestManager({ environments: ['production'] });
});
afterAll(() => keyplane.close());

const refusal = { status: 503, body: { reason: 'ALTERED_IN_DATABASE' } };
const projectPath = (project: string) => `/apiops/projects/${project}/`;

async function accepted(method: string, path: string, body?: object): Promise<void> {
  const answer = await keyplane.api(method, path, body);
  expect(answer, JSON.stringify(answer.body)).toMatchObject({ status: 200 });
}

/** A project with a key of each type. */
async function projectOf(name: string, publishKeyTypes: readonly string[] | null): Promise<void> {
  await accepted('POST', '/apiops/projects/', { name, ...(publishKeyTypes && { publishKeyTypes }) });
  const options = { EC: { ec: { curveType: 'P256' } }, OKP: { okp: { curveType: 'ED25519' } } };
  for (const [type, option] of Object.entries(options)) {
    const body = { name: type, kid: `${name}-${type}`, type, ...option };
    await accepted('POST', `${projectPath(name)}jwks/generate`, body);
  }
}

async function nodeIn(environment: string): Promise<RunningNode> {
  const node = await keyplane.addNode(environment, `node-of-${environment}`);
  await until(async () => (await fetch(`${node.url}/readyz`)).ok, `the node of ${environment} has a state`);
  return node;
}

async function typesAt({ url }: RunningNode, project: string): Promise<readonly string[]> {
  const answer = await fetch(`${url}/projects/${project}/.well-known/jwks.json`);
  if (answer.status !== 200) return [`status ${answer.status}`];
  const { keys } = (await answer.json()) as { keys: { kty: string }[] };
  return keys.map(({ kty }) => kty).sort();
}

const environmentsNamed = async (name: string) =>
  (await keyplane.api('GET', '/apiops/environments/')).body.resultList.filter(
    (one: { name: string }) => one.name === name,
  );
const projectNamed = async (name: string) =>
  (await keyplane.api('GET', '/apiops/projects/')).body.resultList.find(
    (one: { name: string }) => one.name === name,
  );

test('key types that were altered in the database reach no environment that is made or reached later', async () => {
  await projectOf('Shop', ['EC']);
  await accepted('POST', '/apiops/environments/', { name: 'closed', type: 'TEST', projects: [] });
  await keyplane.raw(`update projects set publish_key_types = '["OKP"]' where name = 'Shop'`);
  const made = await keyplane.api('POST', '/apiops/environments/', { name: 'made', type: 'TEST' });
  expect(made).toMatchObject(refusal);
  expect(JSON.stringify(made.body)).toContain('Project (name: Shop)');
  expect(await environmentsNamed('made')).toEqual([]);
  const reaching = { type: 'TEST', projects: ['Shop'] };
  expect(await keyplane.api('PUT', '/apiops/environments/closed/', reaching)).toMatchObject(refusal);
  const node = await nodeIn('closed');
  expect(await typesAt(node, 'Shop')).toEqual(['status 404']);

  await accepted('PUT', projectPath('Shop'), { publishKeyTypes: ['EC'], historicalKeyRingName: null });
  await accepted('PUT', '/apiops/environments/closed/', reaching);
  await until(
    async () => (await typesAt(node, 'Shop')).join() === 'EC',
    'the environment has what was chosen',
  );
  await accepted('POST', '/apiops/environments/', { name: 'made', type: 'TEST' });
  expect(await typesAt(await nodeIn('made'), 'Shop')).toEqual(['EC']);
});

test('nothing is deployed for a project whose row was altered until all of its settings are saved again', async () => {
  await projectOf('Orders', null);
  const body = { name: 'later', type: 'EC', ec: { curveType: 'P256' } };
  const generate = () => keyplane.api('POST', `${projectPath('Orders')}jwks/generate`, body);
  const member = await keyplane.as('zoe', { project: 'Orders', roles: ['ROLE_ADMIN'] });
  expect(await projectNamed('Orders')).not.toHaveProperty('altered');
  await keyplane.raw(`update projects set description = 'mine' where name = 'Orders'`);
  // What a manager knows of a project it has read within the last seconds.
  await until(async () => (await generate()).status === 503, 'the manager has read it again');
  expect(await generate()).toMatchObject(refusal);
  expect(await member('POST', `${projectPath('Orders')}jwks/generate`, body)).toMatchObject(refusal);
  expect(await projectNamed('Orders')).toMatchObject({ altered: true });
  expect(await keyplane.api('GET', `${projectPath('Orders')}jwks/EC/`)).toMatchObject({ status: 200 });

  for (const part of [
    { description: 'other' },
    { publishKeyTypes: ['EC'] },
    { historicalKeyRingName: null },
  ]) {
    expect(await keyplane.api('PUT', projectPath('Orders'), part), JSON.stringify(part)).toMatchObject(
      refusal,
    );
  }
  await accepted('PUT', projectPath('Orders'), { publishKeyTypes: ['EC'], historicalKeyRingName: null });
  expect(await projectNamed('Orders')).not.toHaveProperty('altered');
  expect(await generate()).toMatchObject({ status: 200 });
  const { body: audit } = await keyplane.api('GET', '/apiops/audit/?action=project.update&objectName=Orders');
  expect(audit.resultList[0].details).toMatchObject({ repaired: true });
});

test('a project whose name was altered in the database is not saved again under it, and can be deleted', async () => {
  await projectOf('Mine', null);
  await keyplane.raw(`update projects set name = 'Yours' where name = 'Mine'`);
  const settings = { publishKeyTypes: null, historicalKeyRingName: null };
  const answer = await keyplane.api('PUT', projectPath('Yours'), settings);
  expect(answer).toMatchObject(refusal);
  expect(JSON.stringify(answer.body)).toContain('the audit log has it as Mine');
  await accepted('DELETE', projectPath('Yours'));
});

test('an altered environment is brought in line with what is saved again, whatever its row said', async () => {
  for (const name of ['First', 'Second']) await projectOf(name, null);
  await accepted('POST', '/apiops/environments/', { name: 'lab', type: 'TEST', projects: ['First'] });
  const node = await nodeIn('lab');
  const both = async () => [await typesAt(node, 'First'), await typesAt(node, 'Second')];
  const [all, none] = [['EC', 'OKP'], ['status 404']];
  expect(await both()).toEqual([all, none]);
  const path = '/apiops/environments/lab/';
  await keyplane.raw("update environments set restricted = 0 where name = 'lab'");
  expect(await environmentsNamed('lab')).toMatchObject([{ altered: true }]);
  for (const part of [{ type: 'TEST' }, { environmentSet: false }, { projects: ['First'] }]) {
    expect(await keyplane.api('PUT', path, part), JSON.stringify(part)).toMatchObject(refusal);
  }
  await accepted('PUT', path, { type: 'TEST', environmentSet: false });
  await until(
    async () => (await both()).flat().join() === [all, all].flat().join(),
    'both projects are there',
  );
  expect((await environmentsNamed('lab'))[0]).not.toHaveProperty('altered');
  await keyplane.raw("update environments set restricted = 1 where name = 'lab'");
  await accepted('PUT', path, { type: 'TEST', environmentSet: false, projects: ['Second'] });
  await until(async () => (await both()).flat().join() === [none, all].flat().join(), 'one project is there');

  await keyplane.raw("update environments set name = 'mine' where name = 'lab'");
  const renamed = await keyplane.api('PUT', '/apiops/environments/mine/', {
    type: 'TEST',
    environmentSet: false,
  });
  expect(renamed).toMatchObject(refusal);
  expect(JSON.stringify(renamed.body)).toContain('the audit log has it as lab');
});
