// A manager and two nodes of the first release are upgraded over their data directories, the manager first and then a
// node at a time, while clients ask for JWK Sets through a balancer.

import { Agent, get } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Api, apiOf, signedIn, until } from '../test/support/manager.ts';
import {
  keyplane,
  node,
  nodeArguments,
  type ServeProcess,
  serve,
} from '../test/system/support/keyplane-process.ts';
import { freePorts } from '../test/system/support/ports.ts';
import { temporaryFolder } from '../test/system/support/temporary-folder.ts';
import { jwkNames, jwksPath, made, password, pastedJwk } from '../test/system/support/world.ts';
import type { FaultRow, FaultRun } from './fault-row.ts';
import { inspect, openInstallation } from './support/check-installation.ts';
import { checkOutOlder, startOlder } from './support/older-keyplane.ts';
import { startTcpBalancer } from './support/tcp-balancer.ts';

export const limitSeconds = 180;

/** The last commit of the first release. */
const firstRelease = 'd8b83e4';
const nodeNames = ['n1', 'n2'];
const betweenRequestsMs = 10;
const patienceMs = 20_000;

interface Published {
  readonly kid: string;
  readonly x?: string;
  readonly n?: string;
}

export async function run(run: FaultRun): Promise<FaultRow[]> {
  const folder = await temporaryFolder();
  const main = await checkOutOlder(firstRelease);
  const [managerPort, ...nodePorts] = consecutive(await freePorts(3), 3);
  const dataDir = join(folder, 'manager');
  const port = { KEYPLANE_PORT: String(managerPort) };
  const older = await startOlder(main, dataDir, port);
  const admin = await signedIn(older.url, 'admin', password);
  const token = await fill(admin, run.size({ full: 200, quick: 20 }));
  const api = apiOf(older.url, (await made(admin, '/apiops/tokens/', { name: 'ci' })).token);
  const orderOf = (name: string) => ({
    managerUrl: older.url,
    token,
    name,
    dataDir: join(folder, name),
    port: nodePorts[nodeNames.indexOf(name)] ?? 0,
  });
  const olderNodes = nodeNames.map((name) =>
    keyplane(nodeArguments(orderOf(name)), { settings: { KEYPLANE_NODE_TOKEN: token }, main }),
  );
  for (const started of olderNodes) await started.says(/is ready/);
  const stored = await jwkNames(api);
  const urls = nodePorts.map((nodePort) => `http://127.0.0.1:${nodePort}`);
  const isLevel = async (url: string) => (await setAt(url).catch(() => [])).length === stored.length;
  for (const url of urls) await until(() => isLevel(url), `all is on ${url}`, patienceMs);
  const before = await setAt(urls[0] ?? '');

  const balancer = await startTcpBalancer(nodePorts, { replay: true });
  const asking = askThrough(balancer.url, before);
  const broken: string[] = [];
  await older.stop();
  run.tell('the manager is upgraded');
  const manager = await serve(dataDir, port);
  await manager
    .says(/a node was rejected.*upgrade|upgrade.*a node was rejected/)
    .catch((error: Error) => broken.push(error.message));
  const newer: ServeProcess[] = [];
  for (const [index, name] of nodeNames.entries()) {
    await olderNodes[index]?.stop();
    newer.push(await node(orderOf(name)));
    await until(() => isConnected(api, name), `${name} connects`, patienceMs);
    run.tell(`${name} is upgraded`);
  }
  const { body } = await api('POST', jwksPath, pastedJwk('newer'));
  if (body.deploymentResult?.success !== true) broken.push(`a JWK is not deployed: ${JSON.stringify(body)}`);
  await sleep(1_000);
  const { requests, failures } = await asking.stop();
  broken.push(...new Set(failures));
  for (const url of urls) broken.push(...lost(before, await setAt(url)).map((kid) => `${kid} left ${url}`));
  const found = await jwkNames(api);
  broken.push(...stored.filter((name) => !found.includes(name)).map((name) => `${name} is missing`));
  await balancer.close();
  for (const process of [...newer, manager]) await process.stop();
  const store = await openInstallation(dataDir);
  broken.push(...(await inspect(store, dataDir)).broken);
  await store.close();
  return [
    {
      scenario: 'first release upgraded with two nodes',
      promise: 'every key stays published, nothing is missing; not one JWK Set request fails',
      figure: `${stored.length} JWKs, ${requests} requests, ${failures.length} failed`,
      broken,
    },
  ];
}

/** @returns the token of the nodes */
async function fill(api: Api, count: number): Promise<string> {
  await made(api, '/apiops/projects/', { name: 'MyProject' });
  await made(api, '/apiops/environments/', { name: 'production', type: 'PRODUCTION' });
  for (let number = 0; number < count; number += 1) await made(api, jwksPath, pastedJwk(`older-${number}`));
  // Two keys under one kid, which the first release published.
  for (const name of ['one', 'other']) {
    const { jwkStr, ...rest } = pastedJwk(name);
    await made(api, jwksPath, { ...rest, jwkStr: JSON.stringify({ ...JSON.parse(jwkStr), kid: 'twice' }) });
  }
  await made(api, `${jwksPath}generate`, { name: 'made', type: 'RSA', rsa: { keySize: 2048 } });
  return (await made(api, '/apiops/environments/production/enrollment-tokens/')).token;
}

function consecutive(first: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => first + index);
}

async function setAt(url: string): Promise<readonly Published[]> {
  const answer = await fetch(`${url}/projects/MyProject/.well-known/jwks.json`);
  return ((await answer.json()) as { keys?: Published[] }).keys ?? [];
}

function lost(before: readonly Published[], after: readonly Published[]): string[] {
  const id = ({ kid, x, n }: Published) => `${kid} ${x ?? n}`;
  const there = new Set(after.map(id));
  return before.filter((key) => !there.has(id(key))).map(({ kid }) => kid);
}

async function isConnected(api: Api, name: string): Promise<boolean> {
  const { body } = await api('GET', '/apiops/environments/production/nodes/');
  return body.resultList.some(
    (seen: { name: string; connected: boolean; version: string; privateKeys: boolean }) =>
      seen.name === name && seen.connected && seen.privateKeys,
  );
}

/** Each request on a connection of its own, so that none is sent on one that is about to be closed. */
function askThrough(url: string, expected: readonly Published[]) {
  const agent = new Agent({ keepAlive: false });
  const failures: string[] = [];
  let requests = 0;
  let done = false;
  const working = (async () => {
    while (!done) {
      requests += 1;
      await ask(`${url}/projects/MyProject/.well-known/jwks.json`, agent)
        .then((text) => {
          const kids = lost(expected, (JSON.parse(text) as { keys: Published[] }).keys);
          if (kids.length > 0) failures.push(`a JWK Set lacked ${kids.join(', ')}`);
        })
        .catch((error: Error) => failures.push(`a JWK Set request failed: ${error.message}`));
      await sleep(betweenRequestsMs);
    }
  })();
  return {
    async stop() {
      done = true;
      await working;
      return { requests, failures };
    },
  };
}

function ask(url: string, agent: Agent): Promise<string> {
  return new Promise((resolve, reject) => {
    const sent = get(url, { agent }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (piece: string) => {
        text += piece;
      });
      response.once('error', reject);
      response.once('end', () =>
        response.statusCode === 200 ? resolve(text) : reject(new Error(`status ${response.statusCode}`)),
      );
    });
    sent.once('error', reject);
  });
}
