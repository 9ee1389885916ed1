// What a node says about the key rings that it can sign with, and what it counts.

import { expect, test } from 'vitest';
import type { DeployedContent } from '../../src/protocol/content.ts';
import { callingWorld } from './support/calling-world.ts';
import { applicationContent, memberContent, operate, ringContent } from './support/operations.ts';
import { runningManager, runningNode, temporaryFolder } from './support/test-node.ts';

async function readyWorld() {
  let token = '';
  const idle = ringContent('idle');
  const world = await callingWorld((ring) => {
    const application = applicationContent([
      { ...ring, operations: ['SIGN'] },
      { ...idle, operations: ['SIGN_RAW'] },
    ]);
    token = application.token;
    return [application.content];
  });
  const probe = async (path: string, bearer?: string) => {
    const headers = bearer === undefined ? {} : { Authorization: `Bearer ${bearer}` };
    const response = await fetch(`${world.url}${path}`, { headers });
    const { status } = response;
    return { status, body: (await response.json()) as Record<string, unknown> };
  };
  const put = async (...contents: DeployedContent[]) => {
    const from = world.contents.length;
    const changes = contents.map((one, index) => ({ revision: from + index + 1, put: one }));
    await world.link.change(from, changes, [...world.contents, ...contents]);
  };
  return { ...world, idle, token, probe, put };
}

test('a node without a state is not ready', async () => {
  const manager = await runningManager();
  const options = { managerUrl: manager.url, dataDir: await temporaryFolder(), operations: { port: 0 } };
  const { operations } = await runningNode(options);
  const response = await fetch(`${operations[0]}/readyz`);
  expect(response.status).toBe(503);
  expect(await response.json()).toEqual({ ready: false, signing: 0, notSigning: 0 });
  expect((await fetch(`${operations[0]}/healthz`)).status).toBe(200);
});

test('anyone learns how many rings sign, and an application which of those that it may use do, and why others do not', async () => {
  const { probe, token, idle, put } = await readyWorld();
  const own = '/projects/MyProject/readyz';
  expect(await probe('/readyz')).toEqual({ status: 200, body: { ready: true, signing: 1, notSigning: 0 } });
  expect(await probe(own, token)).toEqual({
    status: 200,
    body: { ready: true, keyRings: [{ keyRingName: 'tokens', signs: true, reason: null }] },
  });
  await put(idle);
  expect(await probe('/readyz')).toEqual({ status: 200, body: { ready: true, signing: 1, notSigning: 1 } });
  expect(await probe(own, token)).toEqual({
    status: 503,
    body: {
      ready: false,
      keyRings: [
        { keyRingName: 'tokens', signs: true, reason: null },
        { keyRingName: 'idle', signs: false, reason: 'NO_ACTIVE_KEY' },
      ],
    },
  });
  expect(await probe('/readyz', token)).toEqual(await probe(own, token));
  expect((await probe('/readyz', 'kpa_wrong')).status).toBe(401);
  expect((await probe(own)).status).toBe(401);
  expect((await probe('/projects/Other/readyz', token)).status).toBe(401);
});

test('the status of a node has the addresses of its operations, and how many applications it knows', async () => {
  const { node, url } = await readyWorld();
  const status = (await (await fetch(`${node.url}/status`)).json()) as Record<string, unknown>;
  expect(status.operations).toEqual({
    addresses: [url],
    applications: 1,
    keyRings: { signing: 1, notSigning: 0 },
  });
});

test('metrics count operations, refusals by their reason, and how long answers took', async () => {
  const { node, url, token, sign } = await readyWorld();
  await sign(token);
  await sign(token);
  await sign('kpa_wrong');
  await operate(url, 'key-rings/tokens/verify', { token, body: {} });
  const text = await (await fetch(`${node.url}/metrics`)).text();
  const lines = text.split('\n').filter((line) => line.includes('_operation'));
  expect(lines).toEqual(
    expect.arrayContaining([
      'keyplane_node_operations_total{operation="SIGN",outcome="succeeded",reason=""} 2',
      'keyplane_node_operations_total{operation="SIGN",outcome="refused",reason="TOKEN_NOT_VALID"} 1',
      'keyplane_node_operations_total{operation="VERIFY",outcome="refused",reason="ROLE_MISSING"} 1',
      'keyplane_node_operations_in_progress 0',
      '# TYPE keyplane_node_operation_duration_seconds histogram',
      'keyplane_node_operation_duration_seconds_bucket{operation="SIGN",le="+Inf"} 2',
      'keyplane_node_operation_duration_seconds_count{operation="SIGN"} 2',
    ]),
  );
});

test('a ring whose private key this node does not hold does not sign', async () => {
  const { put, probe, token, idle } = await readyWorld();
  const member = memberContent(idle, 1, 'ACTIVE');
  const { d: _private, ...publicMembers } = member.jwk as Record<string, unknown> & { d?: string };
  await put(idle, { ...member, jwk: publicMembers, withheld: 'ab'.repeat(32) });
  const { body } = await probe('/projects/MyProject/readyz', token);
  expect(body.keyRings).toContainEqual({ keyRingName: 'idle', signs: false, reason: 'NO_PRIVATE_KEYS' });
});
