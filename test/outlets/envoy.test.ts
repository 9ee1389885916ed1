// Envoy with the files of docs/outlets/envoy.md, beside a node that writes them, while keys rotate.

import { mkdirSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { RunningNode } from '../../src/node/start-node.ts';
import { noCaches } from '../api/rings/support/ring-api.ts';
import { startTestManager, type TestManager, until } from '../support/manager.ts';
import { findEnvoy } from '../system/support/envoy.ts';
import { freePorts } from '../system/support/ports.ts';
import { ringDriver } from '../system/support/ring-driver.ts';
import { removeTemporaryFolders, temporaryFolder } from '../system/support/temporary-folder.ts';
import { documentedFile, RunningEnvoy } from './support/running-envoy.ts';

const envoy = findEnvoy();
if (envoy === undefined)
  console.info('Envoy is not tried here: it is neither on the path nor can it be fetched');

const page = 'docs/outlets/envoy.md';
const project = '/apiops/projects/MyProject';
const issuer = 'https://issuer.example.com';
const rotations = 10;

let world: TestManager;
let node: RunningNode;
let folder: string;
let running: RunningEnvoy;
let applicationToken: string;

async function made(path: string, body: unknown) {
  const answer = await world.api('POST', `${project}/${path}/`, body);
  if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body;
}

async function delivered(outletName: string): Promise<void> {
  await until(async () => {
    const { body } = await world.api('GET', `${project}/outlets/${outletName}/`);
    return body.resultList[0].environments.some(({ state }: { state: string }) => state === 'CURRENT');
  }, `outlet ${outletName} is delivered`);
}

async function sign(claims: object): Promise<{ jws: string; kid: string }> {
  const answer = await fetch(`${node.operations[0]}/projects/MyProject/key-rings/orders/sign`, {
    method: 'POST',
    headers: { authorization: `Bearer ${applicationToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ claims }),
  });
  if (!answer.ok) throw new Error(`a node does not sign: ${await answer.text()}`);
  return (await answer.json()) as { jws: string; kid: string };
}

/** The status of Envoy's answer; 0 while it does not listen. */
async function statusOf(address: string, token?: string): Promise<number> {
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
  return fetch(address, { headers }).then(
    async (answer) => {
      await answer.arrayBuffer();
      return answer.status;
    },
    () => 0,
  );
}

describe.skipIf(envoy === undefined)('Envoy, configured as documented,', () => {
  beforeAll(async () => {
    folder = await temporaryFolder();
    mkdirSync(join(folder, 'outlets'));
    world = await startTestManager({
      environments: ['edge'],
      settings: noCaches,
    });
    node = await world.addNode('edge', 'edge-1', {
      outletDir: join(folder, 'outlets'),
      operations: { port: 0 },
    });
    const times = {
      rotationInterval: null,
      verifierCacheTime: 'PT1S',
      clockSkew: 'PT0S',
      maxTokenLifetime: 'PT2S',
    };
    await made('key-rings', {
      name: 'orders',
      type: 'EC',
      ec: { curveType: 'P256', algorithm: 'ES256' },
      ...times,
    });
    const grants = [{ keyRingName: 'orders', operations: ['SIGN'] }];
    applicationToken = (await made('applications', { name: 'issuer', grants })).token;
    running = new RunningEnvoy(folder);
  });
  afterEach(() => running.stop());
  afterAll(async () => {
    await world?.close();
    await removeTemporaryFolders();
  });

  test('accepts the first token of each key through ten rotations, and rejects other tokens', async () => {
    await made('outlets', {
      name: 'envoy',
      kind: 'ENVOY',
      content: 'JWT_AUTHN',
      source: { keyRingName: 'orders' },
      target: {
        path: 'envoy/jwt-authn.json',
        resourceName: 'keyplane',
        providers: { orders: { issuer, audiences: ['orders'] } },
      },
    });
    await delivered('envoy');
    const port = await freePorts(1);
    const address = `http://127.0.0.1:${port}/`;
    running.start(envoy ?? '', documentedFile(page, 'envoy.yaml').replaceAll('8093', String(port)));
    const fresh = () => sign({ iss: issuer, aud: 'orders' });
    await until(async () => {
      running.requireRunning();
      return (await statusOf(address, (await fresh()).jws)) === 200;
    }, 'Envoy accepts a token');

    const kids = new Set<string>();
    const refused: string[] = [];
    let isOver = false;
    const traffic = (async () => {
      while (!isOver) {
        const { jws, kid } = await fresh();
        kids.add(kid);
        const status = await statusOf(address, jws);
        if (status !== 200) refused.push(`${kid}: ${status}`);
      }
    })();
    const ring = ringDriver({ ask: world.api }, 'orders');
    for (let count = 0; count < rotations; count += 1) {
      const kid = await ring.rotate();
      await until(async () => kids.has(kid), 'a token of the new key is sent');
    }
    isOver = true;
    await traffic;

    expect(refused).toEqual([]);
    expect(kids.size).toBeGreaterThan(rotations);
    expect(await statusOf(address), 'no token').toBe(401);
    expect(
      await statusOf(address, (await sign({ iss: 'https://other.example.com', aud: 'orders' })).jws),
    ).toBe(401);
    expect(await statusOf(address, (await sign({ iss: issuer, aud: 'stock' })).jws)).toBe(403);
    expect(running.log).not.toMatch(/\[(error|critical)\]/);
  });

  test('sends a token of a profile, and another one before the first expires', async () => {
    const seen: string[] = [];
    const stock: Server = createServer((request, response) => {
      seen.push(request.headers.authorization ?? '');
      response.end('stock');
    });
    await new Promise<void>((resolve) => stock.listen(0, '127.0.0.1', () => resolve()));
    await made('token-profiles', {
      name: 'orders-to-stock',
      keyRingName: 'orders',
      issuer,
      audiences: ['stock'],
      lifetime: 'PT2S',
      maxLifetime: 'PT2S',
      subject: { mode: 'FIXED', value: 'orders' },
    });
    await made('outlets', {
      name: 'envoy-token',
      kind: 'ENVOY',
      content: 'TOKEN',
      source: { tokenProfileName: 'orders-to-stock' },
      target: { path: 'envoy/token.json', secretName: 'orders-token' },
    });
    await delivered('envoy-token');
    const [port, upstream] = [await freePorts(1), (stock.address() as AddressInfo).port];
    running.start(envoy ?? '', forwarding(port, upstream));
    const address = `http://127.0.0.1:${port}/`;
    await until(async () => {
      running.requireRunning();
      await statusOf(address);
      return new Set(seen).size >= 3;
    }, 'Envoy sends three different tokens');
    stock.close();

    const keys = createRemoteJWKSet(new URL(`${node.url}/projects/MyProject/.well-known/jwks.json`));
    const { payload } = await jwtVerify(seen.at(-1)?.replace(/^Bearer /, '') ?? '', keys, {
      issuer,
      audience: 'stock',
      clockTolerance: 60,
    });
    expect(payload.sub).toBe('orders');
    expect(readFileSync(join(folder, 'outlets/MyProject/envoy/token.json'), 'utf8')).toContain(
      'orders-token',
    );
  });
});

/** The documented configuration with the documented filter before the router, and a route to another server. */
function forwarding(port: number, upstream: number): string {
  const filter = documentedFile(page, 'envoy-token-filter.yaml').replace(/^(?=.)/gm, ' '.repeat(18));
  const cluster = {
    name: 'stock',
    connect_timeout: '1s',
    load_assignment: {
      cluster_name: 'stock',
      endpoints: [
        {
          lb_endpoints: [
            { endpoint: { address: { socket_address: { address: '127.0.0.1', port_value: upstream } } } },
          ],
        },
      ],
    },
  };
  const configuration = documentedFile(page, 'envoy.yaml')
    .replaceAll('8093', String(port))
    .replace(/direct_response: .*/, 'route: { cluster: stock }')
    .replace(/^ {18}- name: keyplane\n(?: {20}.*\n)*/m, filter);
  return `${configuration}  clusters: [${JSON.stringify(cluster)}]\n`;
}
