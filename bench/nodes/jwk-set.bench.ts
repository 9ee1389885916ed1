// A node's JWK Set against a bare node:http server that sends the same bytes and, where it is installed, against nginx
// with the same file, for a request that the node knows, also with a cookie; then one that its node:http reads each time,
// and nginx with the file that a node publishes against nginx with a copy of it. Requests for a second of processor time of the
// server, in turns, medians: not the clock, so that the load does not count.

import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { median } from '../bench-manager.ts';
import { startBenchProcess } from '../bench-process.ts';
import type { BenchRow, Goal } from '../bench-row.ts';
import { type LoadedServer, load } from './http-load.ts';
import type { SameBytes, ServerOrder } from './jwk-set-servers.ts';
import { nginxIsThere, startNginx } from './nginx-server.ts';
import { prepareCopy } from './prepared-copy.ts';

const path = '/.well-known/jwks.json';
const rounds = 21;
const requestsPerRound = 1_600;
/** Compiled code gets faster for as long: with less, the server that has answered more before would win. */
const warmUpRequests = 40_000;

type Server = LoadedServer & { readonly end: () => Promise<void> };

export async function run(): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const [size, keys] of [['2 kB', 5] as const, ['20 kB', 46] as const]) {
    const folder = await mkdtemp(join(tmpdir(), 'keyplane-bench-'));
    const servers: Server[] = [];
    const started = async (server: Promise<Server>) => {
      servers.push(await server);
      return server;
    };
    try {
      const dataDir = join(folder, 'data');
      const published = join(folder, 'published');
      await prepareCopy(dataDir, keys);
      const node = await started(startServer({ dataDir, publishDir: published }));
      const same = await bytesOf(node.url + path);
      const all: Compared[] = [{ name: 'node', server: node }];
      all.push({ name: 'bare node:http', server: await started(startServer({ same })) });
      if (nginxIsThere()) {
        const copy = join(folder, 'copy');
        await cp(published, copy, { recursive: true });
        all.push({ name: 'nginx', server: await started(startNginx(copy)) });
        all.push({ name: 'nginx, published', server: await started(startNginx(published)) });
      }
      rows.push(...(await compare(`JWK Set of ${size}`, all, () => '')));
      rows.push(...(await compare(`JWK Set of ${size}, unchanged (304)`, all, unlessChanged)));
      for (const [what, header] of lessPlain) {
        rows.push(...(await compare(`JWK Set of ${size}, ${what}`, all.slice(0, 2), () => header)));
      }
    } finally {
      for (const server of servers) await server.end();
      await rm(folder, { recursive: true, force: true });
    }
  }
  return rows;
}

interface Compared {
  readonly name: 'node' | 'bare node:http' | 'nginx' | 'nginx, published';
  readonly server: LoadedServer;
}

async function compare(
  name: string,
  all: readonly Compared[],
  headers: (etag: string) => string,
): Promise<BenchRow[]> {
  const measured: (Compared & { readonly request: string; readonly rates: number[] })[] = [];
  for (const { name, server } of all) {
    const etag = (await bytesOf(server.url + path)).etag;
    const request = requestText(headers(etag));
    await load(server, request, warmUpRequests);
    measured.push({ name, server, request, rates: [] as number[] });
  }
  for (let round = 0; round < rounds; round += 1) {
    for (const { server, request, rates } of measured) {
      rates.push(await load(server, request, requestsPerRound));
    }
  }
  const rateOf = (wanted: Compared['name']) =>
    median(measured.find((one) => one.name === wanted)?.rates ?? []);
  const text = (rate: number) => `${Math.round(rate).toLocaleString('en')} requests per CPU second`;
  const row = (of: Compared['name'], against: Compared['name'], goal: Goal): BenchRow => ({
    name: of === 'node' ? name : `${name}, nginx with what a node publishes`,
    ours: text(rateOf(of)),
    yardstick: text(rateOf(against)),
    ratio: rateOf(of) / rateOf(against),
    goal,
    note: `yardstick: ${against} with the same bytes`,
  });
  const rows = [row('node', 'bare node:http', { atLeast: 0.95 })];
  if (all.length === 2) return rows;
  // It is the same program with the same bytes: what is off 1 is the noise of this run.
  return [
    ...rows,
    row('node', 'nginx', { atLeast: 0.45 }),
    row('nginx, published', 'nginx', { atLeast: 0.95 }),
  ];
}

const lessPlain = [
  ['request with a cookie', 'Cookie: a=b\r\n'],
  // Without a blank it is not the plainest form of a request, which a node does not learn.
  ['request that its node:http reads', 'X-Unusual:1\r\n'],
] as const;
const unlessChanged = (etag: string) => `If-None-Match: ${etag}\r\n`;

function requestText(headers: string): string {
  return `GET ${path} HTTP/1.1\r\nHost: bench\r\nAccept: application/jwk-set+json\r\n${headers}\r\n`;
}

async function startServer(order: ServerOrder): Promise<Server> {
  const server = startBenchProcess(new URL('./jwk-set-servers.ts', import.meta.url));
  const url = await server.ask<string>(order);
  return { url, usedMicros: () => server.ask<number>({}), end: () => server.end() };
}

async function bytesOf(url: string): Promise<SameBytes> {
  const response = await fetch(url);
  const own = (name: string) => [name, response.headers.get(name) ?? ''];
  const shared = ['ETag', 'Cache-Control', 'Access-Control-Allow-Origin'].flatMap(own);
  return {
    body: await response.text(),
    etag: response.headers.get('etag') ?? '',
    headers: [...['Content-Type', 'Content-Length'].flatMap(own), ...shared],
    notModifiedHeaders: shared,
  };
}
