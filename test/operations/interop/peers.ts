// Other implementations of JOSE: `jose` in this process, jwcrypto in one of Python, Nimbus in one of Java. Each answers all cases
// at once.

import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import * as jose from 'jose';
import { type Serialization, serializations } from '../../../src/operations/jws-form.ts';
import { makeFolder } from '../../support/make-folder.ts';
import { findPythonPackages, pythonEnvironment } from '../../support/python-packages.ts';
import type { Cell, PeerAnswer, PeerCase } from './matrix.ts';

export interface Peer {
  readonly name: string;
  /** Those that are exchanged with it. */
  readonly serializations: readonly Serialization[];
  /** What it does not implement; a test sees that it is so. */
  lacks(cell: Pick<Cell, 'alg' | 'crv'>): boolean;
  /** What it reads and does not make; a test sees that it is so. */
  onlyReads?(cell: Pick<Cell, 'alg' | 'serialization'>): boolean;
  /** What answers the cases, or why it is not here. */
  prepare(): Promise<AnswerCases | { readonly whyNot: string }>;
}

export type AnswerCases = (cases: readonly PeerCase[]) => Promise<readonly PeerAnswer[]>;

/** Without a network Maven could wait for long. */
const fetchTimeoutMs = 300_000;
const joseLacks = ['RSA1_5', 'ES256K', 'Ed448'];
const jwcryptoLacks = ['RSA-OAEP-384', 'RSA-OAEP-512'];

export const peers: readonly Peer[] = [
  {
    name: 'jose',
    serializations,
    lacks: ({ alg, crv }) =>
      joseLacks.includes(alg) || alg.startsWith('ECDH-1PU') || crv === 'X448' || crv === 'Ed448',
    prepare: async () => (cases) => Promise.all(cases.map(joseAnswer)),
  },
  {
    name: 'jwcrypto',
    serializations,
    lacks: ({ alg }) => jwcryptoLacks.includes(alg) || alg.startsWith('ECDH-1PU'),
    // It makes GENERAL for two recipients or more, and these algorithms have one.
    onlyReads: ({ alg, serialization }) =>
      serialization === 'GENERAL' && (alg === 'dir' || alg === 'ECDH-ES'),
    prepare: async () => {
      const packages = findPythonPackages({
        // It has ML-DSA where its `cryptography` has it.
        imports: 'from jwcrypto.jwk import ImplementedAKPAlgorithms as sets; assert len(sets) == 3',
        requirements: ['jwcrypto==1.6.1'],
      });
      if (packages === undefined) return { whyNot: 'there is no Python that has jwcrypto or can fetch it' };
      return async (cases) => {
        const program = join(import.meta.dirname, 'jwcrypto-peer.py');
        const env = pythonEnvironment(packages);
        return JSON.parse(await output('python3', [program], { input: JSON.stringify(cases), env }));
      };
    },
  },
  {
    name: 'Nimbus',
    serializations: ['COMPACT'],
    lacks: ({ alg, crv }) => alg === 'Ed448' || alg.startsWith('ML-DSA') || crv === 'Ed448' || crv === 'X448',
    prepare: prepareNimbus,
  },
];

async function joseAnswer(asked: PeerCase): Promise<PeerAnswer> {
  try {
    return { text: await joseText(asked) };
  } catch (error) {
    return { error: String(error) };
  }
}

async function joseText(asked: PeerCase): Promise<string> {
  const { operation, alg, enc = '', serialization, jwk, text } = asked;
  const key = await jose.importJWK(jwk, alg);
  const kid = jwk.kid ?? '';
  const octets = new TextEncoder().encode(text);
  switch (operation) {
    case 'sign':
      return joseJws(serialization, { octets, header: { alg, kid }, key });
    case 'verify':
      return textOf(await joseVerified(asked, key));
    case 'encrypt':
      return joseJwe(serialization, { octets, header: { alg, enc, kid }, key });
    case 'decrypt':
      return textOf(await joseDecrypted(asked, key));
    default:
      return operation satisfies never;
  }
}

type JoseKey = Awaited<ReturnType<typeof jose.importJWK>>;

async function joseJws(
  serialization: Serialization,
  { octets, header, key }: { octets: Uint8Array; header: { alg: string; kid: string }; key: JoseKey },
): Promise<string> {
  switch (serialization) {
    case 'COMPACT':
      return new jose.CompactSign(octets).setProtectedHeader(header).sign(key);
    case 'FLATTENED':
      return JSON.stringify(await new jose.FlattenedSign(octets).setProtectedHeader(header).sign(key));
    case 'GENERAL': {
      const made = new jose.GeneralSign(octets);
      made.addSignature(key).setProtectedHeader(header);
      return JSON.stringify(await made.sign());
    }
    default:
      return serialization satisfies never;
  }
}

