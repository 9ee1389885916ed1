// Signatures that are almost right: numbers out of range, other encodings and lengths, other paddings. Each is made with the right
// key, or of a right signature, so that one lenient step would accept it.

import {
  constants,
  createHash,
  createPrivateKey,
  type JsonWebKey,
  privateEncrypt,
  sign as signBytes,
} from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { signJws } from '../../../src/operations/sign-jws.ts';
import { verifyJws } from '../../../src/operations/verify-jws.ts';
import type { RawJwk } from '../../jose/made-keys.ts';
import { activeKeys, rawKeyFor, signerOf } from '../../signing/keys.ts';

const payload = 'octets that are signed';

/** A key with a right signature of it, and what judges another one in its place. */
async function signed(alg: string) {
  const raw = rawKeyFor(alg);
  const signer = await signerOf(raw);
  const jws = await signJws(signer, signer.headerOfPayload, payload);
  const input = jws.slice(0, jws.lastIndexOf('.'));
  const signature = Buffer.from(jws.slice(input.length + 1), 'base64url');
  const keys = await activeKeys(raw);
  const verdictOf = async (other: Buffer) => {
    const verdict = await verifyJws(`${input}.${other.toString('base64url')}`, keys, {
      now: Date.now(),
      clockSkewMs: 0,
    });
    return verdict.valid ? 'valid' : verdict.reason;
  };
  expect(await verdictOf(signature)).toBe('valid');
  return { raw, input, signature, verdictOf };
}

const privateKeyOf = (raw: RawJwk) => createPrivateKey({ key: raw as JsonWebKey, format: 'jwk' });

function numberOf(octets: Buffer): bigint {
  return BigInt(`0x${octets.toString('hex') || '0'}`);
}

function octetsOf(number: bigint, length: number): Buffer {
  return Buffer.from(number.toString(16).padStart(2 * length, '0'), 'hex');
}

const orders: Readonly<Record<string, bigint>> = {
  ES256: BigInt('0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551'),
  ES384: BigInt(
    '0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973',
  ),
  ES512: BigInt(
    '0x01fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409',
  ),
  ES256K: BigInt('0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141'),
};

describe.each(Object.keys(orders))('an ECDSA signature with %s', (alg) => {
  const n = orders[alg] ?? 0n;

  test('whose r or s is out of range is rejected', async () => {
    const { signature, verdictOf } = await signed(alg);
    const half = signature.length / 2;
    const [r, s] = [signature.subarray(0, half), signature.subarray(half)];
    const largest = (1n << BigInt(8 * half)) - 1n;
    for (const number of [0n, n, n + 1n, largest]) {
      const octets = octetsOf(number, half);
      for (const pair of [
        [octets, s],
        [r, octets],
        [octets, octets],
      ]) {
        expect(await verdictOf(Buffer.concat(pair)), String(number)).toBe('SIGNATURE');
      }
    }
  });

  test('in DER is rejected', async () => {
    const { raw, input, verdictOf } = await signed(alg);
    const digest = { ES384: 'sha384', ES512: 'sha512' }[alg] ?? 'sha256';
    const der = signBytes(digest, Buffer.from(input), privateKeyOf(raw));
    expect(await verdictOf(der)).toBe('SIGNATURE');
  });

  test('with an octet of zeros before each number is rejected', async () => {
    const { signature, verdictOf } = await signed(alg);
    const half = signature.length / 2;
    const zero = Buffer.alloc(1);
    const longer = [zero, signature.subarray(0, half), zero, signature.subarray(half)];
    expect(await verdictOf(Buffer.concat(longer))).toBe('SIGNATURE');
  });

  test('that is truncated, longer or empty is rejected', async () => {
    const { signature, verdictOf } = await signed(alg);
    for (const other of [
      signature.subarray(0, -1),
      signature.subarray(0, signature.length / 2),
      Buffer.concat([signature, Buffer.alloc(1)]),
      Buffer.alloc(0),
    ]) {
      expect(await verdictOf(other)).toBe('SIGNATURE');
    }
  });
});

