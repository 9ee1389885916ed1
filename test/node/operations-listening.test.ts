// Where the operations listener listens: off by default, a port, TLS, a Unix socket.

import { once } from 'node:events';
import { chmod, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { request as tlsRequest } from 'node:https';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { OperationsOptions } from '../../src/node/operations/start-operations.ts';
import { badHosts } from '../support/hosts.ts';
import { createAuthority } from '../tls/support/certificates.ts';
import { applicationContent, memberContent, ringContent } from './support/operations.ts';
import { RawClient } from './support/raw-client.ts';
import { runningManager, runningNode, temporaryFolder } from './support/test-node.ts';

async function signingNode(operations: OperationsOptions) {
  const manager = await runningManager();
  const dataDir = await temporaryFolder();
  const node = await runningNode({ managerUrl: manager.url, dataDir, operations });
  const ring = ringContent('tokens');
  const { token, content } = applicationContent([{ ...ring, operations: ['SIGN'] }]);
  await (await manager.links.next()).reset(3, [ring, memberContent(ring, 1, 'ACTIVE'), content]);
  return { node, token };
}

async function refusalOf(operations: OperationsOptions): Promise<string> {
  const manager = await runningManager();
  const dataDir = await temporaryFolder();
  return runningNode({ managerUrl: manager.url, dataDir, operations }).then(
    () => 'it started',
    (error: Error) => error.message,
  );
}

const path = '/projects/MyProject/key-rings/tokens/sign';

async function answerTo(
  sent: ReturnType<typeof request>,
  token: string,
): Promise<{ status: number | undefined; text: string; hsts: string | undefined }> {
  sent.setHeader('Authorization', `Bearer ${token}`);
  sent.setHeader('Content-Type', 'application/json');
  sent.end('{"claims":{}}');
  const [response] = await once(sent, 'response');
  let text = '';
  for await (const chunk of response) text += chunk;
  return { status: response.statusCode, text, hsts: response.headers['strict-transport-security'] };
}

test('a node without flags for operations offers none', async () => {
  const manager = await runningManager();
  const node = await runningNode({ managerUrl: manager.url, dataDir: await temporaryFolder() });
  expect(node.operations).toEqual([]);
  const response = await fetch(`${node.url}${path}`, { method: 'POST' });
  expect(response.status).toBe(404);
});

test('a Unix socket is open to its user and group alone, and one that a killed node left is replaced', async () => {
  const socket = join(await temporaryFolder(), 'operations.sock');
  const left = createServer().listen(socket);
  await once(left, 'listening');
  await chmod(socket, 0o777);
  expect(await refusalOf({ socket })).toContain('another process listens there');
  // As after a kill: the file stays, and nothing listens.
  await rename(socket, `${socket}.left`);
  left.close();
  await rename(`${socket}.left`, socket);
  const { node, token } = await signingNode({ socket });
  expect(node.operations).toEqual([`unix:${socket}`]);
  expect((await stat(socket)).mode & 0o777).toBe(0o660);
  const sent = request({ socketPath: socket, path, method: 'POST' });
  expect(await answerTo(sent, token)).toMatchObject({ status: 200 });
  await node.close();
  await expect(stat(socket)).rejects.toMatchObject({ code: 'ENOENT' });
});

test('a Unix socket has the mode and the group that were given', async () => {
  const folder = await temporaryFolder();
  const [ownGroup = 0] = process.getgroups?.() ?? [];
  const socket = join(folder, 'a.sock');
  const { node } = await signingNode({ socket, socketMode: 0o606, socketGroup: String(ownGroup) });
  const found = await stat(socket);
  expect([found.mode & 0o777, found.gid]).toEqual([0o606, ownGroup]);
  await node.close();
  const groups = await readFile('/etc/group', 'utf8');
  const name = groups
    .split('\n')
    .find((line) => line.split(':')[2] === String(ownGroup))
    ?.split(':')[0];
  await signingNode({ socket, socketGroup: name ?? String(ownGroup) });
  expect((await stat(socket)).gid).toBe(ownGroup);
  expect(await refusalOf({ socket: join(folder, 'b.sock'), socketGroup: 'no-such-group' })).toBe(
    `The node cannot listen on ${join(folder, 'b.sock')} (there is no group no-such-group): choose another --operations-socket`,
  );
});

test('a file that is no socket stays where it is', async () => {
  const socket = join(await temporaryFolder(), 'file');
  await writeFile(socket, 'mine');
  expect(await refusalOf({ socket })).toContain('a file that is no socket is there');
  expect((await stat(socket)).isFile()).toBe(true);
});

test('beyond this machine operations need TLS', async () => {
  for (const host of ['0.0.0.0', '::', '192.0.2.1', '127.0.0.1.example.com']) {
    expect(await refusalOf({ port: 0, host })).toContain(`--operations-host is ${host}`);
  }
  const { node } = await signingNode({ port: 0, host: '::1' });
  expect(node.operations[0]).toMatch(/^http:\/\/\[::1\]:\d+$/);
});

test('operations over TLS use the certificate that was given, and every answer has HSTS', async () => {
  const authority = await createAuthority();
  onTestFinished(() => authority.remove());
  const tls = await authority.issue('node', ['IP:127.0.0.1']);
  const ca = await readFile(authority.caFile);
  const { node, token } = await signingNode({ port: 0, host: '0.0.0.0', tls });
  const [at = ''] = node.operations;
  expect(at).toMatch(/^https:\/\/0\.0\.0\.0:\d+$/);
  const { port } = new URL(at);
  const sent = tlsRequest({ host: '127.0.0.1', port, path, method: 'POST', ca });
  expect(await answerTo(sent, token)).toMatchObject({ status: 200, hsts: 'max-age=31536000' });
  const refused = tlsRequest({ host: '127.0.0.1', port, path, method: 'POST', ca });
  expect(await answerTo(refused, 'unknown')).toMatchObject({ status: 401, hsts: 'max-age=31536000' });
  expect(await refusalOf({ port: 0, tls: { ...tls, certFile: '/nowhere.pem' } })).toContain(
    '--operations-tls-cert',
  );
});

test('two Host headers are rejected for operations and probes, and end the connection', async () => {
  const { node, token } = await signingNode({ port: 0 });
  for (const line of [`POST ${path}`, 'GET /healthz', 'GET /readyz', 'GET /nothing']) {
    const client = await RawClient.connect(node.operations[0] ?? '');
    const answer = await client.ask(
      `${line} HTTP/1.1\r\nHost: node\r\nhost: other\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json\r\nContent-Length: 13\r\n\r\n{"claims":{}}`,
    );
    expect(answer).toMatch(
      /^HTTP\/1\.1 400 [\s\S]*Connection: close[\s\S]*"The request has more than one Host header!"/,
    );
  }
});

test('a Host that is none is rejected for operations and probes', async () => {
  const { node, token } = await signingNode({ port: 0 });
  for (const line of [`POST ${path}`, 'GET /healthz', 'GET /nothing']) {
    for (const host of badHosts) {
      const client = await RawClient.connect(node.operations[0] ?? '');
      const answer = await client.ask(
        `${line} HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json\r\nContent-Length: 13\r\n\r\n{"claims":{}}`,
      );
      expect(answer).toMatch(
        /^HTTP\/1\.1 400 [\s\S]*Connection: close[\s\S]*"The Host header is not a host with an optional port!"/,
      );
    }
  }
});

test('a port that is taken ends the start with one line', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  expect(await refusalOf({ port })).toBe(
    `The node cannot listen on 127.0.0.1 port ${port} (EADDRINUSE): choose another --operations-port`,
  );
  server.close();
});
