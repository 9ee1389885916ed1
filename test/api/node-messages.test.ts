import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Resume, State } from '../../src/protocol/messages.ts';
import { LoopSlice } from '../../src/runtime/event-loop.ts';
import { startTestManager, type TestManager, until } from '../support/manager.ts';
import type { NodeClient } from '../support/node-client.ts';
import { enrollmentToken, rawNode } from './support/raw-node.ts';

let world: TestManager;
let token: string;
beforeAll(async () => {
  world = await startTestManager({ environments: ['production'] });
  token = await enrollmentToken(world, 'production');
});
afterAll(() => world.close());

/** A node that confirms the first state that it is sent. */
async function joined(name: string, resume: Partial<Resume>): Promise<NodeClient> {
  const node = rawNode(world, token, { name, resume });
  await node.welcomed;
  const isState = (message: { readonly type: string }): message is State => message.type === 'state';
  await until(async () => node.heard.some(isState), 'it is sent its state');
  const state = node.heard.find(isState);
  node.say({ type: 'applied', revision: state?.to ?? 0, digest: state?.digest ?? '' });
  return node;
}

const answersOf = (node: NodeClient) => node.heard.filter(({ type }) => type === 'heard');
const isListed = async (name: string) => {
  const { body } = await world.api('GET', '/apiops/environments/production/nodes/');
  return body.resultList.some((node: { name: string }) => node.name === name);
};

test('a heartbeat is answered, with the time that is stored; a node of an earlier release gets no answer', async () => {
  const older = await joined('older', {});
  const node = await joined('newer', { heartbeats: true });
  older.say({ type: 'clock', time: Date.now() });
  node.say({ type: 'clock', time: 1234 });
  await until(async () => answersOf(node).length > 0, 'it is answered');
  const stored = await world.raw("select last_seen_at from nodes where name = 'newer'");
  const [answer] = answersOf(node);
  expect(answer).toMatchObject({ type: 'heard', time: 1234 });
  expect(Number(stored[0]?.last_seen_at)).toBeGreaterThanOrEqual(
    answer?.type === 'heard' ? answer.lastSeenAt : Number.POSITIVE_INFINITY,
  );
  node.say({ type: 'clock', time: 1235 });
  await until(async () => answersOf(node).length > 1, 'the next one is answered');
  expect(answersOf(older)).toEqual([]);
  expect(older.socket.readyState).toBe(older.socket.OPEN);
});

test('a node that has not confirmed its state is not answered, so that no lease begins before it has', async () => {
  const node = rawNode(world, token, { name: 'behind', resume: { heartbeats: true } });
  await node.welcomed;
  node.say({ type: 'clock', time: 1 });
  const other = await joined('beside', { heartbeats: true });
  for (let time = 0; time < 3; time += 1) {
    other.say({ type: 'clock', time });
    await until(async () => answersOf(other).length > time, 'the other one is answered');
  }
  expect(answersOf(node)).toEqual([]);
});

test('a goodbye removes an ephemeral node from the list at once, and no other node', async () => {
  const plain = await joined('plain', { heartbeats: true });
  const ephemeral = await joined('brief', { heartbeats: true, ephemeral: true, serveLimitMs: 3_600_000 });
  plain.say({ type: 'goodbye' });
  ephemeral.say({ type: 'goodbye' });
  expect((await ephemeral.closed).code).toBe(1001);
  expect(await isListed('brief')).toBe(false);
  expect(await isListed('plain')).toBe(true);
});

test('confirmations that arrive at once are all counted, also of nodes that hang up behind them', async () => {
  await world.api('POST', '/apiops/projects/MyProject/jwks/generate', {
    name: 'one',
    type: 'EC',
    ec: { curveType: 'P256', algorithm: 'ES256' },
  });
  const names = Array.from({ length: 40 }, (_, index) => `many-${index}`);
  const nodes = await Promise.all(
    names.map(async (name) => {
      const node = rawNode(world, token, { name });
      await node.welcomed;
      const isLast = (message: { readonly type: string }): message is State =>
        message.type === 'state' && (message as State).final;
      await until(async () => node.heard.some(isLast), 'it is sent its state');
      return { node, state: node.heard.find(isLast) };
    }),
  );
  // The manager is busy: nearly all of it waits for a later iteration of its event loop.
  let asked = 0;
  const slices = vi.spyOn(LoopSlice.prototype, 'hasTime').mockImplementation(() => {
    asked += 1;
    return asked % 40 === 0;
  });
  for (const { node, state } of nodes) {
    node.say({ type: 'applied', revision: state?.to ?? 0, digest: state?.digest ?? '' });
    node.socket.close();
  }
  const confirmed = async () => {
    const rows = await world.raw(
      "select name from nodes where name like 'many-%' and applied_revision > 0 and connected = 0",
    );
    return rows.length;
  };
  await until(async () => (await confirmed()) === names.length, 'all are recorded');
  slices.mockRestore();
});
