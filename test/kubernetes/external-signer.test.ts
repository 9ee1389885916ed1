// The client of kube-apiserver asks a node for keys and tokens: a real manager, a real node, and the package that a Kubernetes
// API server has.

import { join } from 'node:path';
import * as jose from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RunningNode } from '../../src/node/start-node.ts';
import { startTestManager, type TestManager } from '../support/manager.ts';
import { askSigner, buildKubernetesClient, type KubernetesClient } from './kubernetes-client.ts';

const project = '/apiops/projects/MyProject';
const timing = { usageMs: 100 };
const buildTimeoutMs = 900_000;
let client: KubernetesClient;
let installation: TestManager;

beforeAll(async () => {
  client = await buildKubernetesClient();
  if (client.program === undefined) console.info(`kube-apiserver is not tried here: ${client.whyNot}`);
  installation = await startTestManager({ environments: ['cluster'] });
}, buildTimeoutMs);
afterAll(() => installation.close());

const rings = {
  RS256: { type: 'RSA', rsa: { keySize: 2048, algorithm: 'RS256' } },
  ES256: { type: 'EC', ec: { curveType: 'P256', algorithm: 'ES256' } },
  ES384: { type: 'EC', ec: { curveType: 'P384', algorithm: 'ES384' } },
  ES512: { type: 'EC', ec: { curveType: 'P521', algorithm: 'ES512' } },
};

/** A node that is away would keep the next ring waiting, so all of them stay. */
async function signerNode(
  ringName: string,
): Promise<{ readonly node: RunningNode; readonly socket: string }> {
  const socket = join(installation.dataDir, `${ringName}.sock`);
  const kubernetesSigner = { socket, project: 'MyProject', ringName };
  const node = await installation.addNode('cluster', `node-${ringName}`, { kubernetesSigner, timing });
  return { node, socket };
}

async function createRing(body: object): Promise<void> {
  const { api } = installation;
  const { status, body: answer } = await api('POST', `${project}/key-rings/`, body);
  expect(status, JSON.stringify(answer)).toBe(200);
}

test.for(Object.entries(rings))(
  'kube-apiserver takes keys, metadata and a signed token of a ring with %s',
  async ([alg, key], { skip }) => {
    skip(client.program === undefined, client.whyNot);
    const name = `accounts-${alg}`;
    await createRing({ name, ...key, maxTokenLifetime: 'PT2H' });
    const { node, socket } = await signerNode(name);
    await expect.poll(() => problemAt(node), { timeout: 60_000 }).toBeNull();
    const result = await askSigner(client, socket, 3600);
    const { api } = installation;
    const { body } = await api('GET', `${project}/key-rings/${name}/`);
    const members: { kid: string; state: string }[] = body.resultList[0].members;
    const active = members.find(({ state }) => state === 'ACTIVE');
    expect(result).toMatchObject({
      maxTokenExpirationSeconds: 7200,
      dataIsFresh: true,
      subject: 'system:serviceaccount:shop:checkout',
    });
    expect(result.keyIds?.[0]).toBe(active?.kid);
    expect(jose.decodeProtectedHeader(result.token ?? '')).toEqual({ alg, kid: active?.kid, typ: 'JWT' });
    const set = jose.createRemoteJWKSet(new URL(`${node.url}/projects/MyProject/.well-known/jwks.json`));
    await jose.jwtVerify(result.token ?? '', set, {
      issuer: 'https://kubernetes.default.svc',
      audience: 'api',
    });
    expect(await askSigner(client, socket, 7260)).toEqual({
      failed: 'Sign',
      code: expect.stringContaining('InvalidArgument: '),
    });
    const uses = async () => {
      const { body: usage } = await api(
        'GET',
        `${project}/usage/?applicationName=kubernetes&keyRingName=${name}`,
      );
      return usage.resultList.map(({ outcome, count }: { outcome: string; count: number }) => [
        outcome,
        count,
      ]);
    };
    await expect
      .poll(async () => (await uses()).sort(), { timeout: 60_000 })
      .toEqual([
        ['REFUSED', 1],
        ['SUCCEEDED', 1],
      ]);
  },
);

test('kube-apiserver does not start with a ring that is missing', async ({ skip }) => {
  skip(client.program === undefined, client.whyNot);
  const { node, socket } = await signerNode('missing');
  const text = 'Key ring (name: missing) of project (name: MyProject) is not found!';
  await expect.poll(() => problemAt(node), { timeout: 60_000 }).toBe(text);
  const { failed, code } = await askSigner(client, socket, 3600);
  expect(failed).toBe('FetchKeys');
  expect(code).toContain('FailedPrecondition');
  expect(code).toContain(text);
});

async function problemAt(node: RunningNode): Promise<unknown> {
  const response = await fetch(`${node.url}/status`);
  const { kubernetesSigner } = (await response.json()) as { kubernetesSigner: { problem: unknown } };
  return kubernetesSigner.problem;
}
