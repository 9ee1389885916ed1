// Servers on loopback with given answers, valid or not, and certificates for them.
// Every server counts its connections, so that a test can assert that no client connected.

import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import forge from 'node-forge';
import { freePort } from './free-port.ts';

export interface TestServer {
  readonly port: number;
  /** Without a slash at its end; the host is the address that the server listens on. */
  readonly origin: string;
  connectionCount(): number;
  /** Resolves when no connection is open; never if one stays. */
  allClosed(): Promise<void>;
  close(): Promise<void>;
}

export interface HttpTestServer extends TestServer {
  /** In the order of their arrival. */
  readonly requests: readonly IncomingMessage[];
}

export interface ServerCertificate {
  readonly key: string;
  readonly cert: string;
}

export interface ServerOptions {
  readonly host?: string;
  readonly tls?: ServerCertificate;
}

export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** A real HTTP server, or HTTPS when it is given a certificate. */
export async function startHttpServer(answer: Answer, options: ServerOptions = {}): Promise<HttpTestServer> {
  const requests: IncomingMessage[] = [];
  const handle: Answer = (request, response) => {
    requests.push(request);
    answer(request, response);
  };
  const { tls } = options;
  const server = tls === undefined ? createHttpServer(handle) : createHttpsServer({ ...tls }, handle);
  const started = await listening(server, {
    host: options.host,
    scheme: tls === undefined ? 'http' : 'https',
  });
  return { ...started, requests };
}

/** A TCP server for answers that no HTTP library would write. */
export async function startTcpServer(
  talk: (socket: Socket) => void,
  options: { readonly host?: string } = {},
): Promise<TestServer> {
  const server = createTcpServer((socket) => {
    socket.on('error', () => undefined);
    // A socket that is not read never notices that the other side closed it.
    socket.resume();
    talk(socket);
  });
  return listening(server, { host: options.host, scheme: 'http' });
}

/** A port on which no server listens. */
export function unusedPort(): Promise<number> {
  return freePort();
}

async function listening(
  server: Server,
  { host = '127.0.0.1', scheme }: { readonly host?: string | undefined; readonly scheme: string },
): Promise<TestServer> {
  const open = new Set<Socket>();
  let connectionCount = 0;
  let whenNoneOpen: (() => void)[] = [];
  const settle = () => {
    if (open.size > 0) return;
    for (const resolve of whenNoneOpen) resolve();
    whenNoneOpen = [];
  };
  server.on('connection', (socket: Socket) => {
    connectionCount += 1;
    open.add(socket);
    socket.on('close', () => {
      open.delete(socket);
      settle();
    });
  });
  server.listen(0, host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    origin: `${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}`,
    connectionCount: () => connectionCount,
    allClosed: () =>
      new Promise((resolve) => {
        whenNoneOpen.push(resolve);
        settle();
      }),
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      for (const socket of open) socket.destroy();
      await closed;
    },
  };
}

export interface TestAuthority {
  /** PEM. */
  readonly caCertificate: string;
  issue(subject: CertificateSubject): ServerCertificate;
}

export interface CertificateSubject {
  readonly names?: readonly string[];
  readonly addresses?: readonly string[];
  readonly notBefore?: Date;
  readonly notAfter?: Date;
}

const dayMs = 86_400_000;

/** A certificate authority that only this test trusts. */
export function makeTestAuthority(): TestAuthority {
  const authority = { keys: makeKeys(), name: [{ name: 'commonName', value: 'keyplane test authority' }] };
  const caExtensions = [
    { name: 'basicConstraints', cA: true, critical: true },
    { name: 'keyUsage', keyCertSign: true, critical: true },
  ];
  let serial = 0x10;
  const sign = (
    subject: forge.pki.CertificateField[],
    keys: KeyPairPem,
    { extensions, notBefore, notAfter }: { extensions: object[]; notBefore?: Date; notAfter?: Date },
  ) => {
    const certificate = forge.pki.createCertificate();
    certificate.publicKey = forge.pki.publicKeyFromPem(keys.publicPem);
    certificate.serialNumber = serial.toString(16);
    serial += 1;
    certificate.validity.notBefore = notBefore ?? new Date(Date.now() - dayMs);
    certificate.validity.notAfter = notAfter ?? new Date(Date.now() + dayMs);
    certificate.setSubject(subject);
    certificate.setIssuer(authority.name);
    certificate.setExtensions(extensions);
    certificate.sign(forge.pki.privateKeyFromPem(authority.keys.privatePem), forge.md.sha256.create());
    return forge.pki.certificateToPem(certificate);
  };
  return {
    caCertificate: sign(authority.name, authority.keys, { extensions: caExtensions }),
    issue: ({ names = [], addresses = [], ...validity }) => {
      const keys = makeKeys();
      const altNames = [
        ...names.map((value) => ({ type: 2, value })),
        ...addresses.map((ip) => ({ type: 7, ip })),
      ];
      const subject = [{ name: 'commonName', value: 'keyplane test server' }];
      const extensions = [{ name: 'subjectAltName', altNames }];
      return { key: keys.privatePem, cert: sign(subject, keys, { extensions, ...validity }) };
    },
  };
}

interface KeyPairPem {
  readonly publicPem: string;
  readonly privatePem: string;
}

function makeKeys(): KeyPairPem {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return {
    publicPem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    privatePem: privateKey.export({ type: 'pkcs1', format: 'pem' }).toString(),
  };
}