test('an ECDSA signature without the zeros that its numbers begin with is rejected', async () => {
  // A number of P-521 begins with an octet of zeros half of the time.
  for (let tries = 0; tries < 200; tries += 1) {
    const { signature, verdictOf } = await signed('ES512');
    if (signature[0] !== 0 || signature[66] !== 0) continue;
    const shorter = Buffer.concat([signature.subarray(1, 66), signature.subarray(67)]);
    expect(await verdictOf(shorter)).toBe('SIGNATURE');
    return;
  }
  throw new Error('no number began with zeros');
});

test('an ECDSA signature with r + n in place of r is rejected', async () => {
  const { signature, verdictOf } = await signed('ES512');
  const n = orders.ES512 ?? 0n;
  const [r, s] = [signature.subarray(0, 66), signature.subarray(66)];
  expect(await verdictOf(Buffer.concat([octetsOf(numberOf(r) + n, 66), s]))).toBe('SIGNATURE');
  expect(await verdictOf(Buffer.concat([r, octetsOf(numberOf(s) + n, 66)]))).toBe('SIGNATURE');
});

describe('an RSASSA-PKCS1-v1_5 signature', () => {
  /** DER of a DigestInfo (RFC 8017 §9.2) without the digest of 32 octets. @param last 1: SHA-256, 3: SHA-512 */
  const withNull = (last = 1) => Buffer.from(`3031300d06096086480165030402${`0${last}`}05000420`, 'hex');
  const withoutNull = Buffer.from('302f300b06096086480165030402010420', 'hex');

  /** The block with this padding, as the private key signs it. */
  async function padded(make: (digest: Buffer, length: number) => Buffer) {
    const { raw, input, signature, verdictOf } = await signed('RS256');
    const digest = createHash('sha256').update(input).digest();
    const block = make(digest, signature.length);
    expect(block).toHaveLength(signature.length);
    const key = { key: privateKeyOf(raw), padding: constants.RSA_NO_PADDING };
    return verdictOf(privateEncrypt(key, block));
  }

  function block(
    digestInfo: Buffer,
    length: number,
    { type = 1, filled = 0xff, garbage = 0 }: { type?: number; filled?: number; garbage?: number } = {},
  ): Buffer {
    const filling = Buffer.alloc(length - 3 - digestInfo.length - garbage, filled);
    return Buffer.concat([
      Buffer.of(0, type),
      filling,
      Buffer.of(0),
      digestInfo,
      Buffer.alloc(garbage, 0x11),
    ]);
  }

  test('is valid with the right block', async () => {
    expect(await padded((digest, length) => block(Buffer.concat([withNull(), digest]), length))).toBe(
      'valid',
    );
  });

  const wrong: Readonly<Record<string, (digest: Buffer, length: number) => Buffer>> = {
    'without NULL': (digest, length) => block(Buffer.concat([withoutNull, digest]), length),
    'without DigestInfo': (digest, length) => block(digest, length),
    'with the identifier of SHA-512': (digest, length) => block(Buffer.concat([withNull(3), digest]), length),
    'with octets behind the digest': (digest, length) =>
      block(Buffer.concat([withNull(), digest]), length, { garbage: 100 }),
    'with eight octets of padding and the rest behind the digest': (digest, length) =>
      block(Buffer.concat([withNull(), digest]), length, { garbage: length - 3 - 51 - 8 }),
    'of block type 2': (digest, length) => block(Buffer.concat([withNull(), digest]), length, { type: 2 }),
    'of block type 0': (digest, length) => block(Buffer.concat([withNull(), digest]), length, { type: 0 }),
    'with other filling': (digest, length) =>
      block(Buffer.concat([withNull(), digest]), length, { filled: 0xfe }),
  };

  test.each(Object.keys(wrong))('whose block is %s is rejected', async (name) => {
    expect(await padded((digest, length) => wrong[name]?.(digest, length) ?? digest)).toBe('SIGNATURE');
  });

  test('of another length, or empty, is rejected', async () => {
    const { signature, verdictOf } = await signed('RS256');
    for (const other of [
      Buffer.concat([Buffer.alloc(1), signature]),
      Buffer.concat([signature, Buffer.alloc(1)]),
      signature.subarray(1),
      Buffer.alloc(0),
      Buffer.alloc(signature.length),
    ]) {
      expect(await verdictOf(other)).toBe('SIGNATURE');
    }
  });

  test('is no RSASSA-PSS signature, and the other way round', async () => {
    for (const [alg, padding] of [
      ['PS256', constants.RSA_PKCS1_PADDING],
      ['RS256', constants.RSA_PKCS1_PSS_PADDING],
    ] as const) {
      const { raw, input, verdictOf } = await signed(alg);
      const other = signBytes('sha256', Buffer.from(input), { key: privateKeyOf(raw), padding });
      expect(await verdictOf(other)).toBe('SIGNATURE');
    }
  });
});

