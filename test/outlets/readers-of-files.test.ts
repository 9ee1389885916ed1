// Programs that read the files of FILES outlets while they change, with the files of docs/outlets/.

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect, type PeerCertificate } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { es256, noCaches } from '../api/rings/support/ring-api.ts';
import { CertificateFolder, type Issued, privateJwkOf } from '../support/issued-certificates.ts';
import { startTestManager, type TestManager, until } from '../support/manager.ts';
import { findProgram } from '../support/programs.ts';
import { freePorts } from '../system/support/ports.ts';
import { activeOf, ringDriver } from '../system/support/ring-driver.ts';
import { removeTemporaryFolders, temporaryFolder } from '../system/support/temporary-folder.ts';
import { documentedFile } from './support/running-envoy.ts';

const nginx = findProgram('nginx');
const haproxy = findProgram('haproxy');
const javac = findProgram('javac');
const java = findProgram('java');

const project = '/apiops/projects/MyProject';
const certificates = new CertificateFolder();
let world: TestManager;
let folder: string;
let running: ChildProcess | undefined;

beforeAll(async () => {
  folder = await temporaryFolder();
  for (const name of ['outlets', 'tmp']) mkdirSync(join(folder, name));
  world = await startTestManager({
    environments: ['edge'],
    settings: noCaches,
  });
  await world.addNode('edge', 'edge-1', { outletDir: join(folder, 'outlets') });
});
afterEach(async () => {
  if (running?.exitCode === null && running.signalCode === null) {
    const ended = once(running, 'exit');
    running.kill('SIGTERM');
    await ended;
  }
  running = undefined;
});
afterAll(async () => {
  await world?.close();
  certificates.remove();
  await removeTemporaryFolders();
});

async function request(method: string, path: string, body: unknown): Promise<void> {
  const answer = await world.api(method, `${project}/${path}/`, body);
  if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
}

async function delivered(outletName: string): Promise<void> {
  await until(async () => {
    const { body } = await world.api('GET', `${project}/outlets/${outletName}/`);
    return body.resultList[0].environments.every(({ state }: { state: string }) => state === 'CURRENT');
  }, `outlet ${outletName} is delivered`);
}

/** A private key with its certificate, as source COPY_PASTE takes it. */
function jwkOf(certificate: Issued, kid: string): { sourceType: string; jwkStr: string } {
  const jwk = { ...privateJwkOf(certificate), kid, x5c: [certificate.x5c] };
  return { sourceType: 'COPY_PASTE', jwkStr: JSON.stringify(jwk) };
}

function start(program: string, args: readonly string[]): ChildProcess {
  const log = openSync(join(folder, 'log'), 'a');
  running = spawn(program, args, { cwd: folder, stdio: ['pipe', log, log] });
  return running;
}

/** Undefined while nothing listens. */
function certificateAt(port: number): Promise<PeerCertificate | undefined> {
  return new Promise((resolve) => {
    // Whose certificate it is, the test compares itself.
    const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false }, () => {
      resolve(socket.getPeerCertificate());
      socket.destroy();
    });
    socket.once('error', () => resolve(undefined));
  });
}

async function presents(port: number, certificate: Issued): Promise<void> {
  await until(async () => {
    if (running?.exitCode !== null)
      throw new Error(`it has ended: ${readFileSync(join(folder, 'log'), 'utf8')}`);
    return (await certificateAt(port))?.raw.equals(certificate.der) === true;
  }, 'the certificate is presented');
}

