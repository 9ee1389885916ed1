// Is this point on its curve, and does d belong to it? SP 800-56A Rev. 3 §5.6.2.3.3 (full public key validation;
// with cofactor 1 a point on the curve has the right order) and §5.6.2.1.4 (pair-wise consistency).
// Refuses unknown curves, wrong lengths, coordinates out of range, points off the curve, foreign halves.

import { createECDH } from 'node:crypto';
import { badRequest } from '../../errors.ts';
import { fairTurn } from '../../runtime/event-loop.ts';
import { decodeBase64url } from '../members/base64url.ts';
import { integerFromOctets } from '../members/integer.ts';
import { type EcCurve, ecCurves } from './ec-curves.ts';
import { checkOctetLength } from './octet-length.ts';

/** RFC 7518 §6.2. */
export interface EcMembers {
  readonly crv: string;
  readonly x: string;
  readonly y: string;
  readonly d?: string;
}

function refuse(reason: string): never {
  throw badRequest(`EC key is not sound: ${reason}`, { reason: 'KEY_NOT_SOUND' });
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

/** checkEc in its turn of the event loop. @throws KeyplaneError bad_request with the reason */
export async function checkEcSoundness(jwk: EcMembers): Promise<void> {
  // On any curve but P-256 the multiplication takes OpenSSL a millisecond or more.
  if (jwk.d !== undefined && jwk.crv !== 'P-256') await fairTurn();
  checkEc(jwk);
}

/** @throws KeyplaneError bad_request with the reason */
export function checkEc(jwk: EcMembers): void {
  const curve = ecCurves.get(jwk.crv);
  if (curve === undefined) refuse('its curve is unknown');
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
