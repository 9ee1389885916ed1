import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunningNode } from '../../src/node/start-node.ts';
import {
  accepted,
  type Body,
  footprint,
  nodeStatus,
  type ProjectApi,
  projectApi,
  refusal,
} from '../api/support/project-api.ts';
import { pemFixture } from '../api/support/sample-keys.ts';
import { startTestManager, type TestManager } from '../support/manager.ts';

let world: TestManager;
let nodes: readonly RunningNode[];
let project: ProjectApi;
beforeAll(async () => {
  world = await startTestManager({
    environments: ['production', 'staging'],
    projects: ['MyProject', 'Other'],
  });
  nodes = [await world.addNode('production', 'p1'), await world.addNode('staging', 's1')];
  project = projectApi(world.api);
});
afterAll(() => world.close());

const rsa = pemFixture('leaf.key');
const ec = pemFixture('ec.key');
const inProduction = (content: unknown, more: Body = {}) => ({
  cryptoKeyInfoEnvironmentList: [{ environmentName: 'production', content, ...more }],
});
const key = (name: string, more: Body = {}): Body => ({
  name,
  keyType: 'PRIVATE_KEY',
  ...inProduction(rsa),
  ...more,
});
const create = (body: unknown) => project.call('POST', 'keys/', body);

describe('a key', () => {
  test('is stored with another content in each environment, and its content is never shown', async () => {
    const cryptoKeyInfoEnvironmentList = [
      { environmentName: 'staging', content: ec, alias: 'of staging' },
      { environmentName: 'production', content: rsa },
    ];
    const answer = await create(
      key('first', { cryptoKeyInfoEnvironmentList, description: 'the first', algorithm: 'RSA' }),
    );
    accepted(answer);
    expect(answer.body.deploymentResult).toMatchObject({
      message: 'Deployment completed successfully',
      environmentResults: [{ environmentName: 'production' }, { environmentName: 'staging' }],
    });
    for (const node of nodes) expect((await nodeStatus(node)).counts).toMatchObject({ keys: 1 });
    const { body } = await project.call('GET', 'keys/first/');
    expect(body.resultList[0]).toEqual({
      id: expect.any(String),
      name: 'first',
      description: 'the first',
      keyType: 'PRIVATE_KEY',
      algorithm: 'RSA',
      cryptoKeyInfoEnvironmentList: [
        { environmentName: 'production', alias: null },
        { environmentName: 'staging', alias: 'of staging' },
      ],
      createdAt: expect.any(String),
      updatedAt: expect.any(String),
    });
    expect((await project.call('GET', 'keys/')).body.resultList).toEqual(body.resultList);
    const source = { sourceType: 'PRIVATE_KEY', keyName: 'first', useType: 'SIGNATURE' };
    accepted(
      await project.create({ name: 'p', ...source, environmentName: 'production', algorithm: 'RS256' }),
    );
    accepted(await project.create({ name: 's', ...source, environmentName: 'staging', algorithm: 'ES256' }));
  });

  test('is undeployed and no longer found when it is deleted', async () => {
    accepted(await create(key('to-delete')));
    const before = await nodeStatus(nodes[0] as RunningNode);
    const answer = await project.call('DELETE', 'keys/to-delete/');
    expect(answer.body.deploymentResult).toEqual({
      success: true,
      message: 'Undeployment completed successfully',
      environmentResults: [
        { environmentName: 'production', success: true, message: 'Undeployed successfully' },
      ],
    });
    expect((await nodeStatus(nodes[0] as RunningNode)).counts.keys).toBe(before.counts.keys - 1);
    for (const method of ['GET', 'DELETE']) {
      expect(refusal(await project.call(method, 'keys/to-delete/'))).toBe(
        'Key (name: to-delete) is not found!',
      );
    }
  });

  test('is its own project’s', async () => {
    const other = projectApi(world.api, 'Other');
    expect(refusal(await other.call('GET', 'keys/first/'))).toBe('Key (name: first) is not found!');
    expect(refusal(await other.call('DELETE', 'keys/first/'))).toBe('Key (name: first) is not found!');
    expect(await other.names('keys')).toEqual([]);
    accepted(await other.call('POST', 'keys/', key('first')));
  });
});

