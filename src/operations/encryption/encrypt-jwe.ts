// Encryption of a JWE for one recipient (RFC 7516 §5.1).

import { Buffer } from 'node:buffer';
import { badRequest } from '../../errors.ts';
import type { JsonObject } from '../../jose/json.ts';
import { encodePart } from '../compact-jws.ts';
import type { Serialization } from '../jws-form.ts';
import { contentEncryption, type EncName } from './content-encryptions.ts';
import type { EncryptionKey } from './encryption-key.ts';
import type { AgreementKey } from './families/agreement-key.ts';
import type { Randomness } from './randomness.ts';

export interface JweToEncrypt {
  readonly plaintext: Buffer;
  /** One of the key's. */
  readonly enc: EncName;
  readonly serialization: Serialization;
  /** Additional authenticated data; not with COMPACT. */
  readonly aad?: Buffer | undefined;
  /** base64url; for key agreement. */
  readonly apu?: string | undefined;
  /** base64url; for key agreement. */
  readonly apv?: string | undefined;
  readonly cty?: string | undefined;
  /** For ECDH-1PU. */
  readonly sender?: AgreementKey | undefined;
}

/** @throws KeyplaneError `bad_request` where the key may not encrypt */
export async function encryptJwe(
  key: EncryptionKey,
  request: JweToEncrypt,
  randomness: Randomness,
): Promise<string | JsonObject> {
  const { plaintext, enc, cty, apu, apv, sender } = request;
  requireEncryption(key);
  const content = contentEncryption(enc);
  const managed = await key.encrypt({ enc, apu, apv, sender, randomness });
  const header: JsonObject = {
    alg: key.alg,
    enc,
    ...(key.kid !== undefined && { kid: key.kid }),
    ...(cty !== undefined && { cty }),
    ...managed.header,
  };
  const protectedText = encodePart(JSON.stringify(header));
  const aadText = request.aad && encodePart(request.aad);
  const aad = Buffer.from(aadText === undefined ? protectedText : `${protectedText}.${aadText}`, 'latin1');
  const iv = randomness.octets(content.ivOctets);
  const { ciphertext, tag } = content.encrypt({ cek: managed.cek, iv, aad }, plaintext);
  const { encryptedKey } = managed;
  return serialise(request.serialization, {
    protectedText,
    aadText,
    encryptedKey: encodePart(typeof encryptedKey === 'function' ? encryptedKey(tag) : encryptedKey),
    iv: encodePart(iv),
    ciphertext: encodePart(ciphertext),
    tag: encodePart(tag),
  });
}

/** @throws KeyplaneError `bad_request` */
export function requireEncryption(
  key: EncryptionKey,
): asserts key is EncryptionKey & Required<Pick<EncryptionKey, 'encrypt'>> {
  if (key.encrypt !== undefined) return;
  throw badRequest(`Algorithm (${key.alg}) only decrypts! Use RSA-OAEP-256.`, {
    reason: 'ALGORITHM_NOT_VALID',
  });
}

interface JweTexts {
  readonly protectedText: string;
  readonly aadText: string | undefined;
  readonly encryptedKey: string;
  readonly iv: string;
  readonly ciphertext: string;
  readonly tag: string;
}

function serialise(serialization: Serialization, texts: JweTexts): string | JsonObject {
  const { protectedText, aadText, encryptedKey, iv, ciphertext, tag } = texts;
  // RFC 7516 §7.2.1: members of nothing are absent.
  const recipient = encryptedKey === '' ? {} : { encrypted_key: encryptedKey };
  const rest = { ...(aadText !== undefined && { aad: aadText }), iv, ciphertext, tag };
  switch (serialization) {
    case 'COMPACT':
      return [protectedText, encryptedKey, iv, ciphertext, tag].join('.');
    case 'FLATTENED':
      return { protected: protectedText, ...recipient, ...rest };
    case 'GENERAL':
      return { protected: protectedText, recipients: [recipient], ...rest };
    default:
      return serialization satisfies never;
  }
}
