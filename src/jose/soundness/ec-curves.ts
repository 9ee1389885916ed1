// The curves of JWK type EC (RFC 7518 §6.2.1.1, RFC 8812 §3.1): SEC 2 and SP 800-186 domain parameters,
// all of the form y² = x³ + ax + b with cofactor 1.

import type { KeyCurve } from './key-curve.ts';

export interface EcCurve extends KeyCurve {
  /** What node:crypto calls it. */
  readonly nodeName: string;
  readonly prime: bigint;
  readonly a: bigint;
  readonly b: bigint;
  readonly order: bigint;
}

function curve(
  identity: KeyCurve & { readonly nodeName: string },
  hex: { prime: string; a: bigint; b: string; order: string },
): EcCurve {
  const [prime, b, order] = [hex.prime, hex.b, hex.order].map((digits) => BigInt(`0x${digits}`)) as [
    bigint,
    bigint,
    bigint,
  ];
  return Object.freeze({ ...identity, prime, a: hex.a, b, order });
}

export const ecCurves: ReadonlyMap<string, EcCurve> = new Map([
  [
    'P-256',
    curve(
      { octets: 32, bits: 256, nodeName: 'prime256v1', oid: '1.2.840.10045.3.1.7' },
      {
        prime: 'ffffffff00000001000000000000000000000000ffffffffffffffffffffffff',
        a: -3n,
        b: '5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b',
        order: 'ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551',
      },
    ),
  ],
  [
    'P-384',
    curve(
      { octets: 48, bits: 384, nodeName: 'secp384r1', oid: '1.3.132.0.34' },
      {
        prime: `${'f'.repeat(63)}effffffff0000000000000000ffffffff`,
        a: -3n,
        b: 'b3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aef',
        order: `${'f'.repeat(48)}c7634d81f4372ddf581a0db248b0a77aecec196accc52973`,
      },
    ),
  ],
  [
    'P-521',
    curve(
      { octets: 66, bits: 521, nodeName: 'secp521r1', oid: '1.3.132.0.35' },
      {
        prime: `1${'f'.repeat(130)}`,
        a: -3n,
        b: '51953eb9618e1c9a1f929a21a0b68540eea2da725b99b315f3b8b489918ef109e156193951ec7e937b1652c0bd3bb1bf073573df883d2c34f1ef451fd46b503f00',
        order: `1${'f'.repeat(64)}fa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409`,
      },
    ),
  ],
  [
    'secp256k1',
    curve(
      { octets: 32, bits: 256, nodeName: 'secp256k1', oid: '1.3.132.0.10', onlyFor: 'SIGNATURE' },
      {
        prime: `${'f'.repeat(55)}efffffc2f`,
        a: 0n,
        b: '7',
        order: `${'f'.repeat(31)}ebaaedce6af48a03bbfd25e8cd0364141`,
      },
    ),
  ],
]);
