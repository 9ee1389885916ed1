// What a person waits for: the command line's `--help`, a list of 100 JWKs and the check of a key, each a process from
// its start to its end, beside `curl` that fetches the same list and beside a Node.js that does nothing.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { childEnvironment } from '../src/config.ts';
import { newId } from '../src/new-id.ts';
import { startTestManager, type TestManager } from '../test/support/manager.ts';
import { median } from './bench-manager.ts';
import type { BenchRow } from './bench-row.ts';

const listed = 100;
const rounds = 21;
const mainFile = fileURLToPath(new URL('../scripts/keyplane.mjs', import.meta.url));
const path = '/apiops/projects/MyProject/jwks/';

interface Contestant {
  readonly command: string;
  readonly args: readonly string[];
}

export async function run(): Promise<BenchRow[]> {
  const world = await startTestManager();
  const folder = await mkdtemp(join(tmpdir(), 'keyplane-bench-'));
  try {
    await fill(world);
    const key = join(folder, 'key.json');
    await writeFile(key, JSON.stringify(await someKey()));
    return await measure(world, key);
  } finally {
    await world.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function measure(world: TestManager, key: string): Promise<BenchRow[]> {
  const cli = (...args: string[]): Contestant => ({ command: process.execPath, args: [mainFile, ...args] });
  const header = `Authorization: Bearer ${world.api.token}`;
  const contestants = {
    help: cli('--help'),
    list: cli('jwk', 'list', '--project', 'MyProject'),
    json: cli('jwk', 'list', '--project', 'MyProject', '--json'),
    lint: cli('lint', key),
    bare: { command: process.execPath, args: ['--eval', '0'] },
    curl: { command: 'curl', args: ['-sSf', '-H', header, world.url + path] },
  } as const satisfies Record<string, Contestant>;
  const env = childEnvironment({ KEYPLANE_URL: world.url, KEYPLANE_TOKEN: world.api.token });
  const times = new Map<string, number[]>();
  // The first round fills the cache of compiled modules, as the installation does.
  for (let round = 0; round <= rounds; round++) {
    for (const [name, contestant] of Object.entries(contestants)) {
      const ms = await milliseconds(contestant, env);
      if (round > 0) times.set(name, [...(times.get(name) ?? []), ms]);
    }
  }
  const of = (name: keyof typeof contestants) => median(times.get(name) ?? []);
  const row = (name: string, own: keyof typeof contestants, yardstick: 'bare' | 'curl'): BenchRow => ({
    name,
    ours: `${of(own).toFixed(0)} ms`,
    yardstick: `${of(yardstick).toFixed(0)} ms (${yardstick === 'bare' ? 'node that does nothing' : 'curl'})`,
    ratio: of(own) / of(yardstick),
    note: 'whole processes; nearer to 1 is better',
  });
  return [
    row('keyplane --help', 'help', 'bare'),
    row(`keyplane jwk list of ${listed}`, 'list', 'curl'),
    row(`keyplane jwk list of ${listed}, beside node`, 'list', 'bare'),
    row(`keyplane jwk list --json of ${listed}`, 'json', 'curl'),
    row('keyplane lint of an RSA 2048 key', 'lint', 'bare'),
  ];
}

/** One is made as any other; the rest are its row again, for making them is not what is measured. */
async function fill({ api, manager }: TestManager): Promise<void> {
  await api('POST', `${path}generate`, { name: 'key-0', type: 'EC', ec: { curveType: 'P256' } });
  await manager.services.store.write(async (stores) => {
    const owner = await stores.projects.find('MyProject');
    const made = await stores.jwks.find(owner?.id ?? '', 'key-0');
    if (!made) throw new Error('the first JWK is not there');
    for (let index = 1; index < listed; index++) {
      await stores.jwks.insert({ ...made, id: newId(), name: `key-${index}` });
    }
  });
}

async function someKey(): Promise<object> {
  const algorithm = { name: 'RSASSA-PKCS1-v1_5', modulusLength: 2048, hash: 'SHA-256' };
  const exponent = { publicExponent: new Uint8Array([1, 0, 1]) };
  const { privateKey } = await crypto.subtle.generateKey({ ...algorithm, ...exponent }, true, ['sign']);
  const { kty, n, e, d, p, q, dp, dq, qi } = await crypto.subtle.exportKey('jwk', privateKey);
  return { kty, n, e, d, p, q, dp, dq, qi, alg: 'RS256', kid: 'bench' };
}

async function milliseconds({ command, args }: Contestant, env: NodeJS.ProcessEnv): Promise<number> {
  const start = performance.now();
  const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  let bytes = 0;
  child.stdout.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
  });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${code}`);
  if (bytes === 0 && args.length > 2) throw new Error(`${command} ${args.join(' ')} printed nothing`);
  return performance.now() - start;
}
