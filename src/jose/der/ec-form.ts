// EC keys in DER: a point (SEC 1 §2.3.3) in SPKI, an ECPrivateKey (RFC 5915) in PKCS#8 and by itself.

import { Buffer } from 'node:buffer';
import { ECDH } from 'node:crypto';
import { expectOctets, readBits, readDer, readSequence, readUnsigned } from '../../asn1/der.ts';
import { type Asn1Element, Asn1Error, asn1Tag } from '../../asn1/element.ts';
import type { JsonObject } from '../json.ts';
import { integerFromOctets } from '../members/integer.ts';
import { type EcCurve, ecCurves } from '../soundness/ec-curves.ts';
import { ecPublicPoint } from '../soundness/soundness-ec.ts';
import type { DerForm } from './der-form.ts';
import { readNamedCurve } from './named-curve.ts';

export const ecForm: DerForm = {
  supported: [`EC (${[...ecCurves.keys()].join(', ')})`],
  readAlgorithm(oid, parameters) {
    return oid === '1.2.840.10045.2.1' ? { crv: readNamedCurve(parameters) } : undefined;
  },
  readPublicKey(key, { crv = '' }) {
    return { crv, ...pointMembers(crv, key) };
  },
  readPrivateKey(secret, { crv }) {
    return readEcPrivateMembers(secret, crv);
  },
};

/** Its own class, because a file with such a key can be converted. */
export class HybridPointError extends Asn1Error {}

function curveOf(crv: string): EcCurve {
  const curve = ecCurves.get(crv);
  if (curve === undefined) throw new Asn1Error('its curve is unknown');
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
      throw new Asn1Error(`its point is not on ${crv}`);
    }
  }
  if (whole.length === 2 * octets + 1 && (whole[0] === 6 || whole[0] === 7))
    throw new HybridPointError('its point has the hybrid form (X9.62), which RFC 5480 §2.2 does not allow');
  if (whole.length !== 2 * octets + 1 || whole[0] !== 4)
    throw new Asn1Error(`its point does not have the form of a point on ${crv}`);
  return {
    x: whole.subarray(1, octets + 1).toString('base64url'),
    y: whole.subarray(octets + 1).toString('base64url'),
  };
}

/**
 * RFC 5915: members beside kty. The result holds secrets.
 * @param outerCurve what PKCS#8 or an EC PARAMETERS block named
 */
export function readEcPrivateMembers(der: Buffer, outerCurve: string | undefined): JsonObject {
  const [version, secret, ...optional] = readSequence(readDer(der), 'EC private key');
  if (readUnsigned(version, 'version')[0] !== 1) throw new Asn1Error('its version is not 1 (RFC 5915 §3)');
  const parameters = optional.find(({ tag }) => tag === 0xa0);
  const ownCurve = parameters && readExplicitCurve(parameters);
  const crv = ownCurve ?? outerCurve;
  if (crv === undefined) throw new Asn1Error('it does not name its curve (RFC 5915 §3)');
  if (outerCurve !== undefined && crv !== outerCurve)
    throw new Asn1Error(`it names two curves, ${outerCurve} and ${crv}`);
  const curve = curveOf(crv);
  const d = fixedLength(expectOctets(secret, 'private value').content, curve.octets);
  const publicKey = optional.find(({ tag }) => tag === 0xa1);
  const point = publicKey ? readBits(readDer(publicKey.content), 'public key') : derivedPoint(curve, d);
  return { crv, ...pointMembers(crv, point), d: d.toString('base64url') };
}

function derivedPoint(curve: EcCurve, d: Buffer): Buffer {
  const value = integerFromOctets(d);
  if (value === 0n || value >= curve.order)
    throw new Asn1Error('its private value is not between 1 and the order of the curve');
  return ecPublicPoint(curve, d);
}

/** Some writers drop zero octets in front, some add one. */
function fixedLength(octets: Buffer, length: number): Buffer {
  const first = octets.findIndex((octet) => octet !== 0);
  const magnitude = first < 0 ? Buffer.alloc(0) : octets.subarray(first);
  if (magnitude.length > length) throw new Asn1Error('its private value is too long for its curve');
  return Buffer.concat([Buffer.alloc(length - magnitude.length), magnitude]);
}

/** The [0] EXPLICIT curve of an ECPrivateKey, or a bare one. */
function readExplicitCurve(tagged: Asn1Element): string {
  const [curve] = readSequence({ ...tagged, tag: asn1Tag.sequence }, 'curve');
  return readNamedCurve(curve);
}
