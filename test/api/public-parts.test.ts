// Nodes whose enrollment token has no private keys: they publish the same sets as others, and hold no secret.

import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RunningNode } from '../../src/node/start-node.ts';
import { startTestManager, type TestManager, until } from '../support/manager.ts';
import type { NodeClient } from '../support/node-client.ts';
import { startNodeClient } from '../support/node-client.ts';
import { accepted, type Body, type ProjectApi, projectApi } from './support/project-api.ts';
import { enrollmentToken } from './support/raw-node.ts';
import { keystoreFixture, keystorePem, makeCurveKey, octKey, p256Private } from './support/sample-keys.ts';

let world: TestManager;
let project: ProjectApi;
let whole: RunningNode;
let reduced: RunningNode;

beforeAll(async () => {
  world = await startTestManager({ environments: ['production'] });
  project = projectApi(world.api);
  whole = await world.addNode('production', 'whole');
  reduced = await world.addNode('production', 'reduced', { privateKeys: false });
});
afterAll(() => world.close());

const bytesOf = async (node: RunningNode, path: string) => (await fetch(node.url + path)).text();
const secret = Buffer.from('this is a secret key of 32 bytes').toString('base64');

/** All that a node of this token is sent, opened. */
async function sentTo(token: string, name: string): Promise<string> {
  const texts: string[] = [];
  let isWhole = false;
  const node: NodeClient = startNodeClient({
    url: world.url,
    environment: 'production',
    name,
    token,
    onState: (state, changes) => {
      texts.push(changes);
      isWhole = state.final;
    },
  });
  await until(() => isWhole, 'it is sent everything');
  node.socket.close();
  await node.closed;
  await world.api('DELETE', `/apiops/environments/production/nodes/${name}/`);
  return texts.join('\n');
}

test('are deployed to, and publish the same bytes as a node that has private keys', async () => {
  const signing = { ...makeCurveKey('P-384'), kid: 'signing', use: 'sig', key_ops: ['sign'] };
  for (const [name, jwk] of [
    ['with-private', { ...p256Private, kid: 'with-private' }],
    ['signing', signing],
    ['secret', octKey(32)],
  ] as const) {
    const answer = await project.paste(name, jwk);
    accepted(answer);
    expect(answer.body.deploymentResult).toMatchObject({ success: true });
  }
  for (const path of [
    '/projects/MyProject/.well-known/jwks.json',
    '/projects/MyProject/jwks/signing',
    '/projects/MyProject/jwks/secret',
  ]) {
    expect(await bytesOf(reduced, path)).toBe(await bytesOf(whole, path));
  }
  expect(await bytesOf(reduced, '/projects/MyProject/.well-known/jwks.json')).toContain('"with-private"');
});

test('are sent no private member, secret key, keystore or password', async () => {
  const upload = async (kind: 'key' | 'keystore', body: Body, entry: Body) => {
    const list = kind === 'key' ? 'cryptoKeyInfoEnvironmentList' : 'keyStoreEnvironmentList';
    const entries = { [list]: [{ environmentName: 'production', ...entry }] };
    accepted(await project.call('POST', `${kind}s/`, { ...body, ...entries }));
  };
  await upload('key', { name: 'of-secret', keyType: 'SECRET_KEY', algorithm: 'AES' }, { content: secret });
  const pem = keystorePem('ec.key.pem');
  await upload('key', { name: 'of-private', keyType: 'PRIVATE_KEY' }, { content: pem });
  const [, pemLine = ''] = pem.split('\n');
  const file = keystoreFixture('java17/two-key-passwords.jks');
  const opened = { file, password: 'changeit', keyStoreType: 'JKS' };
  await upload(
    'keystore',
    { name: 'of-each' },
    { ...opened, keyPasswords: { rsa: 'rsa-pass', EC: 'ec-pass' } },
  );
  await upload('keystore', { name: 'of-one' }, { ...opened, keyPassword: 'ec-pass' });
  const reducedText = await sentTo(await enrollmentToken(world, 'production', { privateKeys: false }), 'r');
  const wholeText = await sentTo(await enrollmentToken(world, 'production', { privateKeys: true }), 'w');
  for (const found of ['"d":', '"k":', secret, pemLine, file, 'changeit', 'rsa-pass', 'ec-pass']) {
    expect(wholeText).toContain(found);
    expect(reducedText).not.toContain(found);
  }
  for (const name of ['of-secret', 'of-private', 'of-each', 'of-one'])
    expect(reducedText).toContain(`"name":"${name}"`);
  expect(reducedText).toContain('"kid":"signing"');
});

test('are what a token without privateKeys joins, and listed as such', async () => {
  const { body } = await world.api('POST', '/apiops/environments/production/enrollment-tokens/', {});
  const node = startNodeClient({
    url: world.url,
    environment: 'production',
    name: 'default',
    token: body.token,
  });
  expect(await node.welcomed).toMatchObject({ privateKeys: false });
  node.socket.close();
  await node.closed;
  const listed = await world.api('GET', '/apiops/environments/production/nodes/');
  const nodes: { name: string; privateKeys: boolean }[] = listed.body.resultList;
  expect(nodes.map(({ name, privateKeys }) => [name, privateKeys])).toEqual([
    ['default', false],
    ['reduced', false],
    ['whole', true],
  ]);
});
