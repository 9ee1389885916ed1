// The certificate that a client proved on its connection, read once for all its requests.

import { hash, type X509Certificate } from 'node:crypto';
import { TLSSocket } from 'node:tls';
import { provenCertificateOf } from '../../../runtime/tls-files.ts';

export interface ClientCertificate {
  /** URIs of its subject alternative names (RFC 5280 §4.2.1.6). */
  readonly uris: readonly string[];
  /** base64url of the SHA-256 of its SubjectPublicKeyInfo. */
  readonly spkiSha256: string;
  /** Milliseconds since 1970. */
  readonly expires: number;
}

const read = new WeakMap<TLSSocket, ClientCertificate>();

/** Undefined where the client proved none that a CA of the listener signed. */
export function clientCertificateOf(socket: unknown): ClientCertificate | undefined {
  if (!(socket instanceof TLSSocket) || socket.authorizationError) return undefined;
  const known = read.get(socket);
  if (known !== undefined) return known;
  const certificate = provenCertificateOf(socket);
  if (certificate === undefined) return undefined;
  const facts = factsOf(certificate);
  read.set(socket, facts);
  return facts;
}

function factsOf(certificate: X509Certificate): ClientCertificate {
  const spki = certificate.publicKey.export({ type: 'spki', format: 'der' });
  return {
    uris: urisOf(certificate.subjectAltName ?? ''),
    spkiSha256: hash('sha256', spki, 'base64url'),
    expires: certificate.validToDate.getTime(),
  };
}

/** A name, quoted as JSON where it has a comma or another character that could pretend to be a second name. */
const namePattern = /([A-Za-z ]+):("(?:[^"\\]|\\.)*"|[^,"]*)(?:, |$)/y;

/** @param names as Node.js writes them: `DNS:example.com, URI:spiffe://example.org/a` */
export function urisOf(names: string): readonly string[] {
  const uris: string[] = [];
  namePattern.lastIndex = 0;
  while (namePattern.lastIndex < names.length) {
    const match = namePattern.exec(names);
    // What is written in another way is not understood, and then nothing of it counts.
    if (match === null) return [];
    const [, type, value = ''] = match;
    if (type === 'URI') uris.push(value.startsWith('"') ? String(JSON.parse(value)) : value);
  }
  return uris;
}
