import { expect, onTestFinished, test, vi } from 'vitest';
import { Deployments } from '../../src/deployments/deployments.ts';
import type { NodeStream } from '../../src/deployments/node-session.ts';
import type { NodeStatus } from '../../src/environments/environment-store.ts';

const patient = { timeout: 60_000 };

test('the end of a replaced stream does not overwrite the record of the new one', async () => {
  const recorded: NodeStatus[] = [];
  const nodes = { record: async (some: readonly NodeStatus[]) => void recorded.push(...some) };
  const store = {
    listen: () => undefined,
    changeMark: () => undefined,
    read: async () => ({ own: [], accepted: new Set() }),
    asyncCommit: async (work: (stores: unknown) => Promise<unknown>) => work({ nodes }),
  };
  const deployments = new Deployments({
    store: store as never,
    managerId: 'm1',
    isAlone: () => false,
    deployTimeoutMs: 0,
    pages: { committed: () => undefined },
    clock: () => new Date(),
    revocations: async () => [],
    onError: () => undefined,
  });
  onTestFinished(() => deployments.close());
  const stream: NodeStream = { send: () => undefined, close: () => undefined, bufferedBytes: 0 };
  const join = (connection: number) =>
    deployments.join(
      {
        identity: { nodeId: 'n1', environmentId: 'e1', keyId: 'k1', name: 'n', version: '1', connection },
        clockOffsetMs: 0,
        privateKeys: true,
        stream,
        pages: { recent: () => undefined, next: async () => undefined, committed: () => undefined },
        seal: (header, changes) => ({ ...header, sealed: changes }),
        startRevision: 7,
        lineage: 'l1',
        reset: false,
      },
      7,
    );
  const former = join(1);
  join(2);
  deployments.leave(former);
  await vi.waitFor(() => expect(recorded).not.toEqual([]), patient);
  // The database takes no status of a former connection, so it would have none of the new one.
  expect(recorded).toMatchObject([{ nodeId: 'n1', connection: 2, connected: true, appliedRevision: 7 }]);
});
