import { setTimeout } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import {
  createNodeStatusRecorder,
  type NodeStatusRecorderOptions,
} from '../../src/deployments/node-status-recorder.ts';
import type { NodeStatus } from '../../src/environments/environment-store.ts';

const status: NodeStatus = {
  nodeId: 'n1',
  managerId: 'm1',
  connection: 1,
  connected: true,
  appliedRevision: 3,
  version: '1',
  refusal: null,
};

/** A database that fails the given number of writes and then stores what it gets. */
function databaseFailing(times: number) {
  const recorded: NodeStatus[] = [];
  let failures = times;
  const asyncCommit = async (work: (stores: never) => Promise<unknown>) => {
    if (failures > 0) {
      failures -= 1;
      throw new Error('the database is unreachable');
    }
    const nodes = { record: async (some: readonly NodeStatus[]) => void recorded.push(...some) };
    return work({ nodes } as never);
  };
  const store = { asyncCommit } as unknown as NodeStatusRecorderOptions['store'];
  return { recorded, store };
}

test('what could not be recorded is recorded once the database is back, also where nothing more is seen', async () => {
  const { recorded, store } = databaseFailing(2);
  const errors: unknown[] = [];
  const statuses = createNodeStatusRecorder({
    store,
    isAlone: () => false,
    onError: (error) => errors.push(error),
  });
  statuses.record(status);
  await vi.waitFor(() => expect(recorded).toEqual([status]), { timeout: 60_000 });
  expect(errors).toHaveLength(2);
  await statuses.close();
});

test('the end waits for pending statuses, and not for a database that stays unreachable', async () => {
  const { recorded, store } = databaseFailing(1);
  const statuses = createNodeStatusRecorder({ store, isAlone: () => false, onError: () => undefined });
  statuses.record(status);
  await statuses.close();
  await setTimeout(1_500);
  expect(recorded).toEqual([]);
  statuses.record(status);
  await statuses.close();
  expect(recorded).toEqual([status]);
});
