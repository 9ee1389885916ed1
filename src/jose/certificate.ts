// X.509 certificates (RFC 5280): one in DER, or a PEM file with a leaf first and its chain behind it.
// Rejects private keys and other blocks, damaged certificates, and keys that are no point of their curve.
// An expired certificate is read like any other, and so is one whose key no JOSE algorithm uses: a JWK cannot be made of
// it, but it may stand in a chain or a truststore.

import { Buffer } from 'node:buffer';
import { hash, X509Certificate } from 'node:crypto';
import { readDer, readSequence, readUnsigned } from '../asn1/der.ts';
import { type Asn1Element, Asn1Error } from '../asn1/element.ts';
import { badRequest, isKeyplaneError } from '../errors.ts';
import { type CertificateBlock, certificateBlocksIn } from './certificate-file.ts';
import { distinguishedName } from './der/distinguished-name.ts';
import { HybridPointError } from './der/ec-form.ts';
import { readSpki } from './der/key-der.ts';
import { readKeyUsage, type X509KeyUsage } from './der/key-usage.ts';
import { ExplicitCurveError } from './der/named-curve.ts';
import type { KeyRestriction } from './der/rsa-pss.ts';
import { UnsupportedKeyError } from './der/unsupported-key-error.ts';
import type { JsonObject } from './json.ts';
import type { PrivateJwk } from './jwk.ts';
import { isKeyType, keyTypeInfo } from './key-types.ts';
import { publicMembersOf } from './public-part.ts';
import {
  type Encoding,
  explicitCurveOfCertificate,
  hybridPointOfCertificate,
} from './unsupported-formats.ts';

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
  /** Raw public JWK members, not checked for soundness; undefined for a key that JOSE does not have. */
  readonly publicKey: JsonObject | undefined;
  /** Why there is no `publicKey`, such as "it is on a Brainpool curve; supported are …". */
  readonly keyProblem: string | undefined;
  /** Its key is on a curve that JOSE does not have and OpenSSL does. */
  readonly isOnOtherCurve: boolean;
  readonly restriction?: KeyRestriction;
  /** RFC 5280 §4.2.1.3; undefined where the certificate does not state it. */
  readonly keyUsage: readonly X509KeyUsage[] | undefined;
}

const longestCertificate = 65_536;
/** Of a file, and of x5c. */
export const mostCertificates = 10;

/**
 * @param what stands at the head of each message
 * @throws KeyplaneError bad_request
 */
export function readCertificateDer(der: Buffer, what = 'Certificate'): CertificateInfo {
  if (der.length > longestCertificate)
    throw badRequest(`${what} has ${der.length} bytes; at most ${longestCertificate} are accepted`);
  const { restriction, ...fields } = readFields(der, what);
  const { validFromDate: startDate, validToDate: endDate } = openCertificate(der, what);
  if (Number.isNaN(startDate.getTime()) || Number.isNaN(endDate.getTime())) {
    throw badRequest(`${what} is not valid: its validity dates can not be read`);
  }
  const sha1 = Buffer.from(hash('sha1', der, 'hex'), 'hex');
  const read = {
    der: Buffer.from(der),
    ...fields,
    startDate,
    endDate,
    sha1Thumbprint: sha1.toString('hex').toUpperCase(),
    x5t: sha1.toString('base64url'),
    x5tS256: hash('sha256', der, 'base64url'),
  };
  return restriction === undefined ? read : { ...read, restriction };
}

/** RFC 5280 §4.1: fields that OpenSSL does not show or shows in its own format. */
function readFields(der: Buffer, what: string) {
  try {
    const [signed, , , ...more] = readSequence(readDer(der), 'content');
    if (more.length > 0) throw new Asn1Error('it has more members than a certificate');
    const fields = readSequence(signed, 'signed part');
    const [version] = fields;
    if (version?.tag === 0xa0) {
      checkVersion(version);
      fields.shift();
    }
    const [, , , , subject, key, ...optional] = fields;
    if (key === undefined) throw new Asn1Error('its public key is missing');
    const keyUsage = readKeyUsage(optional.find(({ tag }) => tag === 0xa3));
    return { subjectDn: distinguishedName(subject), keyUsage, ...readPublicKey(key.encoded) };
  } catch (error) {
    if (error instanceof Asn1Error)
      throw badRequest(`${what} is not valid: ${error.message}`, { cause: error });
    throw error;
  }
}

function readPublicKey(spki: Buffer): Pick<CertificateInfo, 'publicKey' | 'keyProblem' | 'isOnOtherCurve'> & {
  readonly restriction: KeyRestriction | undefined;
} {
  try {
    const { jwk: publicKey, restriction } = readSpki(spki);
    return { publicKey, keyProblem: undefined, isOnOtherCurve: false, restriction };
  } catch (error) {
    if (!(error instanceof UnsupportedKeyError)) throw error;
    const { message: keyProblem, isOnKnownCurve: isOnOtherCurve } = error;
    return { publicKey: undefined, keyProblem, isOnOtherCurve, restriction: undefined };
  }
}

