// How long the manager's event loop is held while heavy requests are under way: private RSA keys that are checked,
// keystores whose password costs many iterations, passwords that are hashed. The limit is 50 ms.

import { execFile } from 'node:child_process';
import { generateKeyPair, type JsonWebKey, randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type BenchManager, onClients, startBenchManager } from './bench-manager.ts';
import type { BenchRow } from './bench-row.ts';

const limitMs = 50;
const clients = 4;
const measureMs = 4_000;
const environmentName = 'bench';

export async function run(): Promise<BenchRow[]> {
  const manager = await startBenchManager(clients);
  try {
    await manager.post('/apiops/environments/', {
      name: environmentName,
      type: 'TEST',
      environmentSet: true,
    });
    const rows: BenchRow[] = [await measure(manager, 'nothing', async () => pause(20))];
    for (const bits of [2048, 4096, 8192]) rows.push(await importRsa(manager, bits));
    for (const [iterations, legacy] of [
      [1_000_000, true],
      [4_000_000, false],
    ] as const) {
      rows.push(await openKeystores(manager, iterations, legacy));
    }
    rows.push(await hashPasswords(manager));
    return rows;
  } finally {
    await manager.close();
  }
}

/** Keeps all clients busy with the same work for a while. */
async function measure(manager: BenchManager, name: string, work: () => Promise<unknown>): Promise<BenchRow> {
  await work();
  await manager.loopDelay();
  const until = performance.now() + measureMs;
  let done = 0;
  const one = async () => {
    while (performance.now() < until) {
      await work();
      done += 1;
    }
  };
  await onClients(
    clients,
    Array.from({ length: clients }, () => one),
  );
  const { p50, p99, max } = await manager.loopDelay();
  const ms = (value: number) => value.toFixed(1);
  return {
    name: `Event loop while ${clients} clients: ${name}`,
    ours: `p99 ${ms(p99)} ms`,
    yardstick: `${limitMs} ms`,
    ratio: p99 / limitMs,
    note: `p50 ${ms(p50)} ms, max ${ms(max)} ms, ${done} done; lower is better, 1 is the limit`,
  };
}

let made = 0;
const nextName = () => {
  made += 1;
  return `made-${made}`;
};

async function importRsa(manager: BenchManager, bits: number): Promise<BenchRow> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: bits });
  const jwk: JsonWebKey = privateKey.export({ format: 'jwk' });
  return measure(manager, `private RSA ${bits} pasted`, () =>
    manager.post('/apiops/projects/Bench/jwks/', {
      name: nextName(),
      sourceType: 'COPY_PASTE',
      jwkStr: JSON.stringify(jwk),
    }),
  );
}

async function openKeystores(manager: BenchManager, iterations: number, legacy: boolean): Promise<BenchRow> {
  const password = randomBytes(12).toString('base64url');
  const file = await pkcs12(password, iterations, legacy);
  const kind = legacy ? '3DES (PKCS#12 derivation)' : 'PBES2';
  return measure(manager, `keystores of ${iterations.toLocaleString('en')} iterations, ${kind}`, () =>
    manager.post('/apiops/projects/Bench/keystores/', {
      name: nextName(),
      keyStoreEnvironmentList: [
        { environmentName, file: file.toString('base64'), password, keyStoreType: 'PKCS12' },
      ],
    }),
  );
}

/** As `openssl pkcs12 -export -iter` writes it; key and certificates share the iterations among them. */
async function pkcs12(password: string, iterations: number, legacy: boolean): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), 'keyplane-bench-'));
  try {
    const { privateKey } = await promisify(generateKeyPair)('ec', { namedCurve: 'P-256' });
    const key = join(folder, 'key.pem');
    const out = join(folder, 'store.p12');
    await writeFile(key, privateKey.export({ type: 'pkcs8', format: 'pem' }));
    const iter = ['-iter', String(Math.floor(iterations / 3)), '-maciter'];
    const alone = ['pkcs12', '-export', '-nocerts', '-inkey', key, '-out', out, '-name', 'key'];
    const closing = ['-passout', `pass:${password}`, ...iter, ...(legacy ? ['-legacy'] : [])];
    await promisify(execFile)('openssl', [...alone, ...closing]);
    return await readFile(out);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function hashPasswords(manager: BenchManager): Promise<BenchRow> {
  return measure(manager, 'passwords of new users', () =>
    manager.post('/apiops/users/', { username: nextName(), password: randomBytes(12).toString('base64url') }),
  );
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
