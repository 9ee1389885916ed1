import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunningNode } from '../../src/node/start-node.ts';
import {
  accepted,
  type Body,
  nodeStatus,
  type ProjectApi,
  pemFile,
  projectApi,
  refusal,
} from '../api/support/project-api.ts';
import { keystoreFixture, pemFixture } from '../api/support/sample-keys.ts';
import { startTestManager, type TestManager, until } from '../support/manager.ts';

let world: TestManager;
let node: RunningNode;
let project: ProjectApi;
beforeAll(async () => {
  world = await startTestManager({ environments: ['production', 'cl\u{e9}'] });
  node = await world.addNode('production', 'p1');
  project = projectApi(world.api);
});
afterAll(() => world.close());

const key = (name: string, environmentName: string, more: Body = {}) => {
  const own = { environmentName, content: pemFixture('ec.key'), ...more };
  return project.call('POST', 'keys/', { name, keyType: 'PRIVATE_KEY', cryptoKeyInfoEnvironmentList: [own] });
};
const keystore = (name: string, environmentName: string, more: Body = {}) => {
  const file = keystoreFixture('java17/default.p12');
  const own = { environmentName, file, password: 'changeit', keyStoreType: 'PKCS12', ...more };
  return project.call('POST', 'keystores/', { name, keyStoreEnvironmentList: [own] });
};
const certificate = (certificateName: string, environmentList: string) =>
  project.certificate({
    certificateName,
    alias: certificateName,
    environmentList,
    pemEncodedFile: pemFile(pemFixture('ec.pem')),
  });
const makers = [
  { kind: 'keys', make: key },
  { kind: 'keystores', make: keystore },
  { kind: 'certificates', make: certificate },
] as const;

describe('the environment of material', () => {
  test.each(makers)('of $kind is named as it was given when it can be no environment', async ({ make }) => {
    for (const given of ['no/where', '..', 'a b', 'PRODUCTION', 'x'.repeat(129)]) {
      const shown = given.length > 128 ? `${'x'.repeat(128)}…` : given;
      expect(refusal(await make('refused', given))).toBe(
        `Environment (${shown}) is not found or user does not have privilege to access it!`,
      );
    }
  });

  test('is not passed over in a list of several', async () => {
    expect(refusal(await certificate('refused', 'production, no/where'))).toContain(
      'Environment (no/where) is not found',
    );
    expect(await project.names('certificates')).toEqual([]);
  });

  test.each(makers)('of $kind is found in both Unicode spellings of its name', async ({ kind, make }) => {
    accepted(await make('spelled', 'cle\u{301}'));
    const [item] = (await project.call('GET', `${kind}/`)).body.resultList;
    expect(JSON.stringify(item)).toContain('"environmentName":"cl\u{e9}"');
    accepted(await project.call('DELETE', `${kind}/spelled/`));
  });
});

test.each(makers)('a name of $kind that is taken is the reason of the refusal', async ({ kind, make }) => {
  accepted(await make('taken', 'production'));
  const { status, body } = await make('taken', 'production');
  const member = kind === 'certificates' ? 'certificateName' : 'name';
  expect({ status, body }).toMatchObject({ status: 400, body: { reason: 'NAME_TAKEN', member } });
  accepted(await project.call('DELETE', `${kind}/taken/`));
});

test('an alias or key password that is left empty is one that is left out', async () => {
  accepted(await key('blank', 'production', { alias: ' ' }));
  accepted(await keystore('blank', 'production', { alias: '', keyPassword: '' }));
  for (const kind of ['keys', 'keystores']) {
    const [item] = (await project.call('GET', `${kind}/blank/`)).body.resultList;
    const [own] = item.cryptoKeyInfoEnvironmentList ?? item.keyStoreEnvironmentList;
    expect(own).toMatchObject({ alias: null });
    accepted(await project.call('DELETE', `${kind}/blank/`));
  }
});

test('material is never left in an environment that is closed to its project while it is made', async () => {
  const reachedBy = (projects: readonly string[] | null) =>
    world.api('PUT', '/apiops/environments/production/', { name: 'production', type: 'TEST', projects });
  for (let round = 0; round < 8; round += 1) {
    const making = makers.map(({ make }) => make(`race-${round}`, 'production'));
    const closing = reachedBy([]);
    for (const { status } of await Promise.all(making)) expect(status).toBeOneOf([200, 400, 409]);
    accepted(await closing);
    await until(async () => {
      const { counts } = await nodeStatus(node);
      return counts.keys === 0 && counts.keystores === 0 && counts.certificates === 0;
    }, 'the node has nothing');
    accepted(await reachedBy(null));
  }
});

test('deleting what is in an environment out of reach deletes it, and later none of it comes back', async () => {
  accepted(await key('left', 'production'));
  const other = { name: 'production', type: 'TEST', projects: [] };
  accepted(await world.api('PUT', '/apiops/environments/production/', other));
  const { body } = await project.call('DELETE', 'keys/left/');
  expect(body).toMatchObject({ success: true, deploymentResult: { success: true } });
  accepted(await world.api('PUT', '/apiops/environments/production/', { ...other, projects: null }));
  expect(await project.names('keys')).not.toContain('left');
});