describe.each([
  { name: 'nginx', program: nginx, page: 'docs/outlets/nginx.md', file: 'nginx.conf', signal: 'SIGHUP' },
  {
    name: 'haproxy',
    program: haproxy,
    page: 'docs/outlets/haproxy.md',
    file: 'haproxy.cfg',
    signal: 'SIGUSR2',
  },
])('$name', ({ name, program, page, file, signal }) => {
  test.skipIf(program === undefined)('presents the new certificate after a change of the JWK', async () => {
    const [first, second] = ['first', 'second'].map((subject) => certificates.issue({ subject }));
    if (!first || !second) throw new Error('two certificates');
    const jwkName = `${name}-tls`;
    await request('POST', 'jwks', { name: jwkName, ...jwkOf(first, `${name}-1`) });
    await request('POST', 'outlets', {
      name: jwkName,
      kind: 'FILES',
      content: 'PEM_PRIVATE',
      source: { jwkName },
      target: { path: `${name}/tls`, layout: 'RENAME' },
    });
    await delivered(jwkName);
    const port = await freePorts(1);
    writeFileSync(join(folder, file), documentedFile(page, file).replace('8443', String(port)));
    const args =
      name === 'nginx' ? ['-p', folder, '-e', 'stderr', '-c', join(folder, file)] : ['-W', '-f', file];
    start(program ?? '', args);
    await presents(port, first);
    const afterChange = { signal, pidFile: `${name}/${name}.pid` };
    const target = { path: `${name}/tls`, layout: 'RENAME', afterChange };
    await request('PUT', `outlets/${jwkName}`, {
      kind: 'FILES',
      content: 'PEM_PRIVATE',
      source: { jwkName },
      target,
    });
    await delivered(jwkName);

    await request('PUT', `jwks/${jwkName}`, jwkOf(second, `${name}-2`));
    await presents(port, second);
  });
});

/** Uses the class of the page, and beside it opens the whole keystore again and again. */
const loop = `
import java.io.FileInputStream;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Signature;

public class Loop {
    public static void main(String[] args) throws Exception {
        var password = args[1].toCharArray();
        var keys = new Keys(Path.of(args[0]), password);
        var last = "";
        long loads = 0;
        while (System.in.available() == 0) {
            var signature = Signature.getInstance("SHA256withECDSA");
            signature.initSign((PrivateKey) keys.current());
            signature.update((byte) 1);
            signature.sign();
            if (!keys.alias().equals(last)) System.out.println("alias " + (last = keys.alias()));
            var keystore = KeyStore.getInstance("PKCS12");
            try (var file = new FileInputStream(args[0])) { keystore.load(file, password); }
            if (keystore.getKey(keystore.aliases().nextElement(), password) == null) throw new Exception("no key");
            loads++;
        }
        System.out.println("loads " + loads);
    }
}
`;

describe('Java', () => {
  test.skipIf(javac === undefined || java === undefined)(
    'signs with each ACTIVE key of a ring, and opens the keystore whenever it reads it',
    async () => {
      const password = 'changeit';
      await request('POST', 'key-rings', {
        name: 'billing',
        ...es256,
        exportable: true,
        rotationInterval: null,
        maxTokenLifetime: 'PT1S',
      });
      await request('POST', 'outlets', {
        name: 'billing-keystore',
        kind: 'FILES',
        content: 'PKCS12',
        source: { keyRingName: 'billing' },
        target: { path: 'billing/keys.p12', layout: 'RENAME' },
        credential: { password },
      });
      await delivered('billing-keystore');
      writeFileSync(join(folder, 'Keys.java'), documentedFile('docs/outlets/java.md', 'Keys.java'));
      writeFileSync(join(folder, 'Loop.java'), loop);
      execFileSync(javac ?? '', ['Keys.java', 'Loop.java'], { cwd: folder });
      const child = start(java ?? '', ['-cp', '.', 'Loop', 'outlets/MyProject/billing/keys.p12', password]);
      const log = () => readFileSync(join(folder, 'log'), 'utf8');
      const uses = (kid: string) =>
        until(() => {
          if (child.exitCode !== null) throw new Error(log());
          return log().includes(`alias ${kid.toLowerCase()}\n`);
        }, `Java uses ${kid}`);

      const ring = ringDriver({ ask: world.api }, 'billing');
      await uses(activeOf(await ring.get())?.kid ?? '');
      for (let count = 0; count < 3; count += 1) await uses(await ring.rotate());
      const ended = once(child, 'exit');
      child.stdin?.end('stop\n');
      expect(await ended).toEqual([0, null]);
      expect(log()).toMatch(/loads [1-9]/);
      expect(log()).not.toMatch(/Exception/);
    },
  );
});
