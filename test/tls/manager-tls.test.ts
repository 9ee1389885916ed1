// A manager that speaks TLS itself, and nodes that connect to it.

import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { prepareQuickstart } from '../../src/cli/processes/prepare-quickstart.ts';
import { type Manager, startManager } from '../../src/compose/manager.ts';
import { readManagerConfig } from '../../src/config.ts';
import { type NodeOptions, startNode } from '../../src/node/start-node.ts';
import { enrollmentTokenText } from '../../src/protocol/enrollment-token.ts';
import { TestLog, temporaryFolder } from '../node/support/test-node.ts';
import { type Authority, createAuthority, type Pair } from './support/certificates.ts';
import { ask } from './support/https-client.ts';

const environment = 'production';
const password = 'correct horse battery';

let authority: Authority;
let otherAuthority: Authority;
let ca: Buffer;
let client: Pair;
let dataDir: string;
beforeAll(async () => {
  authority = await createAuthority();
  otherAuthority = await createAuthority('Another CA');
  ca = await readFile(authority.caFile);
  client = await authority.issue('node-1', ['DNS:node-1']);
  dataDir = await mkdtemp(join(tmpdir(), 'keyplane-tls-manager-'));
});
afterAll(async () => {
  await authority.remove();
  await otherAuthority.remove();
  await rm(dataDir, { recursive: true });
});

interface Started {
  readonly manager: Manager;
  readonly token: string;
  readonly port: number;
}

async function started(name: string, names: readonly string[], settings = {}): Promise<Started> {
  const { certFile, keyFile } = await authority.issue(name, names);
  const config = readManagerConfig({
    KEYPLANE_PORT: '0',
    KEYPLANE_DATA_DIR: join(dataDir, name),
    KEYPLANE_ADMIN_PASSWORD: password,
    KEYPLANE_TLS_CERT: certFile,
    KEYPLANE_TLS_KEY: keyFile,
    ...settings,
  });
  const manager = await startManager(config, pino({ level: 'silent' }));
  const prepared = await prepareQuickstart(manager);
  return { manager, token: prepared.enrollmentTokens.get(environment) ?? '', port: manager.port };
}

async function node({ token }: Started, managerUrl: string, managerTls: NodeOptions['managerTls'] = {}) {
  const logger = new TestLog();
  const running = await startNode({
    managerUrl,
    environment,
    name: 'node-1',
    host: '127.0.0.1',
    port: 0,
    dataDir: await temporaryFolder(),
    token,
    managerTls,
    logger,
    version: 'test',
    timing: { baseMs: 1, capMs: 20, slowRetryMs: 20 },
  });
  onTestFinished(() => running.close());
  return logger;
}

describe('a manager with KEYPLANE_TLS_CERT', () => {
  let started1: Started;
  let url: string;
  beforeAll(async () => {
    started1 = await started('manager', ['DNS:localhost', 'IP:127.0.0.1']);
    url = started1.manager.url;
  });
  afterAll(() => started1.manager.close());

  test('prints its https address, with a name of its certificate, and sends HSTS', async () => {
    expect(url).toBe(`https://localhost:${started1.port}`);
    const { status, headers } = await ask(`${url}/healthz`, { ca });
    expect({ status, hsts: headers['strict-transport-security'] }).toEqual({
      status: 200,
      hsts: 'max-age=31536000',
    });
  });

  test('gives the console a session that only its own host can have set', async () => {
    const signIn = await ask(`${url}/apiops/auth/session`, {
      ca,
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ username: 'admin', password }),
    });
    const [cookie = ''] = signIn.headers['set-cookie'] ?? [];
    expect(cookie).toMatch(/^__Host-keyplane_session=.*; Path=\/;.*; Secure;/);
    const [, token = ''] = /=([^;]+)/.exec(cookie) ?? [];
    const withCookie = (name: string) =>
      ask(`${url}/apiops/projects/`, { ca, headers: { cookie: `${name}=${token}` } });
    expect((await withCookie('__Host-keyplane_session')).status).toBe(200);
    expect((await withCookie('keyplane_session')).status).toBe(401);
  });

  test('is followed by a node that trusts its CA with --manager-ca', async () => {
    const log = await node(started1, url, { caFile: authority.caFile });
    await log.until(/connected to the manager/);
  });

  test('is not followed by a node that does not trust its CA, also with NODE_TLS_REJECT_UNAUTHORIZED=0', async () => {
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
    onTestFinished(() => void vi.unstubAllEnvs());
    const log = await node(started1, url);
    const { facts } = await log.until(/no stream from the manager/);
    expect(facts.reason).toBe(
      `the certificate of the manager at localhost:${started1.port} is signed by no CA that this node trusts: name the CA with --manager-ca`,
    );
    const other = await node(started1, url, { caFile: otherAuthority.caFile });
    expect((await other.until(/no stream from the manager/)).facts.reason).toMatch(/signed by no CA/);
  });

  test('is not followed at an address that its certificate does not name', async () => {
    const elsewhere = await started('elsewhere', ['DNS:keyplane.example']);
    onTestFinished(() => elsewhere.manager.close());
    const log = await node(elsewhere, `https://127.0.0.1:${elsewhere.port}`, { caFile: authority.caFile });
    const { facts } = await log.until(/no stream from the manager/);
    expect(facts.reason).toBe(
      `the certificate of the manager at 127.0.0.1:${elsewhere.port} is for another host than 127.0.0.1: use the name that it has in --manager, or a certificate for this one`,
    );
  });
});