describe.each([
  ['PS256', 'sha256', 32],
  ['PS384', 'sha384', 48],
  ['PS512', 'sha512', 64],
] as const)('an RSASSA-PSS signature with %s', (alg, digest, size) => {
  const padding = constants.RSA_PKCS1_PSS_PADDING;

  test('with a salt of another length is rejected', async () => {
    const { raw, input, verdictOf } = await signed(alg);
    const withSalt = (saltLength: number) =>
      verdictOf(signBytes(digest, Buffer.from(input), { key: privateKeyOf(raw), padding, saltLength }));
    expect(await withSalt(size)).toBe('valid');
    for (const other of [0, size - 1, size + 1, constants.RSA_PSS_SALTLEN_MAX_SIGN]) {
      expect(await withSalt(other), String(other)).toBe('SIGNATURE');
    }
  });

  test('with another hash is rejected', async () => {
    const { raw, input, verdictOf } = await signed(alg);
    const other = digest === 'sha256' ? 'sha512' : 'sha256';
    const made = signBytes(other, Buffer.from(input), { key: privateKeyOf(raw), padding, saltLength: size });
    expect(await verdictOf(made)).toBe('SIGNATURE');
  });
});

test.each(['HS256', 'HS384', 'HS512'])(
  'an %s that is truncated, longer or empty is rejected',
  async (alg) => {
    const { signature, verdictOf } = await signed(alg);
    for (const length of [0, 1, 16, signature.length - 1]) {
      expect(await verdictOf(signature.subarray(0, length)), String(length)).toBe('SIGNATURE');
    }
    expect(await verdictOf(Buffer.concat([signature, Buffer.alloc(1)]))).toBe('SIGNATURE');
  },
);

describe.each([
  ['Ed25519', 32, (1n << 252n) + 27742317777372353535851937790883648493n],
  ['Ed448', 57, (1n << 446n) - BigInt('0x8335dc163bb124b65129c96fde933d8d723a70aadc873d6d54a7bb0d')],
] as const)('an %s signature', (alg, half, order) => {
  const reversed = (octets: Buffer) => Buffer.from(octets).reverse();

  test('with S + L in place of S is rejected', async () => {
    const { signature, verdictOf } = await signed(alg);
    const s = numberOf(reversed(signature.subarray(half)));
    const other = reversed(octetsOf(s + order, half));
    expect(await verdictOf(Buffer.concat([signature.subarray(0, half), other]))).toBe('SIGNATURE');
  });

  test('that is truncated, longer, empty or all zeros is rejected', async () => {
    const { signature, verdictOf } = await signed(alg);
    for (const other of [
      signature.subarray(0, -1),
      signature.subarray(0, half),
      Buffer.concat([signature, Buffer.alloc(1)]),
      Buffer.alloc(0),
      Buffer.alloc(signature.length),
    ]) {
      expect(await verdictOf(other)).toBe('SIGNATURE');
    }
  });
});
