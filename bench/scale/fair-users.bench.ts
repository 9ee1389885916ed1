// One user sends a hundred requests for each expensive resource, and always has a hundred under way, while another user
// asks for the same. What the other user waits then is compared with what it waits on a quiet manager.

import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { authenticatedSafe, emptyMac, pfx } from '../../test/formats/pkcs12-writer.ts';
import { type BenchManager, startBenchManager } from '../bench-manager.ts';
import { startBenchProcess } from '../bench-process.ts';
import type { BenchRow } from '../bench-row.ts';
import type { Counts, Hostility } from './hostile-user.ts';

const hostileRequests = 100;
const rounds = 100;
const project = '/apiops/projects/Bench';
const slowAnswerMs = 20;

interface Resource {
  readonly name: string;
  readonly path: string;
  body(name: string): unknown;
  /** Of the other user, where it asks for less. */
  ownBody?(name: string): unknown;
}

export async function run(): Promise<BenchRow[]> {
  const server = createServer((request, response) => {
    if (request.url === '/large')
      return response.writeHead(200, { 'content-encoding': 'gzip' }).end(expanding);
    setTimeout(() => response.end(ecKey), slowAnswerMs);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const manager = await startBenchManager(4, { settings: { KEYPLANE_URL_ALLOW: '127.0.0.1' } });
  try {
    const rows: BenchRow[] = [];
    for (const resource of resources(origin)) rows.push(await measure(manager, resource));
    rows.push(await memoryOfFetches(manager, origin));
    return rows;
  } finally {
    await manager.close();
    server.close();
    server.closeAllConnections();
  }
}

const ecKey = JSON.stringify(
  generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' }),
);
/** 10 MiB of one string, in 10 KB. */
const expanding = gzipSync(`{"keys":["${'a'.repeat(10 * 1024 * 1024 - 64)}"]}`);

function resources(origin: string): readonly Resource[] {
  const set = (keys: number) => {
    const pairs = Array.from({ length: keys }, (_, number) => {
      const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-521' });
      return { ...privateKey.export({ format: 'jwk' }), kid: `key-${number}` };
    });
    return JSON.stringify({ keys: pairs });
  };
  const [largeSet, smallSet] = [set(100), set(1)];
  const keystore = (iterations: number) => ({
    file: pfx(authenticatedSafe([]), emptyMac(iterations)).toString('base64'),
    password: 'no',
  });
  return [
    {
      name: 'source URLs',
      path: `${project}/jwks/`,
      body: (name) => ({ name, sourceType: 'URL', url: `${origin}/${name}` }),
    },
    {
      name: 'keystores',
      path: `${project}/keystores/inspect`,
      body: () => keystore(1_000_000),
      ownBody: () => keystore(100_000),
    },
    {
      name: 'RSA keys',
      path: `${project}/jwks/generate`,
      body: (name) => ({ name, type: 'RSA', rsa: { keySize: 4096 } }),
      ownBody: (name) => ({ name, type: 'RSA', rsa: { keySize: 2048 } }),
    },
    {
      name: 'inspections',
      path: `${project}/jwks/inspect/`,
      body: () => ({ sourceType: 'COPY_PASTE', jwkStr: largeSet }),
      ownBody: () => ({ sourceType: 'COPY_PASTE', jwkStr: smallSet }),
    },
    {
      name: 'pasted sets of 100 keys',
      path: `${project}/jwks/`,
      body: (name) => ({ name, sourceType: 'COPY_PASTE', jwkStr: largeSet, kid: 'key-99' }),
      ownBody: (name) => ({ name, sourceType: 'COPY_PASTE', jwkStr: smallSet, kid: 'key-0' }),
    },
  ];
}

let names = 0;

async function measure(manager: BenchManager, resource: Resource): Promise<BenchRow> {
  const { path, body, ownBody = body } = resource;
  // A keystore with a wrong password is answered 400, as intended.
  const ask = (request: unknown) =>
    manager.post(path, request).catch((error: Error) => {
      if (!error.message.includes('answered 400')) throw error;
    });
  const own = async () => {
    const times: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const startMs = performance.now();
      await ask(ownBody(`own-${++names}`));
      times.push(performance.now() - startMs);
    }
    return percentile99(times);
  };
  await own();
  const quiet = await own();
  const flood = await startFlood(manager, path, body);
  const busy = await own();
  const answered = await flood.end();
  return {
    name: `p99 of another user beside 100 requests of one: ${resource.name}`,
    ours: `${busy.toFixed(0)} ms`,
    yardstick: `${quiet.toFixed(0)} ms (quiet)`,
    ratio: busy / quiet,
    goal: { atMost: 3 },
    note: `${answered} of the hostile user answered meanwhile`,
  };
}

/** A second administrator, who always has the given number of requests in progress. */
async function startFlood(manager: BenchManager, path: string, body: Resource['body']) {
  const hostile = startBenchProcess(new URL('hostile-user.ts', import.meta.url));
  const prefix = `hostile-${++names}`;
  await hostile.ask<Counts>({
    url: manager.url,
    path,
    token: await manager.tokenOf(prefix),
    body: JSON.stringify(body('{name}')),
    underWay: hostileRequests,
    prefix,
  } satisfies Hostility);
  const count = () => hostile.ask<Counts>('count');
  return {
    count,
    async end() {
      const { answered } = await count();
      await hostile.end();
      return answered;
    },
  };
}

/** 1,000 requests whose answers of 10 KB expand to 10 MiB, against the 200 MB that they may cost. */
async function memoryOfFetches(manager: BenchManager, origin: string): Promise<BenchRow> {
  const before = await manager.ask<number>('memory');
  const flood = await startFlood(manager, `${project}/jwks/`, (name) => {
    return { name, sourceType: 'URL', url: `${origin}/large`, urlOptionSizeLimit: 10 * 1024 * 1024 };
  });
  let most = before;
  while ((await flood.count()).sent < 1_000) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    most = Math.max(most, await manager.ask<number>('memory'));
  }
  await flood.end();
  const added = (most - before) / 1e6;
  return {
    name: 'resident memory that 1,000 URLs of 10 KB add, which expand to 10 MiB',
    ours: `${added.toFixed(0)} MB`,
    yardstick: '200 MB',
    ratio: added / 200,
    goal: { atMost: 1 },
  };
}

function percentile99(times: readonly number[]): number {
  const sorted = times.toSorted((a, b) => a - b);
  return sorted[Math.ceil(sorted.length * 0.99) - 1] ?? Number.NaN;
}