describe('a manager with KEYPLANE_TLS_CLIENT_CA', () => {
  let strict: Started;
  let url: string;
  beforeAll(async () => {
    strict = await started('strict', ['DNS:localhost'], { KEYPLANE_TLS_CLIENT_CA: authority.caFile });
    url = strict.manager.url;
  });
  afterAll(() => strict.manager.close());

  test('serves everything but node streams without a client certificate', async () => {
    expect((await ask(`${url}/readyz`, { ca })).status).toBe(200);
    expect((await ask(`${url}/apiops/projects/`, { ca })).status).toBe(401);
  });

  test('takes a node with a certificate of that CA', async () => {
    const { certFile: clientCertFile, keyFile: clientKeyFile } = client;
    const log = await node(strict, url, { caFile: authority.caFile, clientCertFile, clientKeyFile });
    await log.until(/connected to the manager/);
  });

  test('rejects a node without a certificate, and one with a certificate of another CA', async () => {
    const bare = await node(strict, url, { caFile: authority.caFile });
    expect((await bare.until(/no stream from the manager/)).facts.reason).toMatch(
      /^the manager requires a client certificate: .* --client-cert and --client-key$/,
    );
    const { certFile: clientCertFile, keyFile: clientKeyFile } = await otherAuthority.issue('n', [
      'DNS:node-1',
    ]);
    const wrong = await node(strict, url, { caFile: authority.caFile, clientCertFile, clientKeyFile });
    expect((await wrong.until(/no stream from the manager/)).facts.reason).toMatch(
      /requires a client certificate/,
    );
  });

  test('rejects a client that resumes a session which had no certificate', async () => {
    const options = { port: strict.port, host: 'localhost', servername: 'localhost', ca };
    const opened = connect(options).on('error', () => undefined);
    const session = await new Promise<Buffer>((resolve) => {
      opened.once('session', resolve);
      opened.once('secureConnect', () => opened.write('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n'));
    });
    opened.destroy();
    const resumed = connect({ ...options, session });
    const answer = await answerTo(resumed);
    expect(resumed.isSessionReused()).toBe(true);
    expect(answer).toMatch(/^HTTP\/1\.1 403 /);
  });
});

function answerTo(socket: TLSSocket): Promise<string> {
  const upgrade = 'Connection: Upgrade\r\nUpgrade: websocket\r\n';
  const handshake = 'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n';
  socket.write(`GET /node-stream HTTP/1.1\r\nHost: x\r\n${upgrade}${handshake}\r\n`);
  return new Promise((resolve, reject) => {
    socket.once('data', (data: Buffer) => resolve(data.toString())).once('error', reject);
  });
}

describe('a node with --tls-cert', () => {
  test('serves over TLS with HSTS, and is not started with a key of another certificate', async () => {
    const { certFile, keyFile } = await authority.issue('node', ['IP:127.0.0.1']);
    const options = {
      managerUrl: 'http://127.0.0.1:9',
      environment,
      name: 'node-1',
      host: '127.0.0.1',
      port: 0,
      token: enrollmentTokenText(randomBytes(32), randomBytes(32).toString('base64url')),
      logger: new TestLog(),
      version: 'test',
    };
    const running = await startNode({
      ...options,
      dataDir: await temporaryFolder(),
      tls: { certFile, keyFile },
    });
    onTestFinished(() => running.close());
    expect(running.url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
    const { status, headers } = await ask(`${running.url}/healthz`, { ca });
    expect({ status, hsts: headers['strict-transport-security'] }).toEqual({
      status: 200,
      hsts: 'max-age=31536000',
    });
    const dataDir = await temporaryFolder();
    await expect(
      startNode({ ...options, dataDir, tls: { certFile, keyFile: client.keyFile } }),
    ).rejects.toThrow('--tls-key is');
  });
});