async function joseVerified({ alg, serialization, text }: PeerCase, key: JoseKey): Promise<Uint8Array> {
  const options = { algorithms: [alg] };
  switch (serialization) {
    case 'COMPACT':
      return (await jose.compactVerify(text, key, options)).payload;
    case 'FLATTENED':
      return (await jose.flattenedVerify(JSON.parse(text), key, options)).payload;
    case 'GENERAL':
      return (await jose.generalVerify(JSON.parse(text), key, options)).payload;
    default:
      return serialization satisfies never;
  }
}

async function joseJwe(
  serialization: Serialization,
  {
    octets,
    header: { alg, enc, kid },
    key,
  }: { octets: Uint8Array; header: { alg: string; enc: string; kid: string }; key: JoseKey },
): Promise<string> {
  switch (serialization) {
    case 'COMPACT':
      return new jose.CompactEncrypt(octets).setProtectedHeader({ alg, enc, kid }).encrypt(key);
    case 'FLATTENED': {
      const made = new jose.FlattenedEncrypt(octets).setProtectedHeader({ alg, enc });
      return JSON.stringify(await made.setUnprotectedHeader({ kid }).encrypt(key));
    }
    case 'GENERAL': {
      const made = new jose.GeneralEncrypt(octets).setProtectedHeader({ enc });
      made.addRecipient(key).setUnprotectedHeader({ alg, kid });
      return JSON.stringify(await made.encrypt());
    }
    default:
      return serialization satisfies never;
  }
}

async function joseDecrypted(
  { alg, enc = '', serialization, text }: PeerCase,
  key: JoseKey,
): Promise<Uint8Array> {
  const options = { keyManagementAlgorithms: [alg], contentEncryptionAlgorithms: [enc] };
  switch (serialization) {
    case 'COMPACT':
      return (await jose.compactDecrypt(text, key, options)).plaintext;
    case 'FLATTENED':
      return (await jose.flattenedDecrypt(JSON.parse(text), key, options)).plaintext;
    case 'GENERAL':
      return (await jose.generalDecrypt(JSON.parse(text), key, options)).plaintext;
    default:
      return serialization satisfies never;
  }
}

function textOf(octets: Uint8Array): string {
  return new TextDecoder().decode(octets);
}

/** The classes are compiled once for a machine, with the jars that Maven fetches. */
async function prepareNimbus(): Promise<AnswerCases | { readonly whyNot: string }> {
  const source = join(import.meta.dirname, 'nimbus');
  const hash = createHash('sha256');
  for (const file of ['pom.xml', 'NimbusPeer.java']) hash.update(readFileSync(join(source, file)));
  const { XDG_CACHE_HOME = join(homedir(), '.cache') } = process.env;
  const cache = join(XDG_CACHE_HOME, 'keyplane-tests');
  const kept = join(cache, `nimbus-${hash.digest('hex').slice(0, 16)}`);
  const classPath = (folder: string) => `${folder}:${join(folder, '*')}`;
  if (!existsSync(kept)) {
    makeFolder(cache);
    const folder = mkdtempSync(join(cache, 'fetched-'));
    try {
      const target = join(folder, 'target');
      const copy = ['-q', '-B', '-f', source, 'dependency:copy-dependencies', `-DoutputDirectory=${target}`];
      try {
        await output('mvn', copy, { timeout: fetchTimeoutMs });
      } catch (error) {
        return { whyNot: `Maven does not fetch it: ${error}` };
      }
      await output('javac', ['-d', target, '-cp', classPath(target), join(source, 'NimbusPeer.java')]);
      if (!existsSync(kept)) renameSync(target, kept);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  return async (cases) => {
    const input = JSON.stringify({ cases });
    return JSON.parse(
      await output('java', ['-Dfile.encoding=UTF-8', '-cp', classPath(kept), 'NimbusPeer'], { input }),
    ).answers;
  };
}

interface OutputOptions {
  readonly input?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly timeout?: number;
}

/** @throws Error where it cannot be started, or fails */
function output(
  command: string,
  args: readonly string[],
  { input = '', env = process.env, timeout }: OutputOptions = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { env, stdio: 'pipe', timeout });
    let text = '';
    let errors = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      errors += chunk;
    });
    child.once('error', reject);
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
    child.once('close', (status) => {
      if (status === 0) resolve(text);
      else reject(new Error(`${command} ended with ${status}: ${errors || text}`));
    });
  });
}
