// The serialisations of a JWE (RFC 7516 §7): compact, flattened JSON, general JSON.

import { Buffer } from 'node:buffer';
import { isJsonObject, type JsonObject, type JsonValue } from '../../jose/json.ts';
import { decodeStrictly, readObject, utf8Of } from '../compact-jws.ts';
import { type EncName, isEncName } from './content-encryptions.ts';

export interface ParsedJwe {
  /** Members that the tag authenticates. */
  readonly protectedHeader: JsonObject;
  readonly recipients: readonly Recipient[];
  /** Additional authenticated data, as the tag covers it. */
  readonly aad: Buffer;
  readonly iv: Buffer;
  readonly ciphertext: Buffer;
  readonly tag: Buffer;
}

export interface Recipient {
  /** Members of all headers (RFC 7516 §4). */
  readonly header: JsonObject;
  readonly alg: string;
  readonly enc: EncName;
  readonly kid: string | undefined;
  /** Whether the plaintext is compressed (RFC 7516 §4.1.3). */
  readonly isCompressed: boolean;
  readonly encryptedKey: Buffer;
}

/** More than a group has; a search through more would cost more than the decryption. */
const mostRecipients = 100;

/** Undefined for everything that is not one, and for one that asks for what this program does not implement. */
export function parseJwe(jwe: string | JsonObject): ParsedJwe | undefined {
  const parts = typeof jwe === 'string' ? compactParts(jwe) : jsonParts(jwe);
  if (parts === undefined) return undefined;
  const { protectedText, sharedHeader, recipients: received } = parts;
  const protectedHeader = protectedText === '' ? {} : readHeader(protectedText);
  const iv = decodeStrictly(parts.iv);
  const ciphertext = decodeStrictly(parts.ciphertext);
  const tag = decodeStrictly(parts.tag);
  if (protectedHeader === undefined || !iv || !ciphertext || !tag) return undefined;
  const recipients = received.map((one) => readRecipient(one, protectedHeader, sharedHeader));
  if (!recipients.every((one) => one !== undefined)) return undefined;
  const { aadText } = parts;
  if (aadText !== undefined && decodeStrictly(aadText) === undefined) return undefined;
  const aad = aadText === undefined ? protectedText : `${protectedText}.${aadText}`;
  return { protectedHeader, recipients, aad: Buffer.from(aad, 'latin1'), iv, ciphertext, tag };
}

interface JweParts {
  /** base64url. */
  readonly protectedText: string;
  readonly sharedHeader: JsonObject;
  readonly recipients: readonly ReceivedRecipient[];
  readonly aadText?: string | undefined;
  readonly iv: string;
  readonly ciphertext: string;
  readonly tag: string;
}

interface ReceivedRecipient {
  readonly header: JsonObject;
  readonly encryptedKey: string;
}

function compactParts(text: string): JweParts | undefined {
  // One more than there may be, so that no text is split into a million.
  const [protectedText, encryptedKey, iv, ciphertext, tag, ...more] = text.split('.', 6);
  if (protectedText === undefined || encryptedKey === undefined || iv === undefined) return undefined;
  if (ciphertext === undefined || tag === undefined || more.length > 0 || protectedText === '')
    return undefined;
  return { protectedText, sharedHeader: {}, recipients: [{ header: {}, encryptedKey }], iv, ciphertext, tag };
}

/** RFC 7516 §7.2: other members are ignored. */
function jsonParts(jwe: JsonObject): JweParts | undefined {
  const { protected: protectedText, unprotected = {}, aad, iv = '', ciphertext, tag = '' } = jwe;
  if (protectedText !== undefined && !isFullText(protectedText)) return undefined;
  if (!isJsonObject(unprotected)) return undefined;
  if (typeof iv !== 'string' || typeof ciphertext !== 'string' || typeof tag !== 'string') return undefined;
  if (aad !== undefined && typeof aad !== 'string') return undefined;
  const recipients = recipientParts(jwe);
  if (recipients === undefined) return undefined;
  return {
    protectedText: protectedText ?? '',
    sharedHeader: unprotected,
    recipients,
    aadText: aad,
    iv,
    ciphertext,
    tag,
  };
}

/** RFC 7516 §7.2.1: a header of nothing is absent, not empty. */
function isFullText(value: JsonValue): value is string {
  return typeof value === 'string' && value !== '';
}

function recipientParts(jwe: JsonObject): readonly ReceivedRecipient[] | undefined {
  const { recipients } = jwe;
  if (recipients === undefined) {
    const only = recipientPart(jwe);
    return only && [only];
  }
  // RFC 7516 §7.2.2: the members of the one recipient and the list of recipients exclude each other.
  if (!Array.isArray(recipients) || jwe.header !== undefined || jwe.encrypted_key !== undefined)
    return undefined;
  if (recipients.length === 0 || recipients.length > mostRecipients) return undefined;
  const parts = recipients.map((one) => (isJsonObject(one) ? recipientPart(one) : undefined));
  return parts.every((one) => one !== undefined) ? parts : undefined;
}

function recipientPart({ header = {}, encrypted_key: encryptedKey = '' }: JsonObject) {
  if (!isJsonObject(header) || typeof encryptedKey !== 'string') return undefined;
  return { header, encryptedKey };
}

function readHeader(text: string): JsonObject | undefined {
  const octets = decodeStrictly(text);
  return octets && readObject(utf8Of(octets));
}

function readRecipient(
  { header: own, encryptedKey: encryptedText }: ReceivedRecipient,
  protectedHeader: JsonObject,
  sharedHeader: JsonObject,
): Recipient | undefined {
  const header = disjointUnion([protectedHeader, sharedHeader, own]);
  const encryptedKey = decodeStrictly(encryptedText);
  if (header === undefined || encryptedKey === undefined) return undefined;
  const { alg, enc, kid, crit, zip } = header;
  if (typeof alg !== 'string' || !isEncName(enc)) return undefined;
  if (kid !== undefined && typeof kid !== 'string') return undefined;
  // None of the extensions is implemented, and one that is critical must be rejected (RFC 7516 §4.1.13).
  if (crit !== undefined) return undefined;
  // RFC 7516 §4.1.3: integrity protected, and DEF is the only one.
  if (zip !== undefined && (zip !== 'DEF' || protectedHeader.zip !== zip)) return undefined;
  return { header, alg, enc, kid, isCompressed: zip !== undefined, encryptedKey };
}

/** RFC 7516 §7.2.1: no name is in two of the headers. */
function disjointUnion(headers: readonly JsonObject[]): JsonObject | undefined {
  const union: Record<string, JsonValue> = { __proto__: null } as never;
  for (const header of headers) {
    for (const [name, value] of Object.entries(header)) {
      if (Object.hasOwn(union, name)) return undefined;
      union[name] = value;
    }
  }
  return union;
}
