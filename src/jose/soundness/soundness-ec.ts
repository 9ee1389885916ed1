// Is this point on its curve, and does d belong to it? SP 800-56A Rev. 3 §5.6.2.3.3 (full public key validation;
// with cofactor 1 a point on the curve has the right order) and §5.6.2.1.4 (pair-wise consistency).
// Refuses unknown curves, wrong lengths, coordinates out of range, points off the curve, foreign halves.

import { createECDH } from 'node:crypto';
import { badRequest } from '../../errors.ts';
import { type EcMembers, shown } from '../jwk.ts';
import { decodeBase64url } from '../members/base64url.ts';
import { integerFromOctets } from '../members/integer.ts';
import { type EcCurve, ecCurves } from './ec-curves.ts';
import { checkOctetLength } from './octet-length.ts';
import { okpCurves } from './soundness-okp.ts';

function refuse(reason: string): never {
  throw badRequest(`EC key is not sound: ${reason}`, { reason: 'KEY_NOT_SOUND' });
}

/** @throws KeyplaneError bad_request for a curve that is not one of the four */
export function ecCurveOf(crv: string): EcCurve {
  const curve = ecCurves.get(crv);
  if (curve !== undefined) return curve;
  throw badRequest(
    `crv (${shown(crv)}) is not valid for EC keys!${hintOf(crv)} Valid values: ${[...ecCurves.keys()].join(', ')}`,
    { reason: 'KEY_NOT_SUPPORTED' },
  );
}

function hintOf(crv: string): string {
  if (crv === 'P-256K') return ' The registered name of this curve is secp256k1 (RFC 8812 §3.1).';
  return okpCurves.has(crv) ? ` ${crv} is a curve of kty OKP, not EC (RFC 8037 §2).` : '';
}

/** d·G as 0x04 || x || y. `secretOctets` must be 1 to n-1 in the curve's own length. */
export function ecPublicPoint(curve: EcCurve, secretOctets: Buffer): Buffer {
  const exchange = createECDH(curve.nodeName);
  exchange.setPrivateKey(secretOctets);
  return exchange.getPublicKey();
}

function isOnCurve({ prime, a, b }: EcCurve, x: bigint, y: bigint): boolean {
  return (y * y - (x * x + a) * x - b) % prime === 0n;
}

/** @throws KeyplaneError bad_request with the reason */
export function checkEc(jwk: EcMembers): void {
  const curve = ecCurveOf(jwk.crv);
  const expected = { key: 'EC key', length: curve.octets, crv: jwk.crv };
  // RFC 7518 §6.2.1.2: the full size of a coordinate, zero octets in front included.
  const [x, y] = (['x', 'y'] as const).map((name) => {
    const octets = decodeBase64url(jwk[name]);
    checkOctetLength(octets, { ...expected, member: name, rfc: 'RFC 7518 §6.2.1.2' });
    return octets;
  }) as [Buffer, Buffer];
  const point = [integerFromOctets(x), integerFromOctets(y)] as const;
  if (point.some((coordinate) => coordinate >= curve.prime))
    refuse(`a coordinate is not below the prime of ${jwk.crv}`);
  if (!isOnCurve(curve, ...point)) refuse(`the point (x, y) is not on ${jwk.crv} (SP 800-56A §5.6.2.3.3)`);
  if (jwk.d === undefined) return;

  const d = decodeBase64url(jwk.d);
  checkOctetLength(d, { ...expected, member: 'd', rfc: 'RFC 7518 §6.2.2.1' });
  checkEcSecret(curve, d);
  // Node takes a private JWK whose d belongs to another point; only the multiplication shows it.
  if (!ecPublicPoint(curve, d).equals(Buffer.concat([Buffer.from([4]), x, y]))) {
    refuse('the halves do not agree: d is not the private key of x and y (SP 800-56A §5.6.2.1.4)');
  }
}

/** @throws KeyplaneError bad_request unless 1 <= d < n (SEC 1 §3.2.1) */
function checkEcSecret(curve: EcCurve, secretOctets: Buffer): void {
  const d = integerFromOctets(secretOctets);
  if (d === 0n || d >= curve.order) refuse('d is not between 1 and the order of the curve (SEC 1 §3.2.1)');
}
