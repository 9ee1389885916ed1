// Ed25519, Ed448 (RFC 8032), X25519, X448 (RFC 7748) as JWK type OKP (RFC 8037).
// Refuses wrong lengths, an Ed key that is no point of its curve or one of small order, and foreign halves.
// For X keys every octet string of the right length is a public key (RFC 7748 §5), so there are no further checks.

import { createPrivateKey, createPublicKey } from 'node:crypto';
import { badRequest } from '../../errors.ts';
import { fairTurn } from '../../runtime/event-loop.ts';
import { decodeBase64url } from '../members/base64url.ts';
import { integerFromOctets } from '../members/integer.ts';
import { smallModularPower } from './integer-math.ts';
import type { KeyCurve } from './key-curve.ts';
import { checkOctetLength } from './octet-length.ts';

/** RFC 8037 §2. */
export interface OkpMembers {
  readonly crv: string;
  readonly x: string;
  readonly d?: string;
}

interface EdwardsCurve {
  readonly prime: bigint;
  /** a·x² + y² = 1 + d·x²·y² */
  readonly a: bigint;
  readonly d: bigint;
}

interface OkpCurve extends KeyCurve {
  readonly edwards?: EdwardsCurve;
}

const prime25519 = (1n << 255n) - 19n;
const prime448 = (1n << 448n) - (1n << 224n) - 1n;

/** d = -121665/121666 (RFC 8032 §5.1), written out so that nothing is inverted at start. */
const d25519 = 0x52036cee2b6ffe738cc740797779e89800700a4d4141d8ab75eb4dca135978a3n;

export const okpCurves: ReadonlyMap<string, OkpCurve> = new Map([
  [
    'Ed25519',
    {
      octets: 32,
      bits: 255,
      oid: '1.3.101.112',
      onlyFor: 'SIGNATURE',
      edwards: { prime: prime25519, a: -1n, d: d25519 },
    },
  ],
  [
    'Ed448',
    {
      octets: 57,
      bits: 448,
      oid: '1.3.101.113',
      onlyFor: 'SIGNATURE',
      edwards: { prime: prime448, a: 1n, d: -39081n },
    },
  ],
  ['X25519', { octets: 32, bits: 255, oid: '1.3.101.110', onlyFor: 'ENCRYPTION' }],
  ['X448', { octets: 56, bits: 448, oid: '1.3.101.111', onlyFor: 'ENCRYPTION' }],
]);

function refuse(reason: string): never {
  throw badRequest(`OKP key is not sound: ${reason}`, { reason: 'KEY_NOT_SOUND' });
}

/** The public key, base64url, of a private one of the right length. */
export function okpPublicText(crv: string, secret: Buffer): string {
  const d = secret.toString('base64url');
  // Node reads d alone and takes x on trust, so any x of the right length will do.
  const key = createPrivateKey({ format: 'jwk', key: { kty: 'OKP', crv, d, x: d } });
  return createPublicKey(key).export({ format: 'jwk' }).x ?? '';
}

/** checkOkp in its turn of the event loop. @throws KeyplaneError bad_request with the reason */
export async function checkOkpSoundness(jwk: OkpMembers): Promise<void> {
  await fairTurn();
  checkOkp(jwk);
}

/** @throws KeyplaneError bad_request with the reason */
export function checkOkp(jwk: OkpMembers): void {
  const curve = okpCurves.get(jwk.crv);
  if (curve === undefined) refuse('its curve is unknown');
  const expected = { key: 'OKP key', length: curve.octets, crv: jwk.crv, rfc: 'RFC 8037 §2' };
  const x = decodeBase64url(jwk.x);
  checkOctetLength(x, { ...expected, member: 'x' });
  if (jwk.d === undefined) {
    if (curve.edwards !== undefined) checkEdwardsPoint(curve.edwards, x, jwk.crv);
    return;
  }
  const d = decodeBase64url(jwk.d);
  checkOctetLength(d, { ...expected, member: 'd' });
  // What comes out of a private key is a point of the curve and of large order; no further check is due.
  if (okpPublicText(jwk.crv, d) !== jwk.x) refuse('the halves do not agree: d is not the private key of x');
}

/** RFC 8032 §5.1.3 and §5.2.3: y in little-endian, the top bit is the sign of x. */
function checkEdwardsPoint({ prime, a, d }: EdwardsCurve, octets: Buffer, crv: string): void {
  const reversed = Buffer.from(octets).reverse();
  reversed[0] = (reversed[0] ?? 0) & 0x7f;
  const y = integerFromOctets(reversed);
  if (y >= prime) refuse(`x is not a canonical encoding of a point on ${crv} (RFC 8032 §5.1.3)`);
  const square = (y * y) % prime;
  // x² = (1 − y²) / (a − d·y²); a quotient is a square exactly when the product is.
  const product = (((1n - square) * (a - d * square)) % prime) + prime;
  if (smallModularPower(product, (prime - 1n) >> 1n, prime) === prime - 1n) {
    refuse(`x is not a point on ${crv} (RFC 8032 §5.1.3)`);
  }
  // Orders 1, 2 and 4 have y of 1, -1 and 0; order 8, only with a = -1, solves d·y⁴ + 2y² = 1.
  const isOrder8 = a === -1n && (d * square * square + 2n * square - 1n) % prime === 0n;
  if (y === 1n || y === prime - 1n || y === 0n || isOrder8) {
    refuse(`x is a point of small order on ${crv}: a signature under it proves nothing`);
  }
}
