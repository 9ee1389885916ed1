// Listeners that speak TLS themselves: the pair that they use is the newest that is whole.

import { spawn } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import { type AddressInfo, connect as connectPlain } from 'node:net';
import { join } from 'node:path';
import tls, { TLSSocket } from 'node:tls';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { clientCertificateOf } from '../../src/node/operations/callers/client-certificate.ts';
import { hasClientCertificate, TlsFiles } from '../../src/runtime/tls-files.ts';
import { trackHandshakes } from '../../src/runtime/tls-handshakes.ts';
import { TestLog } from '../node/support/test-node.ts';
import { until } from '../support/manager.ts';
import { type Authority, createAuthority, type Pair } from './support/certificates.ts';
import { ask } from './support/https-client.ts';

let authority: Authority;
let first: Pair;
let second: Pair;
beforeAll(async () => {
  authority = await createAuthority();
  first = await authority.issue('first', ['IP:127.0.0.1']);
  second = await authority.issue('second', ['IP:127.0.0.1']);
});
afterAll(() => authority.remove());

let used: Pair;
beforeEach(async () => {
  used = { certFile: join(authority.folder, 'used.pem'), keyFile: join(authority.folder, 'used.key') };
  await copyPair(first);
});

async function copyPair({ certFile, keyFile }: Pair): Promise<void> {
  await copyFile(certFile, used.certFile);
  await copyFile(keyFile, used.keyFile);
}

const open = (log: TestLog, pair = used, clientCaFile?: string) =>
  TlsFiles.open({
    cert: { setting: '--tls-cert', path: pair.certFile },
    key: { setting: '--tls-key', path: pair.keyFile },
    ...(clientCaFile !== undefined && { clientCa: { setting: '--client-ca', path: clientCaFile } }),
    log,
    // Long: the tests look themselves.
    lookEveryMs: 3_600_000,
  });

