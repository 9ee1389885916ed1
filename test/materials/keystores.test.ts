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
import { keystoreFixture, pemFixture } from '../api/support/sample-keys.ts';
import { startTestManager, type TestManager } from '../support/manager.ts';

let world: TestManager;
let node: RunningNode;
let project: ProjectApi;
beforeAll(async () => {
  world = await startTestManager({
    environments: ['production', 'staging'],
    projects: ['MyProject', 'Other'],
  });
  node = await world.addNode('production', 'p1');
  project = projectApi(world.api);
});
afterAll(() => world.close());

const p12 = keystoreFixture('java17/default.p12');
const jks = keystoreFixture('java17/store.jks');
const keyPassword = keystoreFixture('java17/key-password.p12');
const opened = (more: Body = {}): Body => ({
  environmentName: 'production',
  file: p12,
  password: 'changeit',
  keyStoreType: 'PKCS12',
  ...more,
});
const keystore = (name: string, more: Body = {}): Body => ({ name, keyStoreEnvironmentList: [opened(more)] });
const create = (body: unknown) => project.call('POST', 'keystores/', body);

describe('a keystore', () => {
  test('is stored, deployed and shown without its file and its password', async () => {
    const answer = await create({
      name: 'first',
      description: 'the first',
      keyStoreEnvironmentList: [
        opened({ environmentName: 'staging', file: jks, keyStoreType: 'JKS', alias: 'RSA' }),
        opened(),
      ],
    });
    accepted(answer);
    expect(answer.body.deploymentResult.environmentResults).toEqual([
      { environmentName: 'production', success: true, message: 'Deployed successfully' },
      { environmentName: 'staging', success: false, message: 'No node is registered in this environment' },
    ]);
    expect((await nodeStatus(node)).counts).toMatchObject({ keystores: 1 });
    const { body } = await project.call('GET', 'keystores/first/');
    expect(body.resultList[0]).toEqual({
      id: expect.any(String),
      name: 'first',
      description: 'the first',
      keyStoreEnvironmentList: [
        { environmentName: 'production', alias: null, keyStoreType: 'PKCS12' },
        { environmentName: 'staging', alias: 'RSA', keyStoreType: 'JKS' },
      ],
      createdAt: expect.any(String),
      updatedAt: expect.any(String),
    });
    expect((await project.call('GET', 'keystores/')).body.resultList).toEqual(body.resultList);
    expect(JSON.stringify(body)).not.toContain('changeit');
  });

  test('is undeployed and no longer found when it is deleted', async () => {
    accepted(await create(keystore('to-delete')));
    accepted(await project.call('DELETE', 'keystores/to-delete/'));
    expect((await nodeStatus(node)).counts).toMatchObject({ keystores: 1 });
    for (const method of ['GET', 'DELETE']) {
      const gone = await project.call(method, 'keystores/to-delete/');
      expect(refusal(gone)).toBe('Keystore (name: to-delete) is not found!');
    }
  });

  test('may have a password for its keys, and be given in lines of base64', async () => {
    accepted(await create(keystore('key-password', { file: keyPassword, keyPassword: 'otherpass' })));
    accepted(await create(keystore('lines', { file: p12.replace(/.{76}/g, '$&\r\n') })));
  });

  test('is its own project’s', async () => {
    const other = projectApi(world.api, 'Other');
    expect(refusal(await other.call('GET', 'keystores/first/'))).toBe('Keystore (name: first) is not found!');
    expect(refusal(await other.call('DELETE', 'keystores/first/'))).toBe(
      'Keystore (name: first) is not found!',
    );
  });
});

