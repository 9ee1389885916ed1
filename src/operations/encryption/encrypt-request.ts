// What a request to encrypt may ask for.

import { Buffer } from 'node:buffer';
import { badRequest } from '../../errors.ts';
import type { JsonValue } from '../../jose/json.ts';
import { decodeBase64 } from '../../jose/members/base64url.ts';
import { shownText } from '../../names.ts';
import { notValid, optionalText, type RequestMembers } from '../request-members.ts';
import { type EncName, isEncName } from './content-encryption.ts';
import {
  type JweSerialization,
  type JweToEncrypt,
  jweSerializations,
  requireEncryption,
} from './encrypt-jwe.ts';
import type { EncryptionKey } from './encryption-key.ts';
import { isBase64url } from './strict-base64url.ts';

export const encryptMembers = Object.freeze([
  'plaintext',
  'plaintextBase64',
  'enc',
  'serialization',
  'aad',
  'senderJwkName',
  'apu',
  'apv',
  'cty',
] as const);
export type EncryptMembers = RequestMembers<(typeof encryptMembers)[number]>;

export interface EncryptRequest extends Omit<JweToEncrypt, 'sender'> {
  /** Undefined but for ECDH-1PU, where it is never undefined. */
  readonly senderJwkName: string | undefined;
}

/** @throws KeyplaneError `bad_request` */
export function readEncryptRequest(members: EncryptMembers, key: EncryptionKey): EncryptRequest {
  requireEncryption(key);
  const serialization = readSerialization(members.serialization);
  return {
    plaintext: readPlaintext(members),
    enc: chooseEnc(key, members.enc),
    serialization,
    aad: readAad(members.aad, serialization),
    apu: readPartyInfo('apu', members.apu, key),
    apv: readPartyInfo('apv', members.apv, key),
    cty: optionalText('cty', members.cty),
    senderJwkName: readSenderJwkName(members.senderJwkName, key),
  };
}

/**
 * The content encryption: what was asked for where it fits the key, otherwise the key's default.
 * @throws KeyplaneError `bad_request`
 */
export function chooseEnc(key: EncryptionKey, given: JsonValue | undefined): EncName {
  const [preset] = key.encs;
  const asked = optionalText('enc', given) ?? preset;
  const enc = key.encs.find((name) => name === asked);
  if (enc !== undefined) return enc;
  const values = `Valid values: ${key.encs.join(', ')}`;
  if (!isEncName(asked)) throw notValid('enc', `enc (${shownText(asked ?? '')}) is not valid! ${values}`);
  const whose = key.encsOf === undefined ? key.alg : `${key.alg} with ${key.encsOf}`;
  throw notValid('enc', `enc (${asked}) does not fit ${whose}! ${values}`);
}

/**
 * The name of the JWK whose owner sends, which ECDH-1PU authenticates.
 * @throws KeyplaneError `bad_request`
 */
export function readSenderJwkName(given: JsonValue | undefined, key: EncryptionKey): string | undefined {
  const name = optionalText('senderJwkName', given);
  if (key.needsSender) {
    if (name !== undefined && name !== '') return name;
    throw badRequest(`senderJwkName is required for ${key.alg}!`, {
      reason: 'FIELD_REQUIRED',
      member: 'senderJwkName',
    });
  }
  if (name !== undefined) throw notValid('senderJwkName', 'senderJwkName is for ECDH-1PU only!');
  return undefined;
}

function readPlaintext({ plaintext, plaintextBase64 }: EncryptMembers): Buffer {
  if ((plaintext === undefined) === (plaintextBase64 === undefined)) {
    throw badRequest('Give either plaintext or plaintextBase64!', {
      reason: plaintext === undefined ? 'FIELD_REQUIRED' : 'FIELD_NOT_VALID',
      member: 'plaintext',
    });
  }
  const text = optionalText('plaintext', plaintext);
  if (text !== undefined) return Buffer.from(text);
  const base64 = optionalText('plaintextBase64', plaintextBase64) ?? '';
  const octets = base64 === '' ? Buffer.alloc(0) : decodeBase64(base64);
  if (octets !== undefined) return octets;
  throw notValid('plaintextBase64', 'plaintextBase64 is not base64 with padding (RFC 4648 §4)!');
}

function readSerialization(given: JsonValue | undefined): JweSerialization {
  const asked = optionalText('serialization', given) ?? 'COMPACT';
  const serialization = jweSerializations.find((name) => name === asked);
  if (serialization !== undefined) return serialization;
  throw notValid(
    'serialization',
    `serialization (${shownText(asked)}) is not valid! Valid values: ${jweSerializations.join(', ')}`,
  );
}

function readAad(given: JsonValue | undefined, serialization: JweSerialization): Buffer | undefined {
  const aad = optionalText('aad', given);
  if (aad === undefined) return undefined;
  if (serialization === 'COMPACT') throw notValid('aad', 'aad is for FLATTENED and GENERAL only!');
  return Buffer.from(aad);
}

function readPartyInfo(
  member: 'apu' | 'apv',
  given: JsonValue | undefined,
  { agreement }: EncryptionKey,
): string | undefined {
  const text = optionalText(member, given);
  if (text === undefined) return undefined;
  if (agreement === undefined) throw notValid(member, `${member} is for ECDH-ES and ECDH-1PU only!`);
  if (isBase64url(text)) return text;
  throw notValid(member, `${member} is not base64url without padding (RFC 7515 §2)!`);
}
