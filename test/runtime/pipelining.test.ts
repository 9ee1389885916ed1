// Real servers of node:http and node:https that take requests one by one, and clients that pipeline.

import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, get, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { afterEach, describe, expect, onTestFinished, test } from 'vitest';
import { takeRequestsOneByOne } from '../../src/runtime/pipelining.ts';
import { createAuthority } from '../tls/support/certificates.ts';

const servers: Server[] = [];
const clients: Socket[] = [];

afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

async function listening(server: Server): Promise<number> {
  servers.push(server);
  takeRequestsOneByOne(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

function serve(listener: RequestListener): Promise<number> {
  return listening(createServer(listener));
}

async function client(port: number): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  socket.on('error', () => undefined);
  clients.push(socket);
  await once(socket, 'connect');
  return socket;
}

async function textUntilEnd(socket: Socket): Promise<string> {
  let text = '';
  for await (const bytes of socket.setEncoding('latin1')) text += bytes;
  return text;
}

function getOf(path: string, headers = ''): string {
  return `GET ${path} HTTP/1.1\r\nHost: a\r\n${headers}\r\n`;
}

function postOf(path: string, body: string): string {
  return `POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
}

/** Answers with the path, in a later turn of the event loop; counts what it does at once. */
function counting() {
  const count = { open: 0, most: 0, done: 0 };
  const listener: RequestListener = (request, response) => {
    count.open += 1;
    count.most = Math.max(count.most, count.open);
    request.resume().once('end', () => {
      setImmediate(() => response.end(`[${request.url}]`));
    });
    response.once('close', () => {
      count.open -= 1;
      count.done += 1;
    });
  };
  return { count, listener };
}

function pathsIn(text: string): string[] {
  return [...text.matchAll(/\[(.*?)\]/g)].map(([, path]) => path ?? '');
}

describe('a server that takes requests one by one', () => {
  test('answers 1,000 requests in one piece, in their order, to a client that closed its side', async () => {
    const { count, listener } = counting();
    const socket = await client(await serve(listener));
    const paths = Array.from({ length: 1_000 }, (_, index) => `/${index}`);
    socket.end(paths.map((path) => getOf(path)).join(''));
    expect(pathsIn(await textUntilEnd(socket))).toEqual(paths);
    expect(count.most).toBe(1);
  });

  test.each([1, 7, 64, 1_000])('answers requests that come in pieces of %i bytes', async (size) => {
    const { count, listener } = counting();
    const socket = await client(await serve(listener));
    socket.setNoDelay(true);
    const paths = Array.from({ length: 40 }, (_, index) => `/${index}`);
    const bytes = paths
      .map((path) => (path.length === 2 ? getOf(path) : postOf(path, 'a\r\n\r\nb')))
      .join('');
    for (let at = 0; at < bytes.length; at += size) socket.write(bytes.slice(at, at + size));
    socket.end();
    expect(pathsIn(await textUntilEnd(socket))).toEqual(paths);
    expect(count.most).toBeLessThanOrEqual(2);
  });

  test('begins at most one request more than the one that it answers, whatever their bodies are', async () => {
    const { count, listener } = counting();
    const socket = await client(await serve(listener));
    const bodies = ['', 'x', '\r\n\r\n', 'y'.repeat(5_000), '\r\n\r\n'.repeat(300)];
    const paths = Array.from({ length: 200 }, (_, index) => `/${index}`);
    socket.end(paths.map((path, index) => postOf(path, bodies[index % bodies.length] ?? '')).join(''));
    expect(pathsIn(await textUntilEnd(socket))).toEqual(paths);
    expect(count.most).toBeLessThanOrEqual(2);
  });

  test('answers another client between the requests of 50 that pipeline', async () => {
    const count = { done: 0 };
    const port = await serve((_request, response) => {
      response.end(() => {
        count.done += 1;
      });
    });
    const pipelining = await Promise.all(Array.from({ length: 50 }, () => client(port)));
    for (const socket of pipelining) socket.resume().write(getOf('/').repeat(600));
    while (count.done < 50) await new Promise(setImmediate);
    const before = count.done;
    await new Promise<void>((resolve, reject) => {
      get({ port, host: '127.0.0.1', path: '/other', agent: false }, (response) => {
        response.resume().once('end', resolve);
      }).once('error', reject);
    });
    // Of 30,000. Connection, request and response of the other client take some turns of the event loop.
    expect(count.done - before).toBeLessThan(5_000);
  });

  test('reads no more from a client while its requests wait, whatever ends meanwhile', async () => {
    let answer = () => {};
    let served = 0;
    const port = await serve((_request, response) => {
      served += 1;
      if (served < 20) setImmediate(() => response.end('early'));
      else answer = () => response.end('late');
    });
    const accepted = once(servers[0] as Server, 'connection') as Promise<[Socket]>;
    const socket = await client(port);
    const [atServer] = await accepted;
    socket.resume();
    const bytes = getOf('/', `X: ${'x'.repeat(900)}\r\n`);
    let taken = true;
    for (let sent = 0; sent < 40_000; sent += 1) taken = socket.write(bytes);
    expect(taken).toBe(false);
    while (served < 20) await new Promise(setImmediate);
    for (let turn = 0; turn < 200; turn += 1) await new Promise(setImmediate);
    expect(served).toBe(20);
    expect(atServer.bytesRead).toBeLessThan(4 * 64 * 1024);
    answer();
  });

  test('reads no more from a client while a body is incomplete and the request before it waits', async () => {
    let begun = 0;
    const port = await serve((request) => {
      begun += 1;
      request.resume();
    });
    const accepted = once(servers[0] as Server, 'connection') as Promise<[Socket]>;
    const socket = await client(port);
    const [atServer] = await accepted;
    socket.write(`${postOf('/1', 'x')}POST /2 HTTP/1.1\r\nHost: a\r\nContent-Length: 90000000\r\n\r\n`);
    while (begun < 2) await new Promise(setImmediate);
    let taken = true;
    for (let sent = 0; sent < 40; sent += 1) taken = socket.write(Buffer.alloc(1_000_000));
    expect(taken).toBe(false);
    for (let turn = 0; turn < 500; turn += 1) {
      await new Promise(setImmediate);
      // As node:http does where a body is read.
      if (turn === 100) atServer.resume();
    }
    expect(atServer.bytesRead).toBeLessThan(4 * 64 * 1024);
  });

  test('reads on once the requests that waited are answered', async () => {
    const { listener } = counting();
    const socket = await client(await serve(listener));
    const text = textUntilEnd(socket);
    socket.write(getOf('/1') + getOf('/2'));
    await once(socket, 'data');
    socket.write(getOf('/3'));
    socket.end(getOf('/4') + getOf('/5'));
    expect(pathsIn(await text)).toEqual(['/1', '/2', '/3', '/4', '/5']);
  });

  test('ends a connection whose client closed its side in the middle of a request', async () => {
    const { listener } = counting();
    const socket = await client(await serve(listener));
    socket.end(`${getOf('/1') + getOf('/2')}GET /3 HT`);
    expect(pathsIn(await textUntilEnd(socket))).toEqual(['/1', '/2']);
  });

  test('ends a connection at once whose client closed its side and did not pipeline', async () => {
    const closed = Promise.withResolvers<void>();
    const port = await serve((_request, response) => {
      response.once('close', closed.resolve);
    });
    const socket = await client(port);
    socket.resume().end(getOf('/'));
    await closed.promise;
  });

  test('ignores what follows a request whose response ends the connection', async () => {
    const { listener, count } = counting();
    const socket = await client(await serve(listener));
    socket.write(getOf('/1') + getOf('/2', 'Connection: close\r\n') + getOf('/3').repeat(10));
    expect(pathsIn(await textUntilEnd(socket))).toEqual(['/1', '/2']);
    expect(count.done).toBe(2);
  });

  test('answers what comes before bytes that are not HTTP, and then rejects those', async () => {
    const { listener } = counting();
    const port = await serve(listener);
    let errors = 0;
    servers[0]?.on('clientError', (_error, atServer) => {
      errors += 1;
      atServer.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n');
    });
    const socket = await client(port);
    socket.write(`${getOf('/1') + getOf('/2')}nonsense\r\n\r\n${getOf('/3')}`);
    const text = await textUntilEnd(socket);
    expect(pathsIn(text)).toEqual(['/1', '/2']);
    expect(text).toContain('HTTP/1.1 400 Bad Request');
    expect(errors).toBe(1);
  });

  test('hands an upgraded connection over with every byte that came after the upgrade', async () => {
    const server = createServer((_request, response) => response.end('[first]'));
    const upgraded = new Promise<string>((resolve) => {
      server.on('upgrade', (_request, socket: Socket, head: Buffer) => {
        clients.push(socket);
        let text = head.toString('latin1');
        socket.on('data', (bytes) => {
          text += bytes.toString('latin1');
          if (text.endsWith('!')) resolve(text);
        });
        socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n');
      });
    });
    const socket = await client(await listening(server));
    const frames = `one\r\n\r\ntwo ${'z'.repeat(200_000)}`;
    socket.write(`${getOf('/') + getOf('/', 'Connection: upgrade\r\nUpgrade: x\r\n')}${frames}`);
    const [first] = await once(socket, 'data');
    expect(String(first)).toContain('[first]');
    socket.write(' three!');
    expect(await upgraded).toBe(`${frames} three!`);
  });

  test('does the same for TLS', async () => {
    const { count, listener } = counting();
    const authority = await createAuthority();
    onTestFinished(() => authority.remove());
    const { certFile, keyFile } = await authority.issue('server', ['IP:127.0.0.1']);
    const pair = { cert: await readFile(certFile), key: await readFile(keyFile) };
    const port = await listening(createTlsServer(pair, listener));
    const socket = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false });
    clients.push(socket);
    await once(socket, 'secureConnect');
    const text = textUntilEnd(socket);
    const paths = Array.from({ length: 300 }, (_, index) => `/${index}`);
    socket.write(paths.map((path) => getOf(path)).join('') + getOf('/end', 'Connection: close\r\n'));
    expect(pathsIn(await text)).toEqual([...paths, '/end']);
    expect(count.most).toBe(1);
  });
});
