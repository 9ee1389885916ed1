import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import {
  createSafeFetch,
  fetchLimitDefaults,
  parseAllowList,
  shownUrl,
} from '../../src/sources/safe-fetch/safe-fetch.ts';
import {
  type Answer,
  makeTestAuthority,
  type ServerCertificate,
  startHttpServer,
  startTcpServer,
  type TestServer,
  unusedPort,
} from '../support/http-servers.ts';

const authority = makeTestAuthority();
const dayMs = 86_400_000;
const safeFetch = createSafeFetch({
  allow: parseAllowList('127.0.0.0/8'),
  resolve: async () => [{ address: '127.0.0.1', family: 4 }],
  ca: authority.caCertificate,
});
/** Knows the system's authorities alone. */
const withoutOwnAuthority = createSafeFetch({
  allow: parseAllowList('127.0.0.0/8'),
  resolve: async () => [{ address: '127.0.0.1', family: 4 }],
});
const open: TestServer[] = [];

afterEach(async () => {
  for (const server of open.splice(0)) {
    await server.allClosed();
    await server.close();
  }
});

afterAll(() => Promise.all([safeFetch.close(), withoutOwnAuthority.close()]));

async function answering(answer: Answer, tls?: ServerCertificate) {
  const server = await startHttpServer(answer, tls === undefined ? {} : { tls });
  open.push(server);
  return server;
}

async function talking(talk: (socket: Socket) => void) {
  const server = await startTcpServer(talk);
  open.push(server);
  return server;
}

async function messageOf(url: string, fetcher = safeFetch): Promise<string> {
  const error: unknown = await fetcher.fetch(url, fetchLimitDefaults).then(
    () => new Error('no failure'),
    (reason: unknown) => reason,
  );
  expect(error).toMatchObject({ name: 'KeyplaneError', status: 400 });
  return (error as Error).message;
}

describe('a URL that is never fetched', () => {
  test.each([
    ['file:///etc/passwd', 'URL scheme (file) is not valid! Valid values: http, https'],
    ['ftp://keys.example/a', 'URL scheme (ftp) is not valid! Valid values: http, https'],
    ['data:application/json,{}', 'URL scheme (data) is not valid! Valid values: http, https'],
    ['JavaScript:alert(1)', 'URL scheme (javascript) is not valid! Valid values: http, https'],
    ['', 'URL is not valid! It has to be absolute, like https://example.com/.well-known/jwks.json'],
    ['keys.example/jwks', 'URL is not valid! It has to be absolute'],
    ['/jwks', 'URL is not valid! It has to be absolute'],
    ['http://', 'URL is not valid! It has to be absolute'],
    ['http://keys.example:99999/', 'URL is not valid! It has to be absolute'],
    ['http:\\\\keys.example\\', 'URL is not valid! It has to be absolute'],
    ['http://keys.exa\nmple/', 'URL is not valid! It has to be absolute'],
    ['http://keys.example/\u0000', 'URL is not valid! It has to be absolute'],
    ['http://keys.example:0/', 'URL can not have port 0!'],
    [`http://keys.example/${'a'.repeat(2100)}`, 'URL can not be longer than 2048 characters!'],
    [`http://keys.example/${'./'.repeat(1100)}`, 'URL can not be longer than 2048 characters!'],
    [`http://keys.example/${'ü'.repeat(1000)}`, 'URL can not be longer than 2048 characters!'],
  ])('%j has its message', async (url, message) => {
    expect(await messageOf(url)).toContain(message);
  });

  test.each([
    'http://user:hunter2@keys.example/',
    'http://hunter2@keys.example/',
    'https://:hunter2@keys.example/',
  ])('%s does not show its credentials', async (url) => {
    expect(await messageOf(url)).toBe('URL can not contain a user name or a password!');
  });
});