describe('a keystore that is refused', () => {
  const damaged = 'Keystore can not be opened: the password is wrong or the file is damaged!';
  const flipped = Buffer.from(p12, 'base64');
  flipped.writeUInt8(flipped.readUInt8(flipped.length >> 1) ^ 1, flipped.length >> 1);
  const cut = Buffer.from(p12, 'base64').subarray(0, -10).toString('base64');
  const cutJks = Buffer.from(jks, 'base64').subarray(0, -10).toString('base64');
  const typeJks = { keyStoreType: 'JKS' };
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  const foreign = (path: string) => ({ file: keystoreFixture(path) });

  test.each<[what: string, more: Body, text: string | RegExp]>([
    ['has no environment name', { environmentName: undefined }, 'environmentName value can not be empty!'],
    ['has no file', { file: undefined }, 'file value can not be empty!'],
    ['has an empty file', { file: '' }, 'file value can not be empty!'],
    ['has no password', { password: undefined }, 'password value can not be empty!'],
    ['has no type', { keyStoreType: undefined }, 'keyStoreType value can not be empty!'],
    [
      'has a type in small letters',
      { keyStoreType: 'jks' },
      'keyStoreType (jks) is not valid! Valid values: JKS, PKCS12',
    ],
    [
      'has a type that is not taken',
      { keyStoreType: 'JCEKS' },
      'keyStoreType (JCEKS) is not valid! Valid values: JKS, PKCS12',
    ],
    [
      'has a password of another type',
      { password: 1 },
      'keyStoreEnvironmentList[0].password must be a string!',
    ],
    [
      'has a member that nothing knows',
      { storepass: 'x' },
      /^Unknown member: storepass in keyStoreEnvironmentList\[0\]!/,
    ],
    ['is not base64', { file: 'päss' }, /^file is not base64!/],
    [
      'is for an unknown environment',
      { environmentName: 'nowhere' },
      'Environment (nowhere) is not found or user does not have privilege to access it!',
    ],
    ['has another password', { password: 'changeit2' }, damaged],
    ['has an empty password', { password: '' }, damaged],
    ['has a bit flipped', { file: flipped.toString('base64') }, damaged],
    ['is cut off', { file: cut }, damaged],
    ['is a JKS with another password', { file: jks, ...typeJks, password: 'x' }, damaged],
    ['is a JKS that is cut off', { file: cutJks, ...typeJks }, damaged],
    [
      'is a JKS and said to be PKCS12',
      { file: jks },
      'Keystore is not of type PKCS12: the file is a JKS keystore, keyStoreType should be JKS!',
    ],
    [
      'is PKCS12 and said to be a JKS',
      typeJks,
      'Keystore is not of type JKS: the file is a PKCS12 keystore, keyStoreType should be PKCS12!',
    ],
    [
      'is JCEKS',
      { ...foreign('java17/store.jceks'), ...typeJks },
      /^JCEKS keystores are not supported! Convert it with `keytool -importkeystore -srckeystore /,
    ],
    ['is BKS', foreign('bouncy-castle/bks.keystore'), /^BKS keystores are not supported!/],
    ['is BCFKS', foreign('bouncy-castle/bcfks.keystore'), /^BCFKS keystores are not supported!/],
    [
      'is a certificate',
      { file: base64(pemFixture('leaf.pem')) },
      /^The file is a certificate, not a keystore!/,
    ],
    ['is text', { file: base64('hello') }, 'The file is not a JKS or PKCS12 keystore!'],
    [
      'has keys behind another password',
      { file: keyPassword },
      'keyPassword does not open any key of the keystore! Give the password that its keys have',
    ],
    [
      'has keys behind another password than that',
      { file: keyPassword, keyPassword: 'x' },
      /^keyPassword does not open any key/,
    ],
    [
      'does not have the alias',
      { alias: 'nothing' },
      'Alias (nothing) is not found in keystore (name: refused)!',
    ],
  ])('%s', async (_what, more, text) => {
    const before = await footprint(project, [node]);
    const answer = refusal(await create(keystore('refused', more)));
    if (typeof text === 'string') expect(answer).toBe(text);
    else expect(answer).toMatch(text);
    expect(answer).not.toMatch(/changeit|otherpass/);
    expect(await footprint(project, [node])).toEqual(before);
  });

  test.each<[what: string, body: Body, text: string | RegExp]>([
    ['has no name', { ...keystore(''), name: null }, 'Keystore name can not be empty!'],
    ['has a path for a name', keystore('../x'), /^Keystore name \(\.\.\/x\) is not valid! A name has/],
    ['has no list', { name: 'refused' }, 'keyStoreEnvironmentList value can not be empty!'],
    [
      'has an empty list',
      { name: 'refused', keyStoreEnvironmentList: [] },
      'keyStoreEnvironmentList value can not be empty!',
    ],
    [
      'has text for a list',
      { name: 'refused', keyStoreEnvironmentList: 'x' },
      'keyStoreEnvironmentList must be a list!',
    ],
    [
      'has text in the list',
      { name: 'refused', keyStoreEnvironmentList: ['x'] },
      'keyStoreEnvironmentList[0] must be an object!',
    ],
    [
      'names an environment twice',
      { name: 'refused', keyStoreEnvironmentList: [opened(), opened()] },
      /^Environment \(production\) is named twice!/,
    ],
    [
      'has one file that opens and one that does not',
      {
        name: 'refused',
        keyStoreEnvironmentList: [opened(), opened({ environmentName: 'staging', password: 'x' })],
      },
      damaged,
    ],
  ])('as a whole %s', async (_what, body, text) => {
    const answer = refusal(await create(body));
    if (typeof text === 'string') expect(answer).toBe(text);
    else expect(answer).toMatch(text);
    expect(await project.names('keystores')).not.toContain('refused');
  });

  test('is rejected if another keystore has its name', async () => {
    const text = 'Keystore (name: first) is already exist! Try update operation if want to change its value.';
    expect(refusal(await create(keystore('first')))).toBe(text);
  });

  test('is rejected if it is too large', async () => {
    const file = Buffer.alloc(10 * 1024 * 1024 + 1, 0x30).toString('base64');
    expect(refusal(await create(keystore('refused', { file })))).toBe(
      'Keystore is too large: at most 10 MiB are accepted!',
    );
    const huge = Buffer.alloc(22 * 1024 * 1024, 0x30).toString('base64');
    const answer = await create(keystore('refused', { file: huge }));
    expect(answer).toMatchObject({ status: 413, body: { error: 'payload_too_large' } });
  });
});
