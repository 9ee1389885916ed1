// Generate JWK over HTTP, answered when it is stored and deployed, beside `openssl genpkey` in the same run: in turns,
// medians by the clock. RSA times differ a hundredfold from key to key, so its medians are of more rounds and still
// rough. The times include the start of the openssl program, as they do for its users. Its version may differ from that
// in Node: 3.0 searches primes more slowly than 3.5, which is not due to keyplane. Then what generating RSA keys
// without end adds to how long /healthz takes.

import { execFile } from 'node:child_process';
import process from 'node:process';
import { promisify } from 'node:util';
import { type Api, startTestManager, type TestManager } from '../test/support/manager.ts';
import type { BenchRow } from './bench-row.ts';

const execute = promisify(execFile);

interface Subject {
  readonly name: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly openssl: readonly string[];
  readonly rounds: number;
}

const genpkey = (algorithm: string, ...options: readonly string[]) => [
  'genpkey',
  '-quiet',
  '-algorithm',
  algorithm,
  ...options.flatMap((option) => ['-pkeyopt', option]),
];
const rsa = (keySize: number, rounds: number): Subject => ({
  name: `RSA ${keySize}`,
  body: { type: 'RSA', rsa: { keySize } },
  openssl: genpkey('RSA', `rsa_keygen_bits:${keySize}`),
  rounds,
});
const ec = (curveType: string, curve: string): Subject => ({
  name: `EC ${curve}`,
  body: { type: 'EC', ec: { curveType } },
  openssl: genpkey('EC', `ec_paramgen_curve:${curve}`),
  rounds: 15,
});
const okp = (curveType: string): Subject => ({
  name: `OKP ${curveType}`,
  body: { type: 'OKP', okp: { curveType } },
  openssl: genpkey(curveType),
  rounds: 15,
});
const subjects: readonly Subject[] = [
  rsa(2048, 21),
  rsa(3072, 15),
  rsa(4096, 11),
  ec('P256', 'P-256'),
  ec('P384', 'P-384'),
  ec('P521', 'P-521'),
  ec('SECP256K1', 'secp256k1'),
  ...['ED25519', 'ED448', 'X25519', 'X448'].map(okp),
  {
    name: 'OCT 512',
    body: { type: 'OCT', oct: { keySize: 512 } },
    openssl: ['rand', '-hex', '64'],
    rounds: 15,
  },
];

const healthSamples = 1_000;
const generatingAtOnce = 4;

export async function run(): Promise<BenchRow[]> {
  const world = await startTestManager();
  try {
    const program = (await execute('openssl', ['version'])).stdout.split(' ')[1] ?? 'unknown';
    const rows: BenchRow[] = [];
    for (const subject of subjects) rows.push(await measure(world.api, subject, program));
    rows.push(...(await measureHealth(world)));
    return rows;
  } finally {
    await world.close();
  }
}

let made = 0;
async function generate(api: Api, body: Subject['body']): Promise<void> {
  made += 1;
  const path = '/apiops/projects/MyProject/jwks/generate';
  const answer = await api('POST', path, { name: `bench-${made}`, ...body });
  if (answer.status !== 200) throw new Error(`not generated: ${JSON.stringify(answer.body)}`);
}

async function measure(
  api: Api,
  { name, body, openssl, rounds }: Subject,
  program: string,
): Promise<BenchRow> {
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let round = 0; round < rounds; round++) {
    ours.push(await milliseconds(() => generate(api, body)));
    theirs.push(await milliseconds(() => execute('openssl', openssl)));
  }
  const [own, yardstick] = [quantile(ours, 0.5), quantile(theirs, 0.5)];
  return {
    name: `generate ${name}, stored`,
    ours: `${own.toFixed(1)} ms`,
    yardstick: `${yardstick.toFixed(1)} ms (openssl ${openssl[0]})`,
    ratio: own / yardstick,
    note: `below 1 is better; Node has OpenSSL ${process.versions.openssl}, the program is ${program}`,
  };
}

/** In one process with its client, so both rows have the client's own time in them. */
async function measureHealth({ url, api }: TestManager): Promise<BenchRow[]> {
  const alone = await healthTimes(url);
  let generating = true;
  const generators = Array.from({ length: generatingAtOnce }, async () => {
    while (generating) await generate(api, { type: 'RSA', rsa: { keySize: 4096 } });
  });
  const beside = await healthTimes(url);
  generating = false;
  await Promise.all(generators);
  return [0.5, 0.99].map((share) => {
    const [own, yardstick] = [quantile(beside, share), quantile(alone, share)];
    return {
      name: `/healthz p${share * 100} beside ${generatingAtOnce} clients generating RSA 4096`,
      ours: `${own.toFixed(2)} ms`,
      yardstick: `${yardstick.toFixed(2)} ms (nothing beside it)`,
      ratio: own / yardstick,
      note: `1 is best; it adds ${(own - yardstick).toFixed(2)} ms`,
    };
  });
}

async function healthTimes(url: string): Promise<number[]> {
  const times: number[] = [];
  for (let sample = 0; sample < healthSamples; sample++) {
    times.push(await milliseconds(async () => (await fetch(`${url}/healthz`)).text()));
  }
  return times;
}

async function milliseconds(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

function quantile(times: readonly number[], share: number): number {
  const sorted = times.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