describe('an answer that is no document', () => {
  test.each([204, 206, 300, 304, 400, 401, 404, 500, 503])('status %i is named', async (status) => {
    const server = await answering((_request, response) => response.writeHead(status).end());
    expect(await messageOf(`${server.origin}/jwks`)).toBe(
      `URL (${server.origin}/jwks) responded with status ${status}, 200 is expected!`,
    );
  });

  test('the query of the URL is not repeated', async () => {
    const server = await answering((_request, response) => response.writeHead(404).end());
    expect(await messageOf(`${server.origin}/jwks?token=hunter2#hunter2`)).not.toContain('hunter2');
    expect(shownUrl(`http://a.example/${'b'.repeat(500)}?token=hunter2`)).toMatch(
      /^http:\/\/a\.example\/b+…$/,
    );
    expect(shownUrl('no URL')).toBe('…');
  });

  test.each(['zstd', 'gzip, br', 'compress', 'x'.repeat(5000)])(
    'content encoding %s is refused',
    async (encoding) => {
      const server = await answering((_request, response) => {
        response.setHeader('content-encoding', encoding).end('{}');
      });
      expect(await messageOf(server.origin)).toBe(
        `URL (${server.origin}/) responded with the content encoding ${encoding.slice(0, 40)}, which is not supported; supported are gzip, deflate, br!`,
      );
    },
  );

  test.each(['gzip', 'deflate', 'br'])('%s data that is broken is refused', async (encoding) => {
    const server = await answering((_request, response) => {
      response.setHeader('content-encoding', encoding).end('\u001f\u008b this is not compressed');
    });
    expect(await messageOf(server.origin)).toBe(
      `URL (${server.origin}/) responded with broken ${encoding} data!`,
    );
  });

  test('gzip data that stops early is refused', async () => {
    const server = await answering((_request, response) => {
      response.setHeader('content-encoding', 'gzip').end(Buffer.from('1f8b0800000000000003ab56', 'hex'));
    });
    expect(await messageOf(server.origin)).toContain('responded with broken gzip data!');
  });

  test.each([
    ['no HTTP at all', 'SSH-2.0-OpenSSH_9.6\r\n'],
    ['a length that is no number', 'HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n{}'],
    ['two lengths', 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}'],
    [
      'a length and chunks',
      'HTTP/1.1 200 OK\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n',
    ],
    ['a chunk that is none', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n{}\r\n'],
  ])('%s is refused', async (_what, answer) => {
    const server = await talking((socket) => socket.once('data', () => socket.end(answer)));
    expect(await messageOf(server.origin)).toBe(
      `URL (${server.origin}/) responded with what is not valid HTTP!`,
    );
  });

  test('an upgrade that the request did not ask for is rejected', async () => {
    const server = await talking((socket) => {
      socket.once('data', () =>
        socket.write('HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n'),
      );
    });
    expect(await messageOf(server.origin)).toContain(`URL (${server.origin}/) `);
  });

  test.each([
    ['before its answer', ''],
    ['in its headers', 'HTTP/1.1 200 OK\r\ncontent-le'],
    ['before its length', 'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{}'],
    ['before its last chunk', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n'],
  ])('a connection that ends %s is an error and not a document', async (_when, answer) => {
    const closed = await talking((socket) => socket.once('data', () => socket.end(answer)));
    expect(await messageOf(closed.origin)).toContain(
      'closed the connection before its response was complete!',
    );
    const reset = await talking((socket) => {
      socket.once('data', () => socket.write(answer, () => socket.resetAndDestroy()));
    });
    expect(await messageOf(reset.origin)).toContain(
      'closed the connection before its response was complete!',
    );
  });

  test('what follows the declared length is not part of the document', async () => {
    const server = await talking((socket) => {
      socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}{}'));
    });
    const { body } = await safeFetch.fetch(server.origin, fetchLimitDefaults);
    expect(body.toString()).toBe('{}');
  });
});

describe('a server that cannot be reached', () => {
  test('has a message without its address and without text of the system', async () => {
    const port = await unusedPort();
    const url = `http://keys.example:${port}/`;
    expect(await messageOf(url)).toBe(`URL (${url}) is not reachable: connection refused!`);
  });

  test.each([
    ['ENOTFOUND', 'its host name is not found'],
    ['EAI_AGAIN', 'the name server did not respond'],
    ['ESERVFAIL', 'the connection failed'],
  ])('because of %s has its message where the administrator named the host', async (code, reason) => {
    const fetcher = createSafeFetch({
      allow: parseAllowList('keys.example'),
      resolve: async () => {
        throw Object.assign(new Error(`getaddrinfo ${code} 10.0.0.53`), { code });
      },
    });
    expect(await messageOf('http://keys.example/', fetcher)).toBe(
      `URL (http://keys.example/) is not reachable: ${reason}!`,
    );
  });

  test.each([
    ['is not found', Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' })],
    ['has a name server that does not answer', Object.assign(new Error('EAI_AGAIN'), { code: 'EAI_AGAIN' })],
    ['has no address', []],
    ['has a private address', ['10.0.0.5']],
    ['has a loopback address', ['::1']],
    ['has a public and a private address', ['1.1.1.1', '192.168.0.1']],
  ])('because its name %s has the message of all such names', async (_what, found) => {
    const fetcher = createSafeFetch({
      allow: parseAllowList(''),
      resolve: async () => {
        if (found instanceof Error) throw found;
        return found.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
      },
    });
    expect(await messageOf('http://keys.example/', fetcher)).toBe(
      'URL (http://keys.example/) is not reachable: its host name is not found, or it resolves to an address in a ' +
        'private, loopback, link-local or otherwise special range, which is not allowed unless KEYPLANE_URL_ALLOW names it!',
    );
  });

  test('because a named host has no address has its message', async () => {
    const fetcher = createSafeFetch({ allow: parseAllowList('keys.example'), resolve: async () => [] });
    expect(await messageOf('http://keys.example/', fetcher)).toContain('its host name is not found!');
  });

  test.each([
    ['has expired', { names: ['keys.example'], notAfter: new Date(Date.now() - dayMs / 2) }, 'has expired'],
    [
      'is of tomorrow',
      { names: ['keys.example'], notBefore: new Date(Date.now() + dayMs / 2) },
      'is not valid yet',
    ],
    ['is for another name', { names: ['other.example'], addresses: ['127.0.0.1'] }, 'is for another name'],
  ])('because its certificate %s has its message', async (_what, subject, reason) => {
    const server = await answering((_request, response) => response.end('{}'), authority.issue(subject));
    const url = `https://keys.example:${server.port}/`;
    expect(await messageOf(url)).toBe(`URL (${url}) is not reachable: its certificate ${reason}!`);
    expect(server.requests).toHaveLength(0);
  });

  test('because an address is not in its certificate has its message', async () => {
    const tls = authority.issue({ names: ['keys.example'] });
    const server = await answering((_request, response) => response.end('{}'), tls);
    expect(await messageOf(server.origin)).toContain('its certificate is for another name!');
  });

  test('because its authority is unknown has its message, also if the environment disables the check', async () => {
    const tls = makeTestAuthority().issue({ names: ['keys.example'] });
    const server = await answering((_request, response) => response.end('{}'), tls);
    const before = process.env.NODE_TLS_REJECT_UNAUTHORIZED;
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
    try {
      const url = `https://keys.example:${server.port}/`;
      expect(await messageOf(url, withoutOwnAuthority)).toBe(
        `URL (${url}) is not reachable: its certificate is not trusted, because the server does not send the certificates that lead to a known authority! Let the server send its intermediate certificates. Add the authority's certificate (PEM) to the file that KEYPLANE_URL_CA_FILE names, and start the manager again, if the authority is a private one`,
      );
    } finally {
      if (before === undefined) delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
      else process.env.NODE_TLS_REJECT_UNAUTHORIZED = before;
    }
    expect(server.requests).toHaveLength(0);
  });

  test('because a known authority did not sign its certificate has its message', async () => {
    const tls = makeTestAuthority().issue({ names: ['keys.example'] });
    const server = await answering((_request, response) => response.end('{}'), tls);
    const url = `https://keys.example:${server.port}/`;
    expect(await messageOf(url)).toBe(
      `URL (${url}) is not reachable: its certificate is not trusted (CERT_SIGNATURE_FAILURE)!`,
    );
  });

  test('because its chain ends at an unknown authority has its message', async () => {
    const unknown = makeTestAuthority();
    const { key, cert } = unknown.issue({ names: ['keys.example'] });
    const tls = { key, cert: `${cert}\n${unknown.caCertificate}` };
    const server = await answering((_request, response) => response.end('{}'), tls);
    const url = `https://keys.example:${server.port}/`;
    expect(await messageOf(url, withoutOwnAuthority)).toBe(
      `URL (${url}) is not reachable: its certificate is not trusted, because its authority is not known! Add the authority's certificate (PEM) to the file that KEYPLANE_URL_CA_FILE names, and start the manager again`,
    );
  });

  test('because its certificate is self-signed has its message', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'keyplane-'));
    execFileSync(
      'openssl',
      [
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:P-256',
        '-nodes',
        '-days',
        '1',
        '-subj',
        '/CN=keys.example',
        '-addext',
        'subjectAltName=DNS:keys.example',
        '-keyout',
        join(folder, 'key.pem'),
        '-out',
        join(folder, 'cert.pem'),
      ],
      { stdio: 'ignore' },
    );
    const tls = {
      key: readFileSync(join(folder, 'key.pem'), 'utf8'),
      cert: readFileSync(join(folder, 'cert.pem'), 'utf8'),
    };
    rmSync(folder, { recursive: true });
    const server = await answering((_request, response) => response.end('{}'), tls);
    const url = `https://keys.example:${server.port}/`;
    expect(await messageOf(url, withoutOwnAuthority)).toContain(
      'its certificate is not trusted, because it is self-signed! Add the certificate itself (PEM) to the file that',
    );
  });

  test('because it does not speak TLS has its message', async () => {
    const server = await answering((_request, response) => response.end('{}'));
    expect(await messageOf(`https://127.0.0.1:${server.port}/`)).toContain(
      'is not reachable: the TLS handshake failed!',
    );
    const silent = await talking((socket) => socket.once('data', () => socket.end()));
    expect(await messageOf(`https://127.0.0.1:${silent.port}/`)).toContain(
      'was closed in the TLS handshake!',
    );
  });
});

