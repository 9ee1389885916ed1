// The secret that two keys agree on. On the curves of NIST each point has the large order, so that even a secret of zeros, which
// no attacker can bring about, is one.

import { createECDH, createPrivateKey, createPublicKey } from 'node:crypto';
import { expect, test } from 'vitest';
import { sharedSecret } from '../../../src/operations/encryption/families/agreement-key.ts';

/** P-256 (SP 800-186 §3.2.1.3). */
const prime = 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n;
const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const b = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn;
const crv = 'P-256';

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n;
  for (let square = base % modulus, rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * square) % modulus;
    square = (square * square) % modulus;
  }
  return result;
}

/** One of the two points with this x. */
function pointAt(x: bigint): { readonly x: Buffer; readonly y: Buffer } {
  const y = power((((x * x - 3n) % prime) * x + b + 3n * prime) % prime, (prime + 1n) / 4n, prime);
  return { x: octetsOf(x), y: octetsOf(y) };
}

function octetsOf(value: bigint): Buffer {
  return Buffer.from(value.toString(16).padStart(64, '0'), 'hex');
}

test('on P-256 is one of zeros too: the point with x = 0 is on the curve', async () => {
  const own = createECDH('prime256v1');
  own.generateKeys();
  const d = BigInt(`0x${own.getPrivateKey('hex')}`);
  // What multiplied with d is the point with x = 0.
  const inverse = createECDH('prime256v1');
  inverse.setPrivateKey(octetsOf(power(d, order - 2n, order)));
  const zero = pointAt(0n);
  const peerX = inverse.computeSecret(Buffer.concat([Buffer.of(4), zero.x, zero.y]));
  const peer = pointAt(BigInt(`0x${peerX.toString('hex')}`));
  const publicKey = createPublicKey({ key: { kty: 'EC', crv, ...inBase64url(peer) }, format: 'jwk' });
  const [x, y] = [own.getPublicKey().subarray(1, 33), own.getPublicKey().subarray(33)];
  const jwk = { kty: 'EC', crv, ...inBase64url({ x, y }), d: octetsOf(d).toString('base64url') };
  const privateKey = createPrivateKey({ key: jwk, format: 'jwk' });
  expect(await sharedSecret(privateKey, publicKey, crv)).toEqual(Buffer.alloc(32));
});

function inBase64url({ x, y }: { readonly x: Buffer; readonly y: Buffer }) {
  return { x: x.toString('base64url'), y: y.toString('base64url') };
}
