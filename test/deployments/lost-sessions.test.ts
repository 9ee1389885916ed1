import { beforeEach, describe, expect, test } from 'vitest';
import type { NodeSession } from '../../src/deployments/node-session.ts';
import { checkSessions } from '../../src/deployments/presence/lost-sessions.ts';
import { closeCodes } from '../../src/protocol/messages.ts';
import type { Store } from '../../src/store/store.ts';
import { sampleEnvironment, sampleNode, sampleNodeKey } from '../store/samples.ts';
import { freshDatabases } from '../support/databases.ts';

const fresh = freshDatabases('sqlite');
const environment = sampleEnvironment();
const node = sampleNode(environment.id);
const key = sampleNodeKey(environment.id, { name: node.name });
let store: Store;

beforeEach(async () => {
  store = await (await fresh()).open();
  await store.write(async (stores) => {
    await stores.environments.insert(environment);
    await stores.nodes.insert(node);
    await stores.nodeKeys.insert(key);
  });
  await claim('here');
});

const claim = (managerId: string) =>
  store.asyncCommit(({ nodes }) =>
    nodes.claim({
      nodeId: node.id,
      managerId,
      version: '1',
      keyId: key.id,
      privateKeys: true,
      address: null,
      clockOffsetMs: null,
      serveLimitMs: null,
      ephemeral: false,
    }),
  );

function session(connection: number, confirmedRevision = 0): NodeSession {
  const place = { nodeId: node.id, environmentId: environment.id, keyId: key.id };
  const identity = { ...place, name: node.name, version: '1', connection };
  return { identity, confirmedRevision } as unknown as NodeSession;
}

const check = async (...sessions: NodeSession[]) => {
  const { lost, unrecorded } = await checkSessions(store, 'here', sessions);
  return { lost: lost.map(({ code }) => code), unrecorded: unrecorded.length };
};

describe('the streams of a manager, compared with the database', () => {
  test('stay where nothing changed', async () => {
    expect(await check(session(1))).toEqual({ lost: [], unrecorded: 0 });
  });

  test('are lost to a later stream of the same node, here or at another manager', async () => {
    await claim('here');
    expect(await check(session(1), session(2))).toEqual({ lost: [closeCodes.replaced], unrecorded: 0 });
    await claim('there');
    expect(await check(session(2))).toEqual({ lost: [closeCodes.replaced], unrecorded: 0 });
  });

  test('are recorded again where the database lost what they confirmed', async () => {
    expect(await check(session(1, 7))).toEqual({ lost: [], unrecorded: 1 });
  });

  test('sessions end with their key, their node or their environment, and the reason is reported', async () => {
    await store.write(({ nodeKeys }) => nodeKeys.bar(key.id, 'revoked'));
    expect((await check(session(1))).lost).toEqual([closeCodes.unauthorized]);
    await store.write(({ nodes }) => nodes.delete(node.id));
    expect((await check(session(1))).lost).toEqual([closeCodes.forgotten]);
    await store.write(({ environments }) => environments.delete(environment.id));
    expect((await check(session(1))).lost).toEqual([closeCodes.unauthorized]);
  });
});
