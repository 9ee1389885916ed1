import { describe, expect, test } from 'vitest';
import { createConfirmations } from '../../src/deployments/confirmations.ts';
import { deploymentResult, environmentResult } from '../../src/deployments/deployment-result.ts';
import type { NodeSession } from '../../src/deployments/node-session.ts';
import type { RegisteredNode } from '../../src/environments/environment-store.ts';
import { until } from '../support/manager.ts';

function registered(name: string): RegisteredNode {
  const createdAt = new Date(0);
  const seen = { version: null, appliedRevision: 0, connected: false, lastSeenAt: null, refusal: null };
  const joined = { keyId: null, privateKeys: true, address: null, clockOffsetMs: null, appliedAt: null };
  const told = { serveLimitMs: null, ephemeral: false };
  return { id: name, environmentId: 'e', name, ...seen, ...joined, ...told, managerId: null, createdAt };
}

type Said = { confirmedRevision: number; refusal?: { revision: number; reason: string } };

function world(said: Record<string, Said>) {
  const sessions = new Map(Object.entries(said));
  let looksElsewhere = 0;
  const confirmations = createConfirmations({
    sessions: () => sessions as unknown as ReadonlyMap<string, NodeSession>,
    isElsewhere: (node) => node.connected,
    pollOtherManagers: () => {
      looksElsewhere += 1;
    },
  });
  return { sessions, confirmations, looksElsewhere: () => looksElsewhere };
}

const nodes = [registered('a'), registered('b')];

describe('waiting for the nodes of an environment', () => {
  test('ends at once when all nodes have the change', async () => {
    const { confirmations } = world({ a: { confirmedRevision: 7 }, b: { confirmedRevision: 9 } });
    await expect(
      confirmations.wait({ environmentId: 'e', revision: 7, nodes, timeoutMs: 60_000 }),
    ).resolves.toEqual([]);
  });

  test('does not wait for a node that is not connected, and reports it', async () => {
    const { confirmations } = world({ a: { confirmedRevision: 7 } });
    const failures = await confirmations.wait({ environmentId: 'e', revision: 7, nodes, timeoutMs: 60_000 });
    expect(failures).toEqual([{ nodeName: 'b', reason: 'not connected' }]);
  });

  test('ends when the last node confirms', async () => {
    const { confirmations, sessions } = world({ a: { confirmedRevision: 7 }, b: { confirmedRevision: 6 } });
    const waiting = confirmations.wait({ environmentId: 'e', revision: 7, nodes, timeoutMs: 60_000 });
    sessions.set('b', { confirmedRevision: 7 });
    confirmations.changed('e', 'b');
    await expect(waiting).resolves.toEqual([]);
  });

  test('reports a rejection by a node, and ignores an older rejection', async () => {
    const { confirmations, sessions } = world({
      a: { confirmedRevision: 6, refusal: { revision: 7, reason: 'no room' } },
      b: { confirmedRevision: 6, refusal: { revision: 6, reason: 'old' } },
    });
    const waiting = confirmations.wait({ environmentId: 'e', revision: 7, nodes, timeoutMs: 60_000 });
    sessions.set('b', { confirmedRevision: 7 });
    confirmations.changed('e', 'b');
    await expect(waiting).resolves.toEqual([{ nodeName: 'a', reason: 'no room' }]);
  });

  test('names each node that did not confirm in time', async () => {
    const { confirmations } = world({ a: { confirmedRevision: 7 }, b: { confirmedRevision: 6 } });
    const failures = await confirmations.wait({ environmentId: 'e', revision: 7, nodes, timeoutMs: 20 });
    expect(failures).toEqual([{ nodeName: 'b', reason: 'did not confirm in 20 ms' }]);
  });

  test('checks the nodes that confirmed again once the last one has confirmed', async () => {
    const { confirmations, sessions } = world({
      a: { confirmedRevision: 6, refusal: { revision: 7, reason: 'no room' } },
      b: { confirmedRevision: 6 },
    });
    const waiting = confirmations.wait({ environmentId: 'e', revision: 7, nodes, timeoutMs: 60_000 });
    // The node gets a snapshot, while its last rejection is not yet of this revision.
    sessions.set('a', { confirmedRevision: 6 });
    sessions.set('b', { confirmedRevision: 7 });
    confirmations.changed('e', 'b');
    sessions.set('a', { confirmedRevision: 7 });
    confirmations.changed('e', 'a');
    await expect(waiting).resolves.toEqual([]);
  });

  test('counts a node that confirmed and then dropped its stream', async () => {
    const { confirmations, sessions } = world({ a: { confirmedRevision: 6 }, b: { confirmedRevision: 6 } });
    const waiting = confirmations.wait({ environmentId: 'e', revision: 7, nodes, timeoutMs: 60_000 });
    sessions.set('a', { confirmedRevision: 7 });
    confirmations.changed('e', 'a');
    sessions.delete('a');
    sessions.set('b', { confirmedRevision: 7 });
    confirmations.changed('e', 'b');
    await expect(waiting).resolves.toEqual([]);
  });
});