/** @throws KeyplaneError bad_request where no JOSE algorithm uses its key */
export function publicKeyOf({ publicKey, keyProblem }: CertificateInfo): JsonObject {
  if (publicKey !== undefined) return publicKey;
  throw badRequest(`No JWK can be made of the certificate: ${keyProblem}`, { reason: 'KEY_NOT_SUPPORTED' });
}

function checkVersion(tagged: Asn1Element): void {
  const octets = readUnsigned(readDer(tagged.content), 'version');
  if (octets.length !== 1 || (octets[0] ?? 0) > 2)
    throw new Asn1Error('its version is none of 1, 2, 3 (RFC 5280 §4.1.2.1)');
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
 * @param file PEM, or base64 of DER
 * @throws KeyplaneError bad_request
 */
export function readCertificates(file: string): CertificateInfo[] {
  const what = 'Certificate file';
  const blocks = certificateBlocksIn(file);
  if (blocks.length > mostCertificates) {
    throw badRequest(`${what} holds ${blocks.length} certificates; at most ${mostCertificates} are accepted`);
  }
  const whatIs = (index: number) =>
    blocks.length > 1 ? `Certificate ${index + 1} of the file` : 'Certificate';
  const chain = blocks.map((block, index) => readUploaded(block, index, whatIs(index)));
  for (const [index, certificate] of chain.entries()) checkPoint(certificate, whatIs(index));
  return chain;
}

/** The first certificate of a file is the one whose key `openssl x509` writes. */
function readUploaded({ der, encoding }: CertificateBlock, index: number, what: string): CertificateInfo {
  try {
    return readCertificateDer(der, what);
  } catch (error) {
    if (!isKeyplaneError(error) || index > 0) throw error;
    const remedy = keyRemedy(error.cause, encoding);
    if (remedy === undefined) throw error;
    throw badRequest(`${error.message}! ${remedy}`, {
      reason: 'FORM_NOT_SUPPORTED',
      cause: error,
    });
  }
}

/** Undefined for a fault that no command mends. */
function keyRemedy(cause: unknown, encoding: Encoding): string | undefined {
  if (cause instanceof ExplicitCurveError) return explicitCurveOfCertificate(encoding);
  return cause instanceof HybridPointError ? hybridPointOfCertificate(encoding) : undefined;
}

/**
 * SP 800-56A §5.6.2.3: a point off its curve is no public key, and computing with it may leak a secret.
 * @throws KeyplaneError bad_request
 */
function checkPoint({ der, publicKey, isOnOtherCurve }: CertificateInfo, what: string): void {
  const fault = (cause: unknown) =>
    badRequest(`${what} is not valid: its public key is not a point of its curve`, {
      reason: 'KEY_NOT_SOUND',
      cause,
    });
  try {
    if (publicKey !== undefined && isKeyType(publicKey.kty)) {
      keyTypeInfo(publicKey.kty).checkPoint?.(publicKey);
    }
  } catch (error) {
    throw fault(error);
  }
  if (!isOnOtherCurve) return;
  // OpenSSL decodes a point only where it lies on the curve.
  try {
    void new X509Certificate(der).publicKey;
  } catch (error) {
    throw fault(error);
  }
}

/**
 * Why a certificate does not continue a chain that begins with its leaf: it did not sign the one before it, or JOSE does
 * not have its key. Undefined where it does.
 */
export function chainFault(chain: readonly CertificateInfo[], issuer: CertificateInfo): string | undefined {
  const last = chain.at(-1);
  if (last === undefined) return undefined;
  const which = `certificate ${chain.length + 1}`;
  if (chain.some(({ x5tS256 }) => x5tS256 === issuer.x5tS256)) return `${which} is there twice`;
  if (issuer.keyProblem !== undefined) {
    return `${which} ${issuer.keyProblem.replace(/^it /, '').replace(/;.*/, '')}`;
  }
  if (isIssuedBy(last, issuer)) return undefined;
  const order = isIssuedBy(issuer, last) ? ' (the leaf comes first)' : '';
  return `${which} did not sign certificate ${chain.length}${order}`;
}

/** The warning for a chain that was cut. */
export function cutWarning(what: string, kept: number, all: number, fault: string): string {
  return `${what} was cut to ${kept} of ${all} certificates: ${fault}`;
}

/** What a JWK that is made from a file of certificates leaves out of it, or why none can be made. */
export function chainWarnings(certificates: readonly CertificateInfo[]): readonly string[] {
  const [leaf] = certificates;
  if (leaf?.keyProblem !== undefined) return [`No JWK can be made of the certificate: ${leaf.keyProblem}`];
  for (const [index, issuer] of certificates.entries()) {
    const fault = chainFault(certificates.slice(0, index), issuer);
    if (fault === undefined) continue;
    return [`A JWK made from it gets ${index} of its ${certificates.length} certificates: ${fault}`];
  }
  return [];
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
export function sameKey(certified: JsonObject | undefined, jwk: PrivateJwk): boolean {
  if (certified === undefined) return false;
  const own: Readonly<Record<string, unknown>> = { ...jwk };
  const names = ['kty', ...keyTypeInfo(jwk.kty).publicMembers];
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