describe('a redirect that is not followed', () => {
  test.each([
    ['file:///etc/passwd', 'redirects to scheme file, only http and https are followed!'],
    ['ftp://keys.example/', 'redirects to scheme ftp, only http and https are followed!'],
    ['//user:hunter2@keys.example/', 'redirects to a URL with a user name or a password!'],
    ['http://', 'redirects to a URL that is not valid!'],
    ['\\\\keys.example', 'redirects to a URL that is not valid!'],
    ['http://keys.example:0/', 'redirects to port 0!'],
    [`/${'a'.repeat(3000)}`, 'redirects to a URL of more than 2048 characters!'],
  ])('to %s has its message', async (location, message) => {
    const server = await answering((_request, response) => response.writeHead(302, { location }).end());
    expect(await messageOf(server.origin)).toBe(`URL (${server.origin}/) ${message}`);
  });

  test.each([
    ['without a Location', 'HTTP/1.1 302 Found\r\n\r\n'],
    ['with two', 'HTTP/1.1 302 Found\r\nlocation: /a\r\nlocation: /b\r\n\r\n'],
  ])('%s has its message', async (_what, answer) => {
    const server = await talking((socket) => socket.once('data', () => socket.end(answer)));
    expect(await messageOf(server.origin)).toBe(`URL (${server.origin}/) redirects without one Location!`);
  });

  test('because it is the fourth has its message, and its body is not waited for', async () => {
    const server = await answering((request, response) => {
      response.writeHead(302, { location: request.url, 'content-length': 1000 }).write('never ends');
    });
    expect(await messageOf(`${server.origin}/loop`)).toBe(
      `URL (${server.origin}/loop), redirected to ${server.origin}, redirects more than 3 times!`,
    );
    expect(server.requests).toHaveLength(4);
  });

  test('because it leaves https has its message', async () => {
    const tls = authority.issue({ addresses: ['127.0.0.1'] });
    const server = await answering((_request, response) => {
      response.writeHead(302, { location: 'http://keys.example/' }).end();
    }, tls);
    expect(await messageOf(server.origin)).toContain('redirects from https to http, which is not followed!');
  });

  test.each([
    'http://10.0.0.1/secret?x=1',
    'http://0x7f000002/secret',
    'http://[::1]/secret',
    '//169.254.169.254/secret',
  ])('to %s is refused as the address itself is, without its path', async (location) => {
    const server = await answering((_request, response) => response.writeHead(307, { location }).end());
    const fetcher = createSafeFetch({
      allow: parseAllowList('127.0.0.1'),
      resolve: async () => [{ address: '127.0.0.2', family: 4 }],
    });
    const message = await messageOf(server.origin, fetcher);
    expect(message).toMatch(/, redirected to http:\/\/[^/]+, resolves to an address in a private, loopback/);
    expect(message).not.toContain('secret');
  });

  test('to a name with a private address is refused as the name itself is, without its path', async () => {
    const location = 'http://private.example/secret';
    const server = await answering((_request, response) => response.writeHead(307, { location }).end());
    const fetcher = createSafeFetch({
      allow: parseAllowList('127.0.0.1'),
      resolve: async () => [{ address: '127.0.0.2', family: 4 }],
    });
    const message = await messageOf(server.origin, fetcher);
    expect(message).toContain(
      ', redirected to http://private.example, is not reachable: its host name is not found, or',
    );
    expect(message).not.toContain('secret');
  });
});
