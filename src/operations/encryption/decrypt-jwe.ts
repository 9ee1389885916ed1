// Decryption of a JWE (RFC 7516 §5.2). Every failure is the same error: what failed, and how far decryption came, would
// help those who change a JWE and watch (RFC 7516 §11.5, RFC 8725 §3.2).

import type { Buffer } from 'node:buffer';
import { inflateRawSync } from 'node:zlib';
import { badRequest, type KeyplaneError } from '../../errors.ts';
import type { JsonObject } from '../../jose/json.ts';
import { contentEncryption } from './content-encryptions.ts';
import type { EncryptionKey } from './encryption-key.ts';
import type { AgreementKey } from './families/agreement-key.ts';
import { type ParsedJwe, parseJwe, type Recipient } from './jwe.ts';
import type { Randomness } from './randomness.ts';

export interface DecryptionOptions {
  /** @param kid undefined for a JWE without one */
  find(kid: string | undefined): EncryptionKey | undefined;
  /** Runs what a key of the thread pool computes when its turn comes. */
  inTurn(key: EncryptionKey, run: () => Promise<Buffer>): Promise<Buffer>;
  readonly randomness: Randomness;
}

export interface JweToDecrypt {
  readonly jwe: string | JsonObject;
  /** The sender from whom it must be: of ECDH-1PU always, of other algorithms never. */
  readonly sender?: AgreementKey | undefined;
}

export interface DecryptedJwe {
  readonly plaintext: Buffer;
  /** Members that the tag authenticates, and no others. */
  readonly header: JsonObject;
  readonly kid: string | undefined;
}

/** @throws KeyplaneError `Decryption failed!`, or what `inTurn` throws */
export async function decryptJwe(
  options: DecryptionOptions,
  { jwe, sender }: JweToDecrypt,
): Promise<DecryptedJwe> {
  const { find, inTurn, randomness } = options;
  const parsed = parseJwe(jwe);
  const found = parsed && findRecipient(parsed, find);
  if (parsed === undefined || found === undefined) throw decryptionFailed();
  const { key, recipient } = found;
  // A caller who names the sender relies on it, and other algorithms authenticate none.
  if ((sender !== undefined) !== (key.needsSender === true)) throw decryptionFailed();
  const plaintext = await inTurn(key, () => decryptContent(key, recipient, { parsed, sender, randomness }));
  return { plaintext, header: parsed.protectedHeader, kid: key.kid };
}

export function decryptionFailed(): KeyplaneError {
  return badRequest('Decryption failed!');
}

/** The first of the recipients whose key is known, and is used with its own algorithm. */
function findRecipient({ recipients }: ParsedJwe, find: DecryptionOptions['find']) {
  for (const recipient of recipients) {
    const key = find(recipient.kid);
    if (key !== undefined && key.alg === recipient.alg) return { key, recipient };
  }
  return undefined;
}

interface Received {
  readonly parsed: ParsedJwe;
  readonly sender: AgreementKey | undefined;
  readonly randomness: Randomness;
}

async function decryptContent(
  key: EncryptionKey,
  { enc, header, encryptedKey, isCompressed }: Recipient,
  { parsed: { aad, iv, ciphertext, tag }, sender, randomness }: Received,
): Promise<Buffer> {
  const content = contentEncryption(enc);
  // What everyone can see of the JWE, and of the key's settings, is judged first.
  if (key.decrypt === undefined || (isCompressed && !key.allowCompressed)) throw decryptionFailed();
  if (iv.length !== content.ivOctets || tag.length !== content.tagOctets) throw decryptionFailed();
  const found = await key.decrypt({ enc, header, encryptedKey, tag, sender, randomness });
  const random = randomness.octets(content.keyOctets);
  const cek = found?.length === content.keyOctets ? found : random;
  const plaintext = content.decrypt({ cek, iv, aad }, { ciphertext, tag });
  if (plaintext === undefined) throw decryptionFailed();
  return isCompressed ? inflate(plaintext) : plaintext;
}

/** A few octets can be a gigabyte compressed. */
const mostInflatedOctets = 256 * 1024;

function inflate(compressed: Buffer): Buffer {
  try {
    return inflateRawSync(compressed, { maxOutputLength: mostInflatedOctets });
  } catch {
    throw decryptionFailed();
  }
}
