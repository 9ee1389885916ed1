// RSA key encryption: RSAES-OAEP (RFC 7518 §4.3) and RSAES-PKCS1-v1_5 (RFC 7518 §4.2), which only decrypts.
//
// Anyone who learns whether a padding was right can decrypt without the key (Bleichenbacher; Manger for OAEP). So the
// private operation is done without padding, in the thread pool, and the padding is judged here without a branch: the size
// of the content encryption key is known, so each octet of the padding has its place, and a wrong padding yields random
// octets in place of the key (RFC 7516 §11.5), with which decryption runs up to the tag.

import { Buffer } from 'node:buffer';
import nodeCrypto, {
  constants,
  createHash,
  createPrivateKey,
  createPublicKey,
  hash,
  type JsonWebKey,
  type KeyObject,
  privateDecrypt,
  publicEncrypt,
} from 'node:crypto';
import type { PrivateJwk } from '../../../jose/jwk.ts';
import { hasPrivatePart } from '../../../jose/key-types.ts';
import { publicJwk } from '../../../jose/public-part.ts';
import { contentEncryption, encNames } from '../content-encryptions.ts';
import type { KeyDecryption, KeyManagementAlgorithm } from '../key-management.ts';

/** The octets of a message with its padding, in which the last `cekOctets` are the key. */
interface Padding {
  /** @returns the message, and 0 where its padding is right */
  open(encoded: Buffer, cekOctets: number): { readonly message: Buffer; readonly fault: number };
}

export function rsaOaep(digest: string): KeyManagementAlgorithm {
  return (alg, jwk) => {
    const publicKey = publicKeyOf(jwk);
    return {
      alg,
      runsInPool: true,
      encs: encNames,
      encrypt({ enc, randomness }) {
        const cek = randomness.octets(contentEncryption(enc).keyOctets);
        const padding = constants.RSA_PKCS1_OAEP_PADDING;
        return {
          cek,
          header: {},
          encryptedKey: publicEncrypt({ key: publicKey, padding, oaepHash: digest }, cek),
        };
      },
      ...decryption(jwk, oaepPadding(digest)),
    };
  };
}

/** Made for what others encrypted long ago: it decrypts, where the JWK allows it, and never encrypts. */
export const rsa15: KeyManagementAlgorithm = (alg, jwk, { allowRsa15 = false }) => ({
  alg,
  runsInPool: true,
  encs: encNames,
  ...(allowRsa15 && decryption(jwk, pkcs1Padding)),
});

function decryption(jwk: PrivateJwk, padding: Padding) {
  const privateKey = privateKeyOf(jwk);
  if (privateKey === undefined) return {};
  const modulusOctets = Math.ceil((privateKey.asymmetricKeyDetails?.modulusLength ?? 0) / 8);
  return {
    async decrypt({ enc, encryptedKey, randomness }: KeyDecryption): Promise<Buffer | undefined> {
      const { keyOctets } = contentEncryption(enc);
      if (encryptedKey.length !== modulusOctets) return undefined;
      const random = randomness.octets(keyOctets);
      const encoded = await decryptWithoutPadding(privateKey, encryptedKey);
      // A number that is not below the modulus, which everyone can see.
      if (encoded === undefined) return undefined;
      const { message, fault } = padding.open(encoded, keyOctets);
      return choose(fault, message, random);
    },
  };
}

/** The first where `fault` is 0, otherwise the second; without a branch. @param fault 0 to 255 */
function choose(fault: number, message: Buffer, random: Buffer): Buffer {
  const mask = (fault - 1) >> 31;
  return Buffer.from(random.map((octet, index) => ((message[index] ?? 0) & mask) | (octet & ~mask)));
}

/** EME-PKCS1-v1_5 (RFC 8017 §7.2.2): 0, 2, at least eight octets that are not 0, 0, message. */
const pkcs1Padding: Padding = {
  open(encoded, cekOctets) {
    const separator = encoded.length - cekOctets - 1;
    let fault = octetAt(encoded, 0) | (octetAt(encoded, 1) ^ 2) | octetAt(encoded, separator);
    // Of 0 the sign bit is set once 1 is taken away, of other octets it is not.
    for (let at = 2; at < separator; at += 1) fault |= ((octetAt(encoded, at) - 1) >> 31) & 1;
    return { message: encoded.subarray(separator + 1), fault };
  },
};

/** EME-OAEP (RFC 8017 §7.1.2) without a label. The hash of MGF1 is that of OAEP (RFC 7518 §4.3). */
function oaepPadding(digest: string): Padding {
  const labelHash = hash(digest, '', 'buffer');
  return {
    open(encoded, cekOctets) {
      const maskedSeed = encoded.subarray(1, 1 + labelHash.length);
      const maskedBlock = encoded.subarray(1 + labelHash.length);
      const seed = xor(maskedSeed, mgf1(digest, maskedBlock, maskedSeed.length));
      const block = xor(maskedBlock, mgf1(digest, seed, maskedBlock.length));
      const zeros = block.length - labelHash.length - 1 - cekOctets;
      const expected = Buffer.concat([labelHash, Buffer.alloc(zeros), Buffer.of(1)]);
      let fault = octetAt(encoded, 0);
      for (let at = 0; at < expected.length; at += 1) fault |= octetAt(block, at) ^ octetAt(expected, at);
      return { message: block.subarray(expected.length), fault };
    },
  };
}

/** RFC 8017 §B.2.1. */
function mgf1(digest: string, seed: Buffer, octets: number): Buffer {
  const parts: Buffer[] = [];
  const counter = Buffer.alloc(4);
  for (let length = 0; length < octets; length += parts[0]?.length ?? octets) {
    counter.writeUInt32BE(parts.length);
    parts.push(createHash(digest).update(seed).update(counter).digest());
  }
  return Buffer.concat(parts).subarray(0, octets);
}

function xor(one: Buffer, other: Buffer): Buffer {
  return Buffer.from(one.map((octet, index) => octet ^ octetAt(other, index)));
}

function octetAt(octets: Buffer, index: number): number {
  return octets[index] ?? 0;
}

/** Node.js has it in the thread pool from 24.7 on: RSASVE (SP 800-56B §7.2.1) is RSA without padding. */
const { decapsulate } = nodeCrypto as Partial<Pick<typeof nodeCrypto, 'decapsulate'>>;

function decryptWithoutPadding(privateKey: KeyObject, encrypted: Buffer): Promise<Buffer | undefined> {
  if (decapsulate === undefined) return Promise.resolve(decryptOnLoop(privateKey, encrypted));
  return new Promise((resolve) => {
    decapsulate(privateKey, encrypted, (error, encoded) => resolve(error ? undefined : Buffer.from(encoded)));
  });
}

function decryptOnLoop(key: KeyObject, encrypted: Buffer): Buffer | undefined {
  try {
    return privateDecrypt({ key, padding: constants.RSA_NO_PADDING }, encrypted);
  } catch {
    return undefined;
  }
}

function publicKeyOf(jwk: PrivateJwk): KeyObject {
  const published = publicJwk(jwk);
  if (published === undefined) throw new TypeError('not an RSA key');
  return createPublicKey({ key: published as object as JsonWebKey, format: 'jwk' });
}

function privateKeyOf(jwk: PrivateJwk): KeyObject | undefined {
  return hasPrivatePart(jwk)
    ? createPrivateKey({ key: jwk as object as JsonWebKey, format: 'jwk' })
    : undefined;
}
