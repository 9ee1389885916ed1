import { describe, expect, test } from 'vitest';
import { importJwk } from '../../src/jose/import-jwk.ts';
import { octetsFromInteger } from '../../src/jose/members/integer.ts';
import { ecCurves } from '../../src/jose/soundness/ec-curves.ts';
import {
  makeEc,
  makeOct,
  makeOkp,
  publicHalf,
  type RawJwk,
  refusalOf,
  rfc7515Ec,
  rfc8037Ed25519,
  without,
} from './made-keys.ts';

const ecNames = [...ecCurves.keys()];
const text = (octets: Uint8Array) => Buffer.from(octets).toString('base64url');
const octetsOf = (member: string | undefined) => Buffer.from(member ?? '', 'base64url');
const reasonFor = (jwk: RawJwk) => refusalOf(() => importJwk(jwk));

describe.each(ecNames)('an EC key on %s', (crv) => {
  const curve = ecCurves.get(crv) ?? { octets: 0, prime: 0n, order: 0n };
  const good = makeEc(crv);
  const other = makeEc(crv);
  const number = (value: bigint) => text(octetsFromInteger(value, curve.octets));

  test('is taken with both halves and with the public one', async () => {
    expect(await importJwk(good)).toEqual(good);
    expect(await importJwk(publicHalf(good))).toEqual(publicHalf(good));
  });

  test.each([
    ['a coordinate that lost an octet', { x: text(octetsOf(good.x).subarray(1)) }, 'RFC 7518 §6.2.1.2'],
    [
      'a coordinate with an octet too many',
      { y: text(Buffer.concat([Buffer.alloc(1), octetsOf(good.y)])) },
      'RFC 7518 §6.2.1.2',
    ],
    ['a coordinate above the prime', { x: number(curve.prime), y: number(0n) }, 'not below the prime'],
    ['the point (0, 0)', { x: number(0n), y: number(0n) }, 'is not on'],
    ['the coordinates of two points', { y: other.y ?? '' }, 'is not on'],
    ['d of zero', { d: number(0n) }, 'd is not between 1 and the order'],
    ['d of the order', { d: number(curve.order) }, 'd is not between 1 and the order'],
    ['d that lost an octet', { d: text(octetsOf(good.d).subarray(1)) }, 'RFC 7518 §6.2.2.1'],
    ['d of another key', { d: other.d ?? '' }, 'the halves do not agree'],
    [
      'the negated d',
      { d: number(curve.order - BigInt(`0x${octetsOf(good.d).toString('hex')}`)) },
      'the halves do not agree',
    ],
  ])('is refused with %s', async (_name, change, reason) => {
    const message = await reasonFor({ ...good, ...change });
    expect(message).toMatch(/^EC key is not sound: /);
    expect(message).toContain(reason);
  });
});

describe('an EC key', () => {
  test('of RFC 7515 is taken', async () => {
    expect(await importJwk(rfc7515Ec)).toEqual(rfc7515Ec);
  });

  test('is rejected on an unknown curve, and the error for P-256K gives its registered name', async () => {
    const key = makeEc('secp256k1');
    expect(await reasonFor({ ...key, crv: 'P-256K' })).toContain(
      'The registered name of this curve is secp256k1 (RFC 8812 §3.1)',
    );
    expect(await reasonFor({ ...key, crv: 'brainpoolP256r1' })).toBe(
      'crv (brainpoolP256r1) is not valid for EC keys! Valid values: P-256, P-384, P-521, secp256k1',
    );
    expect(await reasonFor({ ...key, crv: 'Ed25519' })).toContain('is not valid for EC keys!');
  });
});

describe.each(['Ed25519', 'Ed448', 'X25519', 'X448'])('an OKP key on %s', (crv) => {
  const good = makeOkp(crv);
  const other = makeOkp(crv);

  test('is taken with both halves and with the public one', async () => {
    expect(await importJwk(good)).toEqual(good);
    expect(await importJwk(publicHalf(good))).toEqual(publicHalf(good));
  });

  test.each([
    ['x that lost an octet', { x: text(octetsOf(good.x).subarray(1)) }, 'needs exactly'],
    [
      'x with an octet too many',
      { x: text(Buffer.concat([octetsOf(good.x), Buffer.alloc(1)])) },
      'needs exactly',
    ],
    ['d that lost an octet', { d: text(octetsOf(good.d).subarray(1)) }, 'needs exactly'],
    ['d of another key', { d: other.d ?? '' }, 'the halves do not agree'],
  ])('is refused with %s', async (_name, change, reason) => {
    const message = await reasonFor({ ...good, ...change });
    expect(message).toMatch(/^OKP key is not sound: /);
    expect(message).toContain(reason);
  });
});

describe('an Edwards key', () => {
  const p25519 = (1n << 255n) - 19n;
  const little = (value: bigint, octets: number) => text(octetsFromInteger(value, octets).reverse());
  // The y of a point of order 8 (RFC 7748 §6.1 speaks of them for X25519): d·y⁴ + 2y² = 1.
  const order8 = 'xxdqcD1N2E-6PAt2DRBnDyogU_osOczGTsf9d5KsA3o';

  test('of RFC 8037 is taken', async () => {
    expect(await importJwk(rfc8037Ed25519)).toEqual(rfc8037Ed25519);
  });

  test.each([
    ['Ed25519', little(1n, 32), 'small order'],
    ['Ed25519', little(p25519 - 1n, 32), 'small order'],
    ['Ed25519', little(0n, 32), 'small order'],
    ['Ed25519', order8, 'small order'],
    ['Ed25519', little(p25519, 32), 'not a canonical encoding'],
    ['Ed25519', little(p25519 + 1n, 32), 'not a canonical encoding'],
    ['Ed25519', little(2n, 32), 'is not a point'],
    ['Ed448', little(1n, 57), 'small order'],
    ['Ed448', little(0n, 57), 'small order'],
    ['Ed448', little((1n << 448n) - (1n << 224n) - 1n, 57), 'not a canonical encoding'],
    ['Ed448', little(1n << 448n, 57), 'not a canonical encoding'],
    ['Ed448', little(6n, 57), 'is not a point'],
  ])('on %s is refused with x %s: %s', async (crv, x, reason) => {
    expect(await reasonFor({ kty: 'OKP', crv, x })).toContain(reason);
  });

  test('is taken as a public half whenever node made it', async () => {
    for (let count = 0; count < 20; count += 1) {
      await importJwk(publicHalf(makeOkp('Ed25519')));
      await importJwk(publicHalf(makeOkp('Ed448')));
    }
  });
});

describe('an OKP key', () => {
  test('is refused on an unknown curve', async () => {
    expect(await reasonFor({ ...makeOkp('X448'), crv: 'P-256' })).toBe(
      'crv (P-256) is not valid for OKP keys! P-256 is a curve of kty EC, not OKP (RFC 7518 §6.2.1.1). Valid values: Ed25519, Ed448, X25519, X448',
    );
  });

  test('is refused as an X key without x', async () => {
    expect(await reasonFor(without(makeOkp('X25519'), 'x'))).toBe('x is required in an OKP JWK!');
  });
});

describe('an OCT key', () => {
  test('is taken from 1 to 1024 bytes', async () => {
    for (const octets of [1, 32, 1024]) expect(await importJwk(makeOct(octets))).toEqual(makeOct(octets));
  });

  test('is refused above', async () => {
    expect(await reasonFor(makeOct(1025))).toBe(
      'OCT key is not sound: k has 1025 bytes, at most 1024 are accepted',
    );
  });
});