describe('a key that is refused', () => {
  const supported = 'Supported values: AES, DES, DESede, RSA';
  const secret = (content: unknown, more: Body = {}) => ({
    keyType: 'SECRET_KEY',
    algorithm: 'AES',
    ...inProduction(content),
    ...more,
  });
  const certificate = pemFixture('leaf.pem');
  test.each<[what: string, more: Body, text: string | RegExp]>([
    ['has no name', { name: undefined }, 'Key name can not be empty!'],
    ['has a path for a name', { name: 'a/b' }, /^Key name \(a\/b\) is not valid! A name has/],
    [
      'has the name of another',
      { name: 'first' },
      'Key (name: first) is already exist! Try update operation if want to change its value.',
    ],
    ['has no type', { keyType: undefined }, 'keyType value can not be empty!'],
    [
      'has a type in small letters',
      { keyType: 'private_key' },
      'keyType (private_key) is not valid! Valid values: SECRET_KEY, PRIVATE_KEY, PUBLIC_KEY',
    ],
    ['has a type of another type', { keyType: 1 }, 'keyType must be a string!'],
    [
      'has no environments',
      { cryptoKeyInfoEnvironmentList: undefined },
      'cryptoKeyInfoEnvironmentList value can not be empty!',
    ],
    [
      'has an empty list of environments',
      { cryptoKeyInfoEnvironmentList: [] },
      'cryptoKeyInfoEnvironmentList value can not be empty!',
    ],
    [
      'has an environment for a list',
      { cryptoKeyInfoEnvironmentList: {} },
      'cryptoKeyInfoEnvironmentList must be a list!',
    ],
    [
      'has no environment name',
      inProduction(rsa, { environmentName: ' ' }),
      'environmentName value can not be empty!',
    ],
    ['has no content', inProduction(undefined), 'content value can not be empty!'],
    ['has an empty alias', inProduction(rsa, { alias: 'x\u{1}' }), /^alias is not valid!/],
    ['has a member that nothing knows', { color: 'red' }, /^Unknown member: color! Accepted members: name, /],
    [
      'has such a member inside',
      inProduction(rsa, { color: 1 }),
      /^Unknown member: color in cryptoKeyInfoEnvironmentList\[0\]!/,
    ],
    [
      'is for an unknown environment',
      inProduction(rsa, { environmentName: 'nowhere' }),
      'Environment (nowhere) is not found or user does not have privilege to access it!',
    ],
    [
      'names an environment twice',
      {
        cryptoKeyInfoEnvironmentList: [
          ...inProduction(rsa).cryptoKeyInfoEnvironmentList,
          ...inProduction(ec).cryptoKeyInfoEnvironmentList,
        ],
      },
      /^Environment \(production\) is named twice!/,
    ],
    [
      'is secret and has no algorithm',
      secret('AAAA', { algorithm: undefined }),
      `algorithm is required for SECRET_KEY! ${supported}`,
    ],
    [
      'is secret and has an empty algorithm',
      secret('AAAA', { algorithm: '' }),
      `algorithm is required for SECRET_KEY! ${supported}`,
    ],
    [
      'is secret of an algorithm in small letters',
      secret('AAAA', { algorithm: 'aes' }),
      `algorithm (aes) is not valid for SECRET_KEY! ${supported}`,
    ],
    [
      'is secret of an unknown algorithm',
      secret('AAAA', { algorithm: 'Blowfish' }),
      `algorithm (Blowfish) is not valid for SECRET_KEY! ${supported}`,
    ],
    ['is secret and not base64', secret('päss'), /^content is not base64!/],
    ['is secret and base64 of odd length', secret('AAAAA'), /^content is not base64!/],
    ['is secret and too long', secret(Buffer.alloc(1025).toString('base64')), /^content has 1025 bytes!/],
    ['is secret and a PEM', secret(rsa), /^content is not base64!/],
    [
      'is public where it is said to be private',
      inProduction(pemFixture('ec-compressed-public.pem')),
      /^content holds a PUBLIC_KEY where keyType says PRIVATE_KEY!/,
    ],
    [
      'is private where it is said to be public',
      { keyType: 'PUBLIC_KEY' },
      /^content holds a PRIVATE_KEY where keyType says PUBLIC_KEY!/,
    ],
    ['is a certificate', inProduction(certificate), /is a certificate where a key belongs!/],
    [
      'is a certificate for a public key',
      { keyType: 'PUBLIC_KEY', ...inProduction(certificate) },
      /is a certificate where a key belongs!/,
    ],
    ['is garbage', inProduction('garbage!'), /neither PEM/],
    [
      'is garbage in base64',
      inProduction(Buffer.from('garbage').toString('base64')),
      /neither of PEM nor of a key/,
    ],
    ['is two keys', inProduction(rsa + ec), /has 2 PEM blocks/],
    ['has text behind it', inProduction(`${rsa}more`), /text behind its last PEM block/],
    [
      'is encrypted',
      inProduction(pemFixture('encrypted-traditional.pem')),
      'Key content is encrypted: passphrase is required!',
    ],
    ['is on a curve that no JWK has', inProduction(pemFixture('p224.key')), /curve/],
    ['has explicit parameters', inProduction(pemFixture('explicit.key')), /explicit/],
    ['is on SM2', inProduction(pemFixture('sm2.key')), /it is an SM2 key; supported are RSA, EC/],
  ])('%s', async (_what, more, text) => {
    const before = await footprint(project, nodes);
    const answer = refusal(await create(key('refused', more)));
    if (typeof text === 'string') expect(answer).toBe(text);
    else expect(answer).toMatch(text);
    expect(answer).not.toMatch(/[A-Za-z0-9+/]{60}/);
    expect(await footprint(project, nodes)).toEqual(before);
  });
});
