// What keyplane does with a vector of each kind. Undefined: the vector is for what JOSE does not have, such as another size of a
// tag. Otherwise whether keyplane did what the vector expects.

import { createECDH, createPrivateKey, createPublicKey, createSecretKey } from 'node:crypto';
import type { PrivateJwk } from '../../../src/jose/jwk.ts';
import { secureRandomness } from '../../../src/node/operations/secure-randomness.ts';
import type { AesBits } from '../../../src/operations/encryption/content/aes-gcm.ts';
import {
  contentEncryption,
  type EncName,
  isEncName,
} from '../../../src/operations/encryption/content-encryptions.ts';
import { unwrapKey } from '../../../src/operations/encryption/families/aes-key-wrap.ts';
import type { AgreementCurve } from '../../../src/operations/encryption/families/agreement-curves.ts';
import {
  ephemeralPublicKey,
  sharedSecret,
} from '../../../src/operations/encryption/families/agreement-key.ts';
import { type OperationKey, verificationKey } from '../../../src/operations/operation-key.ts';
import { openKey } from '../encryption/support/open-jwe.ts';
import type { Vector, VectorGroup } from './vectors.ts';

export type Judge = (vector: Vector) => Promise<boolean | undefined> | boolean | undefined;

function isExpected({ result }: Vector, succeeded: boolean): boolean {
  return result === 'acceptable' || succeeded === (result === 'valid');
}

export function verifies(alg: string): Judge {
  const keys = new Map<VectorGroup, OperationKey | undefined>();
  const keyOf = (vector: Vector) => {
    const { group } = vector;
    if (alg.startsWith('HS')) return verificationKeyOf({ kty: 'oct', k: text(vector.of('key')), alg });
    const { publicKey, publicKeyPem } = group;
    if (!keys.has(group)) {
      const members = alg.startsWith('ML-DSA')
        ? { kty: 'AKP', pub: text(Buffer.from(publicKey, 'hex')) }
        : createPublicKey(publicKeyPem).export({ format: 'jwk' });
      keys.set(group, verificationKeyOf({ ...members, alg }));
    }
    return keys.get(group);
  };
  return async (vector) => {
    const isMac = alg.startsWith('HS');
    // A JOSE signature with ML-DSA has no context, and a MAC its full length.
    if (vector.has('ctx') || (isMac && vector.group.tagSize !== Number(alg.slice(2)))) return undefined;
    const key = keyOf(vector);
    const signature = vector.of(isMac ? 'tag' : 'sig');
    const isValid = key !== undefined && (await key.algorithm.verify(key.key, vector.of('msg'), signature));
    return isExpected(vector, isValid);
  };
}

/** Undefined for a key that is none. */
function verificationKeyOf(jwk: object): OperationKey | undefined {
  try {
    return verificationKey(jwk as PrivateJwk);
  } catch {
    return undefined;
  }
}

export function decryptsContent(encOf: (group: VectorGroup) => string): Judge {
  return (vector) => {
    const enc = encOf(vector.group);
    if (!isEncName(enc)) return undefined;
    const content = contentEncryption(enc);
    const [cek, iv, tag] = [vector.of('key'), vector.of('iv'), vector.of('tag')];
    const fits = [
      [cek, content.keyOctets],
      [iv, content.ivOctets],
      [tag, content.tagOctets],
    ] as const;
    if (fits.some(([octets, length]) => octets.length !== length)) return undefined;
    const plaintext = content.decrypt(
      { cek, iv, aad: vector.of('aad') },
      { ciphertext: vector.of('ct'), tag },
    );
    return isExpected(vector, plaintext?.equals(vector.of('msg')) ?? false);
  };
}

export const unwraps: Judge = (vector) => {
  const [encryptedKey, key] = [vector.of('ct'), createSecretKey(vector.of('key'))];
  const octets = encryptedKey.length - 8;
  if (octets < 16 || octets % 8 !== 0) return undefined;
  const unwrapped = unwrapKey(vector.group.keySize as AesBits, key, { encryptedKey, octets });
  return isExpected(vector, unwrapped?.equals(vector.of('msg')) ?? false);
};

const encOfOctets = new Map<number, EncName>([
  [16, 'A128GCM'],
  [24, 'A192GCM'],
  [32, 'A256GCM'],
  [48, 'A192CBC-HS384'],
  [64, 'A256CBC-HS512'],
]);

/**
 * Of an encrypted key that is not valid, that has a label, or that has another size, the result is the random key. Few vectors
 * have the size of a key: `attacks/jwe-padding-oracle.test.ts` has wrong paddings of that size.
 */
export function decryptsKey(alg: string): Judge {
  const keys = new Map<VectorGroup, ReturnType<typeof openKey>>();
  return async (vector) => {
    const { group } = vector;
    const jwk = keys.has(group) ? {} : createPrivateKey(group.privateKeyPem).export({ format: 'jwk' });
    const key = keys.get(group) ?? openKey({ ...jwk, alg }, { allowRsa15: true });
    keys.set(group, key);
    const message = vector.of('msg');
    for (const [octets, enc] of encOfOctets) {
      const random = Buffer.alloc(octets, 0x5a);
      const found = await key.decrypt?.({
        enc,
        header: {},
        encryptedKey: vector.of('ct'),
        tag: Buffer.alloc(0),
        sender: undefined,
        randomness: { ...secureRandomness, octets: () => random },
      });
      const isKey = octets === message.length && vector.result === 'valid' && !vector.has('label');
      if (!(found ?? random).equals(isKey ? message : random)) return vector.result === 'acceptable';
    }
    return true;
  };
}

/** RFC 7748 §6: a secret of zeros, of a point of small order, is refused. */
export function agreesOnX(crv: 'X25519' | 'X448', pkcs8Prefix: string): Judge {
  return async (vector) => {
    const members = { kty: 'OKP', crv, x: text(vector.of('public')) };
    const peer = ephemeralPublicKey(members, { kty: 'OKP', curve: crv });
    const der = Buffer.concat([Buffer.from(pkcs8Prefix, 'hex'), vector.of('private')]);
    const own = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
    const secret = peer && (await sharedSecret(own, peer, crv));
    const expected = vector.of('shared');
    if (expected.every((octet) => octet === 0)) return secret === undefined;
    return vector.result === 'invalid' ? secret === undefined : (secret?.equals(expected) ?? false);
  };
}

const opensslNames = { 'P-256': 'prime256v1', 'P-384': 'secp384r1', 'P-521': 'secp521r1' } as const;

export function agreesOnP(crv: AgreementCurve & keyof typeof opensslNames, octets: number): Judge {
  const point = (uncompressed: Buffer) => ({
    kty: 'EC',
    crv,
    x: text(uncompressed.subarray(1, 1 + octets)),
    y: text(uncompressed.subarray(1 + octets)),
  });
  return async (vector) => {
    const given = vector.of('public');
    if (given.length !== 1 + 2 * octets || given[0] !== 4) return undefined;
    const peer = ephemeralPublicKey(point(given), { kty: 'EC', curve: crv });
    const d = Buffer.concat([Buffer.alloc(octets), vector.of('private')]).subarray(-octets);
    const ecdh = createECDH(opensslNames[crv]);
    ecdh.setPrivateKey(d);
    const own = createPrivateKey({ key: { ...point(ecdh.getPublicKey()), d: text(d) }, format: 'jwk' });
    const secret = peer && (await sharedSecret(own, peer, crv));
    return isExpected(vector, secret?.equals(vector.of('shared')) ?? false);
  };
}

function text(octets: Buffer): string {
  return octets.toString('base64url');
}
