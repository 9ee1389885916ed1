// Servers written in Java reload the PKCS#12 keystore of a FILES outlet while the key ring rotates: Tomcat where the program
// asks for it, Spring Boot by itself.

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createPublicKey, type JsonWebKey, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunningNode } from '../../src/node/start-node.ts';
import { es256, noCaches } from '../api/rings/support/ring-api.ts';
import { startTestManager, type TestManager, until } from '../support/manager.ts';
import { findProgram } from '../support/programs.ts';
import { freePorts } from '../system/support/ports.ts';
import { ringDriver } from '../system/support/ring-driver.ts';
import { removeTemporaryFolders, temporaryFolder } from '../system/support/temporary-folder.ts';
import { findLibraries, springBoot, tomcat } from './support/maven-libraries.ts';

const java = findProgram('java');
const javac = findProgram('javac');
const project = '/apiops/projects/MyProject';
const password = 'changeit';
const rotations = 3;
const startTimeoutMs = 120_000;
const testTimeoutMs = 600_000;
const reloadTimeoutMs = 120_000;
/** A server has other work too. */
const handshakePauseMs = 20;

interface JavaServer {
  readonly name: string;
  /** The class with its `main`, beside the libraries. */
  readonly program: string;
  /** Class path; undefined: it is not here. */
  readonly libraries: string | undefined;
  readonly args: (keystore: string, port: number) => readonly string[];
}

const bundle = 'spring.ssl.bundle.jks.billing';
const hasJava = java !== undefined && javac !== undefined;
const servers: readonly JavaServer[] = [
  {
    name: 'Tomcat',
    program: 'TomcatServer',
    libraries: hasJava ? findLibraries(tomcat) : undefined,
    args: (keystore, port) => [keystore, password, String(port)],
  },
  {
    name: 'Spring Boot',
    program: 'SpringServer',
    libraries: hasJava ? findLibraries(springBoot) : undefined,
    args: (keystore, port) => [
      '--server.address=127.0.0.1',
      `--server.port=${port}`,
      '--server.ssl.bundle=billing',
      // How long files must not have changed; by default 10 s.
      '--spring.ssl.bundle.watch.file.quiet-period=1s',
      `--${bundle}.reload-on-update=true`,
      `--${bundle}.keystore.location=file:${keystore}`,
      `--${bundle}.keystore.password=${password}`,
      `--${bundle}.keystore.type=PKCS12`,
    ],
  },
];
for (const { name, libraries } of servers) {
  if (libraries === undefined) {
    console.info(`${name} is not tried here: there is no Java, or it cannot be fetched`);
  }
}

describe.each(servers)('$name', ({ program, libraries, args }) => {
  let world: TestManager;
  let node: RunningNode;
  let folder: string;
  let running: ChildProcess | undefined;
  let port: number;

  beforeAll(async () => {
    if (libraries === undefined) return;
    folder = await temporaryFolder();
    mkdirSync(join(folder, 'outlets'));
    // Before there are connections: it takes seconds, in which this process answers nothing.
    const source = join(import.meta.dirname, 'support', `${program}.java`);
    execFileSync(javac ?? '', ['-cp', libraries, '-d', folder, source]);
    world = await startTestManager({
      environments: ['edge'],
      settings: noCaches,
    });
    node = await world.addNode('edge', 'edge-1', { outletDir: join(folder, 'outlets') });
    port = await freePorts(1);
  });
  afterAll(async () => {
    if (running?.exitCode === null && running.signalCode === null) {
      const ended = once(running, 'exit');
      running.kill('SIGKILL');
      await ended;
    }
    await world?.close();
    await removeTemporaryFolders();
  });

  const log = () => readFileSync(join(folder, 'log'), 'utf8');

  async function made(path: string, body: object): Promise<void> {
    const answer = await world.api('POST', `${project}/${path}/`, body);
    expect([answer.status, answer.body.success], JSON.stringify(answer.body)).toEqual([200, true]);
  }

  /** @throws where the handshake fails */
  function servedCertificate(): Promise<X509Certificate> {
    return new Promise((resolve, reject) => {
      // Whose certificate it is, the test compares itself.
      const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false }, () => {
        resolve(new X509Certificate(socket.getPeerCertificate().raw));
        socket.destroy();
      });
      socket.once('error', reject);
    });
  }

  /** The key of the certificate is that of the ring. */
  async function isServed(kid: string): Promise<boolean> {
    const set = await fetch(`${node.url}/projects/MyProject/.well-known/jwks.json`);
    const { keys } = (await set.json()) as { keys: (JsonWebKey & { kid: string })[] };
    const publicJwk = keys.find((jwk) => jwk.kid === kid) ?? {};
    const key = createPublicKey({ key: publicJwk, format: 'jwk' });
    return (await servedCertificate()).publicKey.equals(key);
  }

  test.skipIf(libraries === undefined)(
    'serves the ACTIVE key of a ring after each rotation, and fails no handshake meanwhile',
    async () => {
      await made('key-rings', {
        name: 'tls',
        ...es256,
        exportable: true,
        rotationInterval: null,
        maxTokenLifetime: 'PT1S',
      });
      await made('outlets', {
        name: 'tls-keystore',
        kind: 'FILES',
        content: 'PKCS12',
        source: { keyRingName: 'tls' },
        target: { path: 'tls/keys.p12', layout: 'RENAME' },
        credential: { password },
      });
      await until(async () => {
        const { body } = await world.api('GET', `${project}/outlets/tls-keystore/`);
        return body.resultList[0].environments[0].state === 'CURRENT';
      }, 'the keystore is delivered');
      const output = openSync(join(folder, 'log'), 'a');
      const keystore = join(folder, 'outlets', 'MyProject', 'tls', 'keys.p12');
      const classPath = `${folder}:${libraries}`;
      const child = spawn(java ?? '', ['-cp', classPath, program, ...args(keystore, port)], {
        stdio: ['pipe', output, output],
      });
      running = child;
      await until(
        () => {
          if (child.exitCode !== null) throw new Error(log());
          return /^ready$/m.test(log());
        },
        'it serves',
        startTimeoutMs,
      );

      let isDone = false;
      const failures: unknown[] = [];
      const handshakes = (async () => {
        let count = 0;
        for (; !isDone; count += 1) {
          await servedCertificate().catch((error) => failures.push(error));
          await sleep(handshakePauseMs);
        }
        return count;
      })();
      const ring = ringDriver({ ask: world.api }, 'tls');
      for (let count = 0; count < rotations; count += 1) {
        const kid = await ring.rotate();
        await until(() => isServed(kid), `it serves ${kid}`, reloadTimeoutMs);
      }
      isDone = true;
      expect(await handshakes).toBeGreaterThan(0);
      expect(failures).toEqual([]);
      expect(log()).not.toMatch(/Exception/);
    },
    testTimeoutMs,
  );
});
