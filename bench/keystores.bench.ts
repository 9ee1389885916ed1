// Opening a keystore and every key in it, in the thread that the manager uses, beside openssl pkcs12 and
// keytool -list on the same file: in turns, medians by the clock. The times include the start of the programs, as they
// do for their users. Needs openssl 3 and a JDK from 17 on.

import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { KeystoreType } from '../src/formats/keystore.ts';
import { createKeystoreOpener, type KeystoreOpener } from '../src/keystore-worker/keystore-opener.ts';
import type { BenchRow } from './bench-row.ts';

const execute = promisify(execFile);
const password = 'changeit';
const maker = join(import.meta.dirname, '../test/formats/fixtures/MakeKeystores.java');
const rounds = 9;

interface Subject {
  readonly name: string;
  readonly file: string;
  readonly type: KeystoreType;
  readonly keys: number;
}

export async function run(): Promise<BenchRow[]> {
  const folder = await mkdtemp(join(tmpdir(), 'keyplane-bench-'));
  const opener = createKeystoreOpener({ timeoutMs: 120_000 });
  try {
    const rows: BenchRow[] = [];
    for (const subject of await makeSubjects(folder)) rows.push(...(await measure(subject, opener)));
    return rows;
  } finally {
    await opener.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function makeSubjects(folder: string): Promise<Subject[]> {
  const at = (name: string) => join(folder, name);
  const source = at('source.p12');
  const common = ['-storetype', 'PKCS12', '-storepass', password, '-alias', 'bench', '-dname', 'CN=bench'];
  await execute('keytool', [
    '-genkeypair',
    '-keystore',
    source,
    '-keyalg',
    'RSA',
    '-keysize',
    '2048',
    ...common,
  ]);
  const subjects: Subject[] = [];
  for (const keys of [1, 100]) {
    const repeat = (type: string, file: string) => [maker, 'repeat', source, password, type, `${keys}`, file];
    const [modern, legacy, jks] = [
      at(`modern-${keys}.p12`),
      at(`legacy-${keys}.p12`),
      at(`store-${keys}.jks`),
    ];
    await execute('java', repeat('PKCS12', modern));
    await execute('java', ['-Dkeystore.pkcs12.legacy=true', ...repeat('PKCS12', legacy)]);
    await execute('java', repeat('JKS', jks));
    subjects.push(
      { name: 'PKCS#12 of Java 17', file: modern, type: 'PKCS12', keys },
      { name: 'PKCS#12 of Java, legacy', file: legacy, type: 'PKCS12', keys },
      { name: 'JKS', file: jks, type: 'JKS', keys },
    );
  }
  const openssl = at('openssl.p12');
  const pem = at('source.pem');
  await execute('openssl', ['pkcs12', '-in', source, '-passin', `pass:${password}`, '-nodes', '-out', pem]);
  await execute('openssl', [
    'pkcs12',
    '-export',
    '-in',
    pem,
    '-out',
    openssl,
    '-passout',
    `pass:${password}`,
  ]);
  return [...subjects, { name: 'PKCS#12 of OpenSSL 3', file: openssl, type: 'PKCS12', keys: 1 }];
}

async function measure(subject: Subject, opener: KeystoreOpener): Promise<BenchRow[]> {
  const { name, file, type, keys } = subject;
  const bytes = await readFile(file);
  const programs = [
    ...(type === 'PKCS12' ? [{ program: 'openssl pkcs12', open: () => openWithOpenssl(file) }] : []),
    {
      program: 'keytool -list',
      open: () => execute('keytool', ['-list', '-keystore', file, '-storepass', password]),
    },
  ];
  const ours: number[] = [];
  const theirs = programs.map((): number[] => []);
  for (let round = 0; round < rounds; round++) {
    const inspected = await milliseconds(() => opener.inspect({ file: bytes, password, type }));
    ours.push(inspected);
    for (const [index, { open }] of programs.entries()) theirs[index]?.push(await milliseconds(open));
  }
  const own = median(ours);
  return programs.map(({ program }, index) => {
    const yardstick = median(theirs[index] ?? []);
    return {
      name: `open ${name}, ${keys} RSA ${keys === 1 ? 'key' : 'keys'}`,
      ours: `${own.toFixed(1)} ms`,
      yardstick: `${yardstick.toFixed(1)} ms (${program})`,
      ratio: own / yardstick,
      note: program === 'keytool -list' ? 'below 1 is better; keytool opens no key' : 'below 1 is better',
    };
  });
}

function openWithOpenssl(file: string): Promise<unknown> {
  const args = [
    'pkcs12',
    '-legacy',
    '-in',
    file,
    '-passin',
    `pass:${password}`,
    '-nodes',
    '-out',
    '/dev/null',
  ];
  return execute('openssl', args);
}

async function milliseconds(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

function median(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? Number.NaN;
}
