// Certificate and key of a listener that speaks TLS itself, out of files that another program renews. They are read
// again every few seconds; a damaged file, or a certificate whose key has not arrived yet, leaves the old pair in use.

import { constants, createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Server } from 'node:https';
import { createSecureContext, type SecureContextOptions, TLSSocket } from 'node:tls';
import { readTrustedCertificates } from './pem-certificates.ts';

/** The name is that of the setting, for errors: `KEYPLANE_TLS_CERT`, `--tls-cert`. */
export interface NamedFile {
  readonly setting: string;
  readonly path: string;
}

export interface TlsFilesOptions {
  /** PEM: the certificate, and after it those that lead to its CA. */
  readonly cert: NamedFile;
  readonly key: NamedFile;
  /** PEM: the server requests a client certificate that one of these signed. */
  readonly clientCa?: NamedFile | undefined;
  readonly log: TlsLog;
  readonly lookEveryMs?: number;
}

export interface TlsLog {
  info(facts: Record<string, unknown>, text: string): void;
  error(facts: Record<string, unknown>, text: string): void;
}

interface Loaded {
  readonly cert: Buffer;
  readonly key: Buffer;
  readonly ca: Buffer | undefined;
}

const defaultLookEveryMs = 5_000;
export const leastTlsVersion = 'TLSv1.2';
/** RFC 6797, of every listener that speaks TLS itself. Where TLS ends in front of it, that decides. */
export const strictTransport = 'max-age=31536000';
const handshakeTimeoutMs = 10_000;

export class TlsFiles {
  readonly #options: TlsFilesOptions;
  /** What each does when the CAs of clients are others. */
  readonly #servers = new Map<Server, () => void>();
  #loaded: Loaded;
  #problem = '';
  readonly #looks: NodeJS.Timeout;

  /** @throws Error with one line for the operator */
  static async open(options: TlsFilesOptions): Promise<TlsFiles> {
    return new TlsFiles(options, await load(options));
  }

  private constructor(options: TlsFilesOptions, loaded: Loaded) {
    this.#options = options;
    this.#loaded = loaded;
    this.#looks = setInterval(() => void this.look(), options.lookEveryMs ?? defaultLookEveryMs);
    this.#looks.unref();
  }