describe('waiting for nodes of other managers', () => {
  const elsewhere = (name: string, facts: Partial<RegisteredNode> = {}): RegisteredNode => ({
    ...registered(name),
    connected: true,
    managerId: 'other',
    ...facts,
  });
  const expecting = (nodes: readonly RegisteredNode[], timeoutMs = 60_000) => ({
    environmentId: 'e',
    revision: 7,
    nodes,
    timeoutMs,
  });

  test('ends when the database records their confirmation, and polls the database meanwhile', async () => {
    const { confirmations, looksElsewhere } = world({});
    const waiting = confirmations.wait(expecting([elsewhere('a', { appliedRevision: 6 })]));
    expect(confirmations.waitedFor()).toEqual(['e']);
    await until(() => looksElsewhere() > 1, 'it is looked for again and again');
    confirmations.recorded([elsewhere('a', { appliedRevision: 7 })]);
    await expect(waiting).resolves.toEqual([]);
    expect(confirmations.waitedFor()).toEqual([]);
  });

  test('reports the rejections that the database records', async () => {
    const { confirmations } = world({});
    const waiting = confirmations.wait(expecting([elsewhere('a')]));
    confirmations.recorded([elsewhere('a', { refusal: { revision: 7, reason: 'no room' } })]);
    await expect(waiting).resolves.toEqual([{ nodeName: 'a', reason: 'no room' }]);
  });

  test('continues when the node moves to this manager', async () => {
    const { confirmations, sessions } = world({});
    const waiting = confirmations.wait(expecting([elsewhere('a')]));
    confirmations.recorded([elsewhere('a', { connected: false })]);
    sessions.set('a', { confirmedRevision: 7 });
    confirmations.changed('e', 'a');
    await expect(waiting).resolves.toEqual([]);
  });

  test('a node that is offline at the end is reported as not connected', async () => {
    const { confirmations } = world({});
    const waiting = confirmations.wait(expecting([elsewhere('a'), elsewhere('b')], 20));
    confirmations.recorded([elsewhere('a', { connected: false })]);
    await expect(waiting).resolves.toEqual([
      { nodeName: 'a', reason: 'not connected' },
      { nodeName: 'b', reason: 'did not confirm in 20 ms' },
    ]);
  });
});

describe('the answer', () => {
  test('counts failed environments and keeps name order', () => {
    const failed = environmentResult('b', [{ nodeName: 'b-1', reason: 'not connected' }], 'deploy');
    const result = deploymentResult([failed, environmentResult('a', [], 'deploy')], 'deploy');
    expect(result).toEqual({
      success: false,
      message: 'Deployment failed in 1 of 2 environments',
      environmentResults: [
        { environmentName: 'a', success: true, message: 'Deployed successfully' },
        { environmentName: 'b', success: false, message: 'Node (b-1): not connected' },
      ],
    });
  });

  test('is a success for no environment at all', () => {
    const message = 'Deployment completed successfully';
    expect(deploymentResult([], 'deploy')).toEqual({ success: true, message, environmentResults: [] });
  });

  test('reports that no node is registered', () => {
    const message = 'No node is registered in this environment';
    expect(environmentResult('a', undefined, 'deploy')).toEqual({
      environmentName: 'a',
      success: false,
      message,
    });
  });

  test('has other texts for an undeployment', () => {
    const result = deploymentResult([environmentResult('a', [], 'undeploy')], 'undeploy');
    expect(result.message).toBe('Undeployment completed successfully');
    expect(result.environmentResults[0]?.message).toBe('Undeployed successfully');
  });
});
