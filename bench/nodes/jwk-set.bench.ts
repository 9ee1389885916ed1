// A node's JWK Set against a bare node:http server that sends the same bytes: requests for a second of processor
// time of the server, in turns, medians. Processor time and not the clock, so that the load does not count.

import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SealedLog } from '../../src/node/disk/sealed-log.ts';
import { holdObject } from '../../src/node/held-object.ts';
import type { DeployedJwk } from '../../src/protocol/content.ts';
import { addDigest, contentDigest, emptyDigest } from '../../src/protocol/state-digest.ts';
import { loadOrCreateKeyFile } from '../../src/sealing/key-file.ts';
import { median } from '../bench-manager.ts';
import { type BenchProcess, startBenchProcess } from '../bench-process.ts';
import type { BenchRow } from '../bench-row.ts';
import type { SameBytes, ServerOrder } from './jwk-set-servers.ts';

const path = '/.well-known/jwks.json';
const rounds = 31;
const requestsPerRound = 1_600;
const warmUpRequests = 8_000;
const connections = 16;
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

export async function run(): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const [size, keys] of [['2 kB', 5] as const, ['20 kB', 46] as const]) {
    const folder = await mkdtemp(join(tmpdir(), 'keyplane-bench-'));
    const servers: BenchProcess[] = [];
    try {
      await prepareNode(folder, keys);
      const node = await startServer({ dataDir: folder }, servers);
      const same = await bytesOf(node.url + path);
      const bare = await startServer({ same }, servers);
      rows.push(await compare(`JWK Set of ${size}`, { node, bare, request: requestText() }));
      const request = requestText(`If-None-Match: ${same.etag}\r\n`);
      rows.push(await compare(`JWK Set of ${size}, unchanged (304)`, { node, bare, request }));
    } finally {
      for (const server of servers) await server.end();
      await rm(folder, { recursive: true, force: true });
    }
  }
  return rows;
}

interface Server {
  readonly url: string;
  /** Processor time used so far, in microseconds. */
  usedMicros(): Promise<number>;
}

async function compare(
  name: string,
  { node, bare, request }: { node: Server; bare: Server; request: string },
): Promise<BenchRow> {
  const rates = { node: [] as number[], bare: [] as number[] };
  await load(node, request, warmUpRequests);
  await load(bare, request, warmUpRequests);
  for (let round = 0; round < rounds; round += 1) {
    rates.node.push(await load(node, request, requestsPerRound));
    rates.bare.push(await load(bare, request, requestsPerRound));
  }
  const [ours, yardstick] = [median(rates.node), median(rates.bare)];
  const text = (rate: number) => `${Math.round(rate).toLocaleString('en')} requests per CPU second`;
  return {
    name,
    ours: text(ours),
    yardstick: text(yardstick),
    ratio: ours / yardstick,
    goal: { atLeast: 0.95 },
    note: 'yardstick: bare node:http with the same bytes',
  };
}

/** @returns requests for a second of the server's processor time */
async function load(server: Server, request: string, total: number): Promise<number> {
  const { hostname, port } = new URL(server.url);
  const sockets = await Promise.all(
    Array.from({ length: connections }, async () => {
      const socket = connect(Number(port), hostname).setNoDelay();
      await once(socket, 'connect');
      return socket;
    }),
  );
  const [first] = sockets;
  if (!first) throw new Error('no connection');
  const answerBytes = await measureAnswer(first, request);
  const before = await server.usedMicros();
  await Promise.all(
    sockets.map((socket) => drive(socket, { request, answerBytes, count: total / connections })),
  );
  const usedMicros = (await server.usedMicros()) - before;
  for (const socket of sockets) socket.destroy();
  return (total / usedMicros) * 1e6;
}

/** Length of one whole answer, head and body; every other answer to the same request is as long. */
async function measureAnswer(socket: Socket, request: string): Promise<number> {
  socket.write(request);
  let answer = Buffer.alloc(0);
  for (;;) {
    const [chunk] = (await once(socket, 'data')) as [Buffer];
    answer = Buffer.concat([answer, chunk]);
    const headBytes = answer.indexOf('\r\n\r\n') + 4;
    if (headBytes < 4) continue;
    const length = /content-length: (\d+)/i.exec(answer.toString('latin1', 0, headBytes))?.[1] ?? '0';
    if (answer.length === headBytes + Number(length)) return answer.length;
  }
}

/** One request after the other on a kept connection; answers are counted by their bytes alone. */
function drive(
  socket: Socket,
  { request, answerBytes, count }: { request: string; answerBytes: number; count: number },
): Promise<void> {
  return new Promise((resolve, reject) => {
    let received = 0;
    let sent = 1;
    socket.on('error', reject);
    socket.on('data', (chunk: Buffer) => {
      received += chunk.length;
      if (received < sent * answerBytes) return;
      if (sent >= count) return resolve();
      sent += 1;
      socket.write(request);
    });
    socket.write(request);
  });
}

function requestText(headers = ''): string {
  return `GET ${path} HTTP/1.1\r\nHost: bench\r\nAccept: application/jwk-set+json\r\n${headers}\r\n`;
}

async function startServer(order: ServerOrder, servers: BenchProcess[]): Promise<Server> {
  const server = startBenchProcess(new URL('./jwk-set-servers.ts', import.meta.url));
  servers.push(server);
  const url = await server.ask<string>(order);
  return { url, usedMicros: () => server.ask<number>({}) };
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

/** A data directory as a node leaves it, with this many RSA keys. */
async function prepareNode(dataDir: string, keys: number): Promise<void> {
  await mkdir(dataDir, { recursive: true });
  const key = await loadOrCreateKeyFile(join(dataDir, 'node.key'), { mayCreate: true });
  const copy = new SealedLog({ dataDir, key, log: silent });
  const transaction = await copy.begin({ reset: true, environmentId: randomUUID() });
  let digest = emptyDigest;
  for (let index = 1; index <= keys; index += 1) {
    const put = rsaJwk(`key-${index}`);
    digest = addDigest(digest, contentDigest(put));
    await transaction.put({ revision: index, put }, holdObject(put));
  }
  await transaction.commit({ environmentName: 'bench', revision: keys, digest: digest.toString('hex') });
  await copy.close();
}

function rsaJwk(name: string): DeployedJwk {
  const jwk = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' });
  const members = { ...jwk, kid: name, use: 'sig', alg: 'RS256' };
  return {
    kind: 'jwk',
    id: randomUUID(),
    project: 'Bench',
    name,
    jwk: members,
    notBefore: null,
    expires: null,
  };
}
