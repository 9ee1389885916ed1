// How nodes join, as an administrator and the nodes see it.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { replaceIdentity } from '../../src/compose/operations.ts';
import { signingKeyOf } from '../../src/protocol/signing-keys.ts';
import { startTestManager, type TestManager, until } from '../support/manager.ts';
import { bareStream, enrollmentToken, hello, rawNode } from './support/raw-node.ts';

let world: TestManager;
beforeAll(async () => {
  world = await startTestManager({ environments: ['production'] });
});
afterAll(() => world.close());

const keyOf = (byte: number) => signingKeyOf(Buffer.alloc(32, byte));
const nodesPath = '/apiops/environments/production/nodes/';
const fingerprintIn = (token: string) => token.split('.')[1];
async function records(action: string): Promise<readonly Record<string, unknown>[]> {
  const { body } = await world.api('GET', `/apiops/audit/?action=${action}`);
  return body.resultList;
}
/** The record of a rejection, which the manager writes while it closes the stream. */
async function rejectionBy(rejected: () => Promise<void>): Promise<Record<string, unknown> | undefined> {
  const newest = async () => (await records('node.refuse'))[0];
  const before = await newest();
  await rejected();
  await until(async () => (await newest())?.sequence !== before?.sequence, 'the rejection is recorded');
  return newest();
}
async function join(token: string | undefined, name: string, key = keyOf(1)): Promise<void> {
  const node = rawNode(world, token, { name, key });
  await node.welcomed;
  node.socket.close();
  await node.closed;
}

describe('a node', () => {
  test('joins once with a token and returns with its key alone', async () => {
    const token = await enrollmentToken(world, 'production', { name: 'of-rack' });
    await join(token, 'alone', keyOf(10));
    await join(undefined, 'alone', keyOf(10));
    const [joined, ...others] = await records('node.join');
    expect(others).toEqual([]);
    expect(joined).toMatchObject({
      objectName: 'alone',
      details: { address: '127.0.0.1', tokenName: 'of-rack', tokenId: expect.any(String) },
    });
  });

  test('with another key does not get a name that is in use', async () => {
    const token = await enrollmentToken(world, 'production');
    await join(token, 'taken', keyOf(11));
    const record = await rejectionBy(async () => {
      const { closed } = rawNode(world, token, { name: 'taken', key: keyOf(12) });
      expect(await closed).toEqual({
        code: 4401,
        reason: 'the name belongs to a node with another key: remove that node, or choose another name',
      });
    });
    expect(record).toMatchObject({ objectName: 'taken', outcome: 'DENIED' });
  });

  test('of the first release is rejected with a text that names the required upgrade', async () => {
    const reason = 'upgrade keyplane on the node: the node speaks protocol 1, the manager 2';
    const record = await rejectionBy(async () => {
      const stream = await bareStream(world);
      stream.say({ ...hello(), protocol: 1, name: 'old' });
      expect(await stream.closed).toEqual({ code: 4406, reason });
    });
    expect(record).toMatchObject({ objectName: 'old', details: { reason } });
  });

  test.each([{}, { name: null }, { name: 7 }, { name: {} }])(
    'that sends %j in place of a name is recorded without one',
    async (said) => {
      const record = await rejectionBy(async () => {
        const stream = await bareStream(world);
        stream.say(said);
        expect((await stream.closed).code).toBe(4400);
      });
      expect(record).toMatchObject({ objectName: '', outcome: 'DENIED' });
    },
  );

  test('that was removed frees its name, which another key takes as a replacement', async () => {
    const token = await enrollmentToken(world, 'production');
    await join(token, 'replaced', keyOf(13));
    const { body } = await world.api('DELETE', `${nodesPath}replaced/`);
    expect(body.warnings).toHaveLength(1);
    expect((await rawNode(world, token, { name: 'replaced', key: keyOf(13) }).closed).code).toBe(4410);
    await join(token, 'replaced', keyOf(14));
    expect((await records('node.replace'))[0]).toMatchObject({ objectName: 'replaced' });
    const unknown = await world.api('POST', `${nodesPath}replaced/readmit`, { force: true });
    expect(unknown.body).toMatchObject({ error_description: expect.stringContaining('force') });
    const readmitted = await world.api('POST', `${nodesPath}replaced/readmit`);
    expect(readmitted.status).toBe(400);
    expect(readmitted.body.error_description).toBe(
      'Node (name: replaced) cannot be readmitted: another key has the name!',
    );
  });
});

describe('an enrollment token', () => {
  test('registers no more keys than its maxNodes, also when one of them was removed', async () => {
    const token = await enrollmentToken(world, 'production', { maxNodes: 1 });
    await join(token, 'only', keyOf(20));
    await world.api('DELETE', `${nodesPath}only/`);
    const { closed } = rawNode(world, token, { name: 'second', key: keyOf(21) });
    expect(await closed).toEqual({
      code: 4401,
      reason: 'the enrollment token is used up: maxNodes is 1',
    });
  });
});

describe('an identity that is replaced beside a running manager', () => {
  test('is that of new tokens, and former tokens and nodes go on', async () => {
    const before = await enrollmentToken(world, 'production');
    await join(before, 'from-before', keyOf(30));
    const { from, to } = await replaceIdentity(world.config);
    expect(from).toBe(fingerprintIn(before));
    expect(fingerprintIn(await enrollmentToken(world, 'production'))).toBe(to);
    await join(before, 'from-before', keyOf(30));
    await join(before, 'after-it', keyOf(31));
    expect((await records('identity.rotate'))[0]).toMatchObject({ details: { from, to } });
  });

  test('leaves the private half of the former one nowhere', async () => {
    const rows = await world.raw('select private_key, active from identity_keys order by created_at');
    expect(rows.map(({ private_key, active }) => [private_key === null, Number(active)])).toEqual([
      [true, 0],
      [false, 1],
    ]);
  });
});
