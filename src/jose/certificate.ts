// X.509 certificates (RFC 5280): one in DER, or a PEM file with a leaf first and its chain behind it.
// Refuses private keys and other blocks, damaged or doubled certificates, and a chain whose parts do not sign each other.
// An expired certificate is read like any other; whether its key is sound is for the import to say.

import { Buffer } from 'node:buffer';
import { hash, X509Certificate } from 'node:crypto';
import { badRequest } from '../errors.ts';
import type { KeyRestriction } from './algorithms.ts';
import { type DerElement, DerError, readDer, readSequence, readUnsigned } from './der/der.ts';
import { distinguishedName } from './der/distinguished-name.ts';
import { readSpki } from './der/key-der.ts';
import type { JsonObject } from './json.ts';
import { type PrivateJwk, shown } from './jwk.ts';
import { parsePem } from './pem.ts';
import { keyMembers, publicMembersOf } from './public-part.ts';

export interface CertificateInfo {
  readonly der: Buffer;
  /** RFC 4514, most specific part first: `CN=example.com, O=Example Inc, C=US`. */
  readonly subjectDn: string;
  readonly startDate: Date;
  readonly endDate: Date;
  /** Upper-case hex without colons. */
  readonly sha1Thumbprint: string;
  /** RFC 7517 §4.8 and §4.9. */
  readonly x5t: string;
  readonly x5tS256: string;
  /** Raw public JWK members, not checked for soundness. */
  readonly publicKey: JsonObject;
  readonly restriction?: KeyRestriction;
}

const longestCertificate = 65_536;
const mostCertificates = 10;

/**
 * @param what stands at the head of each message
 * @throws KeyplaneError bad_request
 */
export function readCertificateDer(der: Buffer, what = 'Certificate'): CertificateInfo {
  if (der.length > longestCertificate)
    throw badRequest(`${what} has ${der.length} bytes; at most ${longestCertificate} are accepted`);
  const { subjectDn, publicKey, restriction } = readFields(der, what);
  const { validFromDate: startDate, validToDate: endDate } = openCertificate(der, what);
  if (Number.isNaN(startDate.getTime()) || Number.isNaN(endDate.getTime())) {
    throw badRequest(`${what} is not valid: its validity dates can not be read`);
  }
  const sha1 = Buffer.from(hash('sha1', der, 'hex'), 'hex');
  const read = {
    der: Buffer.from(der),
    subjectDn,
    startDate,
    endDate,
    sha1Thumbprint: sha1.toString('hex').toUpperCase(),
    x5t: sha1.toString('base64url'),
    x5tS256: hash('sha256', der, 'base64url'),
    publicKey,
  };
  return restriction === undefined ? read : { ...read, restriction };
}

/** RFC 5280 §4.1: what OpenSSL does not tell or tells in a form of its own. */
function readFields(der: Buffer, what: string) {
  try {
    const [signed, , , ...more] = readSequence(readDer(der), 'content');
    if (more.length > 0) throw new DerError('it has more members than a certificate');
    const fields = readSequence(signed, 'signed part');
    const [version] = fields;
    if (version?.tag === 0xa0) {
      checkVersion(version);
      fields.shift();
    }
    const [, , , , subject, key] = fields;
    if (key === undefined) throw new DerError('its public key is missing');
    const { jwk: publicKey, restriction } = readSpki(key.encoded);
    return { subjectDn: distinguishedName(subject), publicKey, restriction };
  } catch (error) {
    if (error instanceof DerError) throw badRequest(`${what} is not valid: ${error.message}`);
    throw error;
  }
}

function checkVersion(tagged: DerElement): void {
  const octets = readUnsigned(readDer(tagged.content), 'version');
  if (octets.length !== 1 || (octets[0] ?? 0) > 2)
    throw new DerError('its version is none of 1, 2, 3 (RFC 5280 §4.1.2.1)');
}

function openCertificate(der: Buffer, what: string): X509Certificate {
  try {
    return new X509Certificate(der);
  } catch (error) {
    throw badRequest(`${what} is not valid: it is not an X.509 certificate`, { cause: error });
  }
}

/**
 * One certificate or more, the leaf first.
 * @throws KeyplaneError bad_request
 */
export function readCertificates(pem: string): CertificateInfo[] {
  const what = 'Certificate file';
  const blocks = parsePem(pem, what);
  for (const { label } of blocks) {
    if (label.includes('PRIVATE KEY')) {
      throw badRequest(
        `${what} holds a private key (${shown(label)}) where a certificate belongs! Only certificates may stand in it`,
      );
    }
    if (label !== 'CERTIFICATE' && label !== 'X509 CERTIFICATE') {
      throw badRequest(`${what} holds a PEM block of the kind ${shown(label)}; only CERTIFICATE is accepted`);
    }
  }
  if (blocks.length > mostCertificates) {
    throw badRequest(`${what} holds ${blocks.length} certificates; at most ${mostCertificates} are accepted`);
  }
  const chain = blocks.map(({ der }, index) =>
    readCertificateDer(der, blocks.length > 1 ? `Certificate ${index + 1} of the file` : 'Certificate'),
  );
  checkChain(chain, what);
  return chain;
}

/**
 * Each certificate must be signed by the next one, and none may come twice.
 * @throws KeyplaneError bad_request
 */
export function checkChain(chain: readonly CertificateInfo[], what: string): void {
  const seen = new Set(chain.map(({ x5tS256 }) => x5tS256));
  if (seen.size < chain.length) throw badRequest(`${what} holds the same certificate twice`);
  for (const [index, issuer] of chain.entries()) {
    const certificate = chain[index - 1];
    if (certificate !== undefined && !isIssuedBy(certificate, issuer)) {
      throw badRequest(
        `${what} is not a chain: certificate ${index + 1} did not sign certificate ${index}; the leaf comes first, then the one that signed it`,
      );
    }
  }
}

function isIssuedBy(certificate: CertificateInfo, issuer: CertificateInfo): boolean {
  const [subject, signer] = [new X509Certificate(certificate.der), new X509Certificate(issuer.der)];
  try {
    return subject.checkIssued(signer) && subject.verify(signer.publicKey);
  } catch {
    // A signature algorithm that OpenSSL does not know.
    return false;
  }
}

/** Whether two keys have the same public members. */
export function sameKey(certified: JsonObject, jwk: PrivateJwk): boolean {
  const own: Readonly<Record<string, unknown>> = { ...jwk };
  const names = ['kty', ...keyMembers[jwk.kty].public];
  const certifiedMembers = publicMembersOf(certified);
  return names.every((name) => certifiedMembers[name] === own[name]);
}

/** RFC 7517 §4.7 to §4.9; base64 with padding for x5c. */
export function x5Members(chain: readonly CertificateInfo[]): {
  x5c: string[];
  x5t: string;
  'x5t#S256': string;
} {
  const [leaf] = chain;
  if (leaf === undefined) throw badRequest('A certificate chain must hold a certificate');
  return { x5c: chain.map(({ der }) => der.toString('base64')), x5t: leaf.x5t, 'x5t#S256': leaf.x5tS256 };
}
