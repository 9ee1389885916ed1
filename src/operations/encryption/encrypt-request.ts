// What a request to encrypt may ask for.

import type { Buffer } from 'node:buffer';
import { badRequest } from '../../errors.ts';
import type { JsonValue } from '../../jose/json.ts';
import { shownText } from '../../names.ts';
import { type Serialization, serializations } from '../jws-form.ts';
import {
  notValid,
  optionalChoice,
  optionalContent,
  optionalText,
  optionalUtf8,
  pickMembers,
  type RequestBody,
} from '../request-members.ts';
import { isBase64url } from './base64url-text.ts';
import { type EncName, isEncName } from './content-encryptions.ts';
import { type JweToEncrypt, requireEncryption } from './encrypt-jwe.ts';
import type { EncryptionKey } from './encryption-key.ts';

const accepted = [
  'plaintext',
  'plaintextBase64',
  'enc',
  'serialization',
  'aad',
  'senderJwkName',
  'apu',
  'apv',
  'cty',
] as const;

export interface EncryptRequest extends Omit<JweToEncrypt, 'sender'> {
  /** Undefined but for ECDH-1PU, where it is never undefined. */
  readonly senderJwkName: string | undefined;
}

/** @throws KeyplaneError `bad_request` */
export function readEncryptRequest(body: RequestBody, key: EncryptionKey): EncryptRequest {
  requireEncryption(key);
  const members = pickMembers(body.members, accepted);
  const serialization = optionalChoice('serialization', members.serialization, serializations) ?? 'COMPACT';
  return {
    plaintext: readPlaintext(members.plaintext, members.plaintextBase64),
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
function readSenderJwkName(given: JsonValue | undefined, key: EncryptionKey): string | undefined {
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

function readPlaintext(text: JsonValue | undefined, base64: JsonValue | undefined): Buffer {
  const plaintext = optionalContent('plaintext', text, base64);
  if (plaintext !== undefined) return plaintext;
  throw badRequest('Give either plaintext or plaintextBase64!', {
    reason: 'FIELD_REQUIRED',
    member: 'plaintext',
  });
}

function readAad(given: JsonValue | undefined, serialization: Serialization): Buffer | undefined {
  const aad = optionalUtf8('aad', given);
  if (aad === undefined) return undefined;
  if (serialization === 'COMPACT') throw notValid('aad', 'aad is for FLATTENED and GENERAL only!');
  return aad;
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