  /** For `https.createServer`; the server is to be given to `follow`. */
  get serverOptions() {
    const asksForCertificate = this.#loaded.ca !== undefined;
    return {
      ...contextOptions(this.#loaded),
      handshakeTimeout: handshakeTimeoutMs,
      requestCert: asksForCertificate,
      // Whether a client needs one is decided by path.
      rejectUnauthorized: false,
    };
  }

  /**
   * The server takes each new pair for connections that are made from then on.
   * @param onNewClientCa runs then if the CAs of clients are others: certificates were proved by the former ones
   */
  follow(server: Server, onNewClientCa: () => void = () => undefined): void {
    this.#servers.set(server, onNewClientCa);
    server.once('close', () => this.#servers.delete(server));
  }

  /** A name that the certificate has for a listener at this address, for URLs; the address itself where it has none. */
  hostFor(address: string): string {
    const certificate = new X509Certificate(this.#loaded.cert);
    const isHere = /^(127\.|0\.0\.0\.0$|::1?$)/.test(address);
    if (isHere && certificate.checkHost('localhost')) return 'localhost';
    if (certificate.checkIP(address)) return address;
    if (isHere && certificate.checkIP('127.0.0.1')) return '127.0.0.1';
    const names = [...(certificate.subjectAltName ?? '').matchAll(/DNS:([^,"*\s]+)/g)];
    return names[0]?.[1] ?? address;
  }

  /** Reads the files again. Never rejects. */
  async look(): Promise<void> {
    const { log } = this.#options;
    try {
      const loaded = await load(this.#options);
      this.#problem = '';
      if (isSame(loaded, this.#loaded)) return;
      const hasNewCa = !isSameFile(loaded.ca, this.#loaded.ca);
      this.#loaded = loaded;
      for (const [server, onNewClientCa] of this.#servers) {
        server.setSecureContext(contextOptions(loaded));
        if (hasNewCa) onNewClientCa();
      }
      const { subject, validTo } = new X509Certificate(loaded.cert);
      log.info({ subject, validTo }, 'the TLS certificate was reloaded');
    } catch (error) {
      const problem = error instanceof Error ? error.message : 'unknown';
      if (problem !== this.#problem)
        log.error({ problem }, 'TLS files are not usable: the former ones stay in use');
      this.#problem = problem;
    }
  }

  close(): void {
    clearInterval(this.#looks);
  }
}

/**
 * The certificate that the client of this connection proved and that a CA of the server signed. `authorized` alone does not
 * suffice: releases of Node.js set it where a client resumes a session in which it proved no certificate, and none takes it
 * back where a later handshake of the connection fails its check.
 */
export function provenCertificateOf(socket: TLSSocket): X509Certificate | undefined {
  if (!socket.authorized || socket.authorizationError) return undefined;
  return socket.getPeerX509Certificate();
}

export function hasClientCertificate(socket: unknown): boolean {
  return socket instanceof TLSSocket && provenCertificateOf(socket) !== undefined;
}

/** @throws Error with one line for the operator */
async function load({ cert, key, clientCa }: TlsFilesOptions): Promise<Loaded> {
  const loaded = {
    cert: await readNamed(cert),
    key: await readNamed(key),
    ca: clientCa && (await readNamed(clientCa)),
  };
  checkPair(cert, loaded.cert, key, loaded.key);
  if (clientCa && loaded.ca) checkCertificates(clientCa, loaded.ca);
  parsed(cert, 'a certificate and its chain in PEM', () => createSecureContext(contextOptions(loaded)));
  return loaded;
}

/** @throws Error with one line for the operator */
export function checkPair(cert: NamedFile, certBytes: Buffer, key: NamedFile, keyBytes: Buffer): void {
  const certificate = parsed(cert, 'a certificate in PEM', () => new X509Certificate(certBytes));
  const privateKey = parsed(key, 'an unencrypted private key in PEM', () => createPrivateKey(keyBytes));
  if (!certificate.checkPrivateKey(privateKey)) {
    throw new Error(`${key.setting} is ${key.path}, which is not the key of the certificate ${cert.path}`);
  }
}

/** @throws Error with one line for the operator */
export function checkCertificates({ setting, path }: NamedFile, bytes: Buffer): void {
  const read = readTrustedCertificates(bytes.toString('latin1'));
  if ('certificates' in read) return;
  throw new Error(`${setting} is ${path}, which ${read.problem}: certificates of CAs in PEM are accepted`);
}

/** @throws Error with one line for the operator */
export async function readNamed({ setting, path }: NamedFile): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : 'unknown';
    throw new Error(`${setting} is ${path}, which cannot be read (${code})`);
  }
}

/** Messages of OpenSSL do not help an operator. */
function parsed<T>({ setting, path }: NamedFile, accepted: string, parse: () => T): T {
  try {
    return parse();
  } catch {
    throw new Error(`${setting} is ${path}, which holds something else: ${accepted} is accepted`);
  }
}

/** TLS 1.2 without renegotiation: the client of a connection stays the one that its first handshake proved. */
function contextOptions({ cert, key, ca }: Loaded): SecureContextOptions {
  const secureOptions = constants.SSL_OP_NO_RENEGOTIATION;
  return { cert, key, minVersion: leastTlsVersion, secureOptions, ...(ca && { ca }) };
}

function isSame(one: Loaded, other: Loaded): boolean {
  return one.cert.equals(other.cert) && one.key.equals(other.key) && isSameFile(one.ca, other.ca);
}

function isSameFile(one: Buffer | undefined, other: Buffer | undefined): boolean {
  return one === undefined || other === undefined ? one === other : one.equals(other);
}
