// Keys in DER to raw JWK members: SPKI (RFC 5280 §4.1), PKCS#1 (RFC 8017 A.1), PKCS#8 (RFC 5208, RFC 5958), SEC 1 (RFC 5915).
// Reads structure only; whether the key is sound is for the import to say. Throws DerError.

import { Buffer } from 'node:buffer';
import { ECDH } from 'node:crypto';
import type { KeyRestriction } from '../algorithms.ts';
import type { JsonObject } from '../json.ts';
import { integerFromOctets } from '../members/integer.ts';
import { type EcCurve, ecCurves } from '../soundness/ec-curves.ts';
import { ecPublicPoint } from '../soundness/soundness-ec.ts';
import { okpCurves, okpPublicText } from '../soundness/soundness-okp.ts';
import { type DerElement, DerError, readBits, readDer, readSequence, readUnsigned } from './der.ts';
import { expectOctets, readExplicitCurve, readKeyAlgorithm } from './key-algorithm.ts';

export interface DerKey {
  readonly jwk: JsonObject;
  readonly restriction?: KeyRestriction;
}

function integerText(element: DerElement | undefined, what: string): string {
  return readUnsigned(element, what).toString('base64url');
}

export function readRsaPublicKey(der: Buffer): JsonObject {
  const [n, e] = readSequence(readDer(der), 'RSA public key');
  return { kty: 'RSA', n: integerText(n, 'modulus'), e: integerText(e, 'exponent') };
}

/** The answer holds secrets. */
export function readRsaPrivateKey(der: Buffer): JsonObject {
  const [version, ...numbers] = readSequence(readDer(der), 'RSA private key');
  if (readUnsigned(version, 'version')[0] !== 0)
    throw new DerError('it is an RSA key of more than two primes, which is not supported');
  const names = ['n', 'e', 'd', 'p', 'q', 'dp', 'dq', 'qi'];
  if (numbers.length !== names.length)
    throw new DerError('it does not hold the nine numbers of RFC 8017 A.1.2');
  return {
    kty: 'RSA',
    ...Object.fromEntries(names.map((name, index) => [name, integerText(numbers[index], name)])),
  };
}

function curveOf(crv: string): EcCurve {
  const curve = ecCurves.get(crv);
  if (curve === undefined) throw new DerError('its curve is unknown');
  return curve;
}

/** SEC 1 §2.3.4: uncompressed or compressed. */
function pointMembers(crv: string, point: Buffer): JsonObject {
  const { octets, nodeName } = curveOf(crv);
  let whole = point;
  if (point.length === octets + 1 && (point[0] === 2 || point[0] === 3)) {
    try {
      whole = ECDH.convertKey(point, nodeName, undefined, undefined, 'uncompressed') as Buffer;
    } catch {
      throw new DerError(`its point is not on ${crv}`);
    }
  }
  if (whole.length !== 2 * octets + 1 || whole[0] !== 4)
    throw new DerError(`its point does not have the form of a point on ${crv}`);
  return {
    x: whole.subarray(1, octets + 1).toString('base64url'),
    y: whole.subarray(octets + 1).toString('base64url'),
  };
}

/**
 * RFC 5915. The answer holds secrets.
 * @param outerCurve what PKCS#8 or an EC PARAMETERS block named
 */
export function readEcPrivateKey(der: Buffer, outerCurve: string | undefined): JsonObject {
  const [version, secret, ...optional] = readSequence(readDer(der), 'EC private key');
  if (readUnsigned(version, 'version')[0] !== 1) throw new DerError('its version is not 1 (RFC 5915 §3)');
  const parameters = optional.find(({ tag }) => tag === 0xa0);
  const ownCurve = parameters && readExplicitCurve(parameters);
  const crv = ownCurve ?? outerCurve;
  if (crv === undefined) throw new DerError('it does not name its curve (RFC 5915 §3)');
  if (outerCurve !== undefined && crv !== outerCurve)
    throw new DerError(`it names two curves, ${outerCurve} and ${crv}`);
  const curve = curveOf(crv);
  const d = fixedLength(expectOctets(secret, 'private value').content, curve.octets);
  const publicKey = optional.find(({ tag }) => tag === 0xa1);
  const point = publicKey ? readBits(readDer(publicKey.content), 'public key') : derivedPoint(curve, d);
  return { kty: 'EC', crv, ...pointMembers(crv, point), d: d.toString('base64url') };
}

function derivedPoint(curve: EcCurve, d: Buffer): Buffer {
  const value = integerFromOctets(d);
  if (value === 0n || value >= curve.order)
    throw new DerError('its private value is not between 1 and the order of the curve');
  return ecPublicPoint(curve, d);
}

/** Some writers drop zero octets in front, some add one. */
function fixedLength(octets: Buffer, length: number): Buffer {
  const first = octets.findIndex((octet) => octet !== 0);
  const magnitude = first < 0 ? Buffer.alloc(0) : octets.subarray(first);
  if (magnitude.length > length) throw new DerError('its private value is too long for its curve');
  return Buffer.concat([Buffer.alloc(length - magnitude.length), magnitude]);
}

export function readSpki(der: Buffer): DerKey {
  const [algorithmElement, bits, ...more] = readSequence(readDer(der), 'public key');
  if (more.length > 0) throw new DerError('it has more members than a public key');
  const algorithm = readKeyAlgorithm(algorithmElement);
  const key = readBits(bits, 'public key');
  if (algorithm.kty === 'RSA') {
    const jwk = readRsaPublicKey(key);
    return algorithm.restriction === undefined ? { jwk } : { jwk, restriction: algorithm.restriction };
  }
  const { kty, crv } = algorithm;
  if (kty === 'EC') return { jwk: { kty, crv, ...pointMembers(crv, key) } };
  return { jwk: { kty, crv, x: key.toString('base64url') } };
}

/** Version 0 (RFC 5208) or 1, which may carry the public key in [1] (RFC 5958 §2). The answer holds secrets. */
export function readPkcs8(der: Buffer): DerKey {
  const [version, algorithmElement, secretElement, ...optional] = readSequence(readDer(der), 'private key');
  if ((readUnsigned(version, 'version')[0] ?? 2) > 1)
    throw new DerError('its version is not 0 or 1 (RFC 5958 §2)');
  const algorithm = readKeyAlgorithm(algorithmElement);
  const secret = expectOctets(secretElement, 'private key').content;
  if (algorithm.kty === 'RSA') {
    const jwk = readRsaPrivateKey(secret);
    return algorithm.restriction === undefined ? { jwk } : { jwk, restriction: algorithm.restriction };
  }
  const { kty, crv } = algorithm;
  if (kty === 'EC') return { jwk: readEcPrivateKey(secret, crv) };
  const d = expectOctets(readDer(secret), 'private key').content;
  if (d.length !== okpCurves.get(crv)?.octets)
    throw new DerError(`its private value has the wrong length for ${crv} (RFC 8410 §7)`);
  const publicKey = optional.find(({ tag }) => tag === 0x81)?.content.subarray(1);
  const x = publicKey?.toString('base64url') ?? okpPublicText(crv, d);
  return { jwk: { kty, crv, x, d: d.toString('base64url') } };
}