/** It answers with whether the client proved a certificate. */
async function serving(clientCaFile?: string) {
  const log = new TestLog();
  const files = await open(log, used, clientCaFile);
  const server = createServer(files.serverOptions, ({ socket }, response) =>
    response.end(hasClientCertificate(socket) ? 'proven' : 'not proven'),
  );
  files.follow(server);
  const endHandshakes = trackHandshakes(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    files.close();
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const ca = await readFile(authority.caFile);
  const fingerprint = async () => (await ask(`https://127.0.0.1:${port}/`, { ca })).fingerprint;
  return { files, server, endHandshakes, log, port, fingerprint };
}

describe('a listener', () => {
  test('takes a new pair without a restart', async () => {
    const { files, log, fingerprint } = await serving();
    const before = await fingerprint();
    await copyPair(second);
    await files.look();
    expect(await fingerprint()).not.toBe(before);
    await log.until(/certificate was reloaded/);
  });

  test.each<[what: string, damage: () => Promise<void>, problem: RegExp]>([
    [
      'a damaged certificate',
      () => writeFile(used.certFile, '-----BEGIN CERTIFICATE-----\nAAAA\n'),
      /^--tls-cert is .*used\.pem, which holds something else: a certificate in PEM is accepted$/,
    ],
    [
      'a key that is not its own',
      () => copyFile(second.keyFile, used.keyFile),
      /^--tls-key is .*used\.key, which is not the key of the certificate .*used\.pem$/,
    ],
  ])('keeps the former pair beside %s, and logs it once', async (_what, damage, problem) => {
    const { files, log, fingerprint } = await serving();
    const before = await fingerprint();
    await damage();
    for (const _look of [1, 2]) await files.look();
    expect(await fingerprint()).toBe(before);
    expect(log.lines.map(({ level, facts }) => ({ level, ...facts }))).toEqual([
      { level: 'error', problem: expect.stringMatching(problem) },
    ]);
    await copyPair(second);
    await files.look();
    expect(await fingerprint()).not.toBe(before);
  });

  test('is not started with a pair that does not belong together', async () => {
    const mixed = { certFile: first.certFile, keyFile: second.keyFile };
    await expect(open(new TestLog(), mixed)).rejects.toThrow('which is not the key of the certificate');
    await expect(open(new TestLog(), { ...first, certFile: '/nowhere' })).rejects.toThrow(
      '--tls-cert is /nowhere, which cannot be read (ENOENT)',
    );
  });

  test('does not accept TLS 1.1, even if Node.js is configured to', async () => {
    const { DEFAULT_MIN_VERSION, DEFAULT_CIPHERS } = tls;
    Object.assign(tls, { DEFAULT_MIN_VERSION: 'TLSv1', DEFAULT_CIPHERS: 'DEFAULT@SECLEVEL=0' });
    onTestFinished(() => void Object.assign(tls, { DEFAULT_MIN_VERSION, DEFAULT_CIPHERS }));
    const { port } = await serving();
    const ca = await readFile(authority.caFile);
    const old = tls.connect({ port, host: '127.0.0.1', ca, maxVersion: 'TLSv1.1' });
    const outcome = await new Promise((resolve) => {
      old.once('secureConnect', () => resolve('connected')).on('error', () => resolve('rejected'));
    });
    old.destroy();
    expect(outcome).toBe('rejected');
  });

  test('rejects a renegotiation of TLS 1.2, also after it took a new pair', async () => {
    const { files, port } = await serving(authority.caFile);
    expect(await renegotiated(port)).toMatch(/no renegotiation/);
    await copyPair(second);
    await files.look();
    expect(await renegotiated(port)).toMatch(/no renegotiation/);
  });

  test.each(['TLSv1.2', 'TLSv1.3'] as const)(
    'does not take a resumed session of %s without a certificate for one with a certificate',
    async (maxVersion) => {
      const { port } = await serving(authority.caFile);
      const ca = await readFile(authority.caFile);
      const asked = async (options: tls.ConnectionOptions) => {
        const socket = tls.connect({ port, host: '127.0.0.1', ca, maxVersion, ...options });
        let session: Buffer | undefined = socket.getSession();
        socket.on('session', (latest: Buffer) => {
          session = latest;
        });
        let heard = '';
        socket.setEncoding('latin1').on('data', (text: string) => {
          heard += text;
        });
        socket.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
        await once(socket, 'secureConnect');
        const isReused = socket.isSessionReused();
        await once(socket, 'close');
        return { isReused, session, isProven: !heard.includes('not proven') };
      };
      const { session, ...without } = await asked({});
      expect(without).toEqual({ isReused: false, isProven: false });
      const resumed = await asked({ ...(session && { session }) });
      expect(resumed).toMatchObject({ isReused: true, isProven: false });
    },
  );

  test('that ends does not wait for handshakes', async () => {
    const { server, endHandshakes, port } = await serving();
    const silent = connectPlain(port, '127.0.0.1');
    onTestFinished(() => void silent.destroy());
    await once(silent, 'connect');
    const connections = () =>
      new Promise<number>((resolve) => server.getConnections((_error, count) => resolve(count)));
    await until(async () => (await connections()) === 1, 'it is accepted');
    const closed = once(server, 'close');
    server.close();
    endHandshakes();
    await closed;
  }, 8_000);
});

test.each<[what: string, expected: boolean, authorizationError: string | null, hasCertificate: boolean]>([
  ['that Node.js authorized and that has one', true, null, true],
  ['that Node.js authorized without one, as some releases do for a resumed session', false, null, false],
  ['whose later handshake failed its check', false, 'DEPTH_ZERO_SELF_SIGNED_CERT', true],
])(
  'a client certificate is proven on a connection %s: %s',
  async (_what, expected, error, hasCertificate) => {
    const certificate = hasCertificate ? new X509Certificate(await readFile(first.certFile)) : undefined;
    const socket = Object.assign(Object.create(TLSSocket.prototype), {
      authorized: true,
      authorizationError: error,
      getPeerX509Certificate: () => certificate,
    });
    expect(hasClientCertificate(socket)).toBe(expected);
    expect(clientCertificateOf(socket) !== undefined).toBe(expected);
  },
);

/** @returns what openssl reports about a renegotiation that it begins */
async function renegotiated(port: number): Promise<string> {
  const { certFile, keyFile } = first;
  const args = ['s_client', '-connect', `127.0.0.1:${port}`, '-tls1_2', '-cert', certFile, '-key', keyFile];
  const client = spawn('openssl', args);
  let output = '';
  for (const stream of [client.stdout, client.stderr]) {
    stream.setEncoding('latin1').on('data', (text: string) => {
      output += text;
    });
  }
  const closed = once(client, 'close');
  await until(() => output.includes('Verify return code'), 'the handshake is done');
  client.stdin.on('error', () => undefined).write('R\n');
  await until(() => output.includes('RENEGOTIATING'), 'it renegotiates');
  client.stdin.end('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
  await closed;
  return output;
}
