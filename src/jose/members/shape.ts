// First of the three checks of an import: every known member is there, of its type and within its length.
// Lengths are held before anything is decoded or computed, so that a hostile member costs nothing.

import { badRequest, type KeyplaneError } from '../../errors.ts';
import { mostCertificates } from '../certificate.ts';
import type { JsonObject, JsonValue } from '../json.ts';
import { isKeyType, type KeyType, keyTypeName, type PrivateJwk, shown, typeName } from '../jwk.ts';
import { checkKid } from '../kid.ts';
import { keyMembers } from '../public-part.ts';
import { ecCurveOf } from '../soundness/soundness-ec.ts';
import { okpCurveOf } from '../soundness/soundness-okp.ts';
import { checkOctetText } from './base64url.ts';
import { checkIntegerText } from './integer.ts';

const longestCertificateText = 88_000;
const longestName = 64;
const mostOperations = 8;

/**
 * @returns a plain object with known members only; `x5u` is dropped and never fetched
 * @throws KeyplaneError bad_request that names the member
 */
export function readShape(raw: JsonObject): PrivateJwk {
  const keyType = readKeyType(raw.kty);
  checkCurve(keyType, raw.crv);
  const members: Record<string, unknown> = { kty: keyType };
  const names = keyMembers[keyType];
  const required = keyType === 'oct' ? names.private : names.public;
  for (const name of [...names.public, ...names.private]) {
    const value = raw[name];
    if (value === undefined) {
      if (required.includes(name)) throw malformed(`${name} is required in ${article(keyType)} JWK!`);
    } else {
      members[name] = readKeyMember(keyType, name, value);
    }
  }
  // RFC 7518 §6.3.2.7: a reader that does not do multi-prime keys must refuse them.
  if (keyType === 'RSA' && raw.oth !== undefined) {
    throw badRequest('RSA keys of more than two primes (oth) are not supported', {
      reason: 'KEY_NOT_SUPPORTED',
    });
  }
  return Object.assign(members, readMetadata(raw)) as unknown as PrivateJwk;
}

function readKeyType(kty: JsonValue | undefined): KeyType {
  if (isKeyType(kty)) return kty;
  const valid = 'Valid values: RSA, EC, OKP, oct';
  if (kty === undefined) throw malformed(`kty is required in a JWK! ${valid}`);
  if (typeof kty !== 'string') throw malformed(`kty must be a string, not ${typeName(kty)}! ${valid}`);
  throw badRequest(`kty (${shown(kty)}) is not supported! ${valid}`, { reason: 'KEY_NOT_SUPPORTED' });
}

/** Before any other member: which members there are depends on the type, and people mix up EC and OKP. */
function checkCurve(keyType: KeyType, crv: JsonValue | undefined): void {
  if (typeof crv !== 'string') return;
  if (keyType === 'EC') ecCurveOf(crv);
  if (keyType === 'OKP') okpCurveOf(crv);
}

function malformed(text: string): KeyplaneError {
  return badRequest(text, { reason: 'KEY_MALFORMED' });
}

function article(keyType: KeyType): string {
  return keyType === 'RSA' ? 'an RSA' : `an ${keyTypeName(keyType)}`;
}

function readKeyMember(keyType: KeyType, name: string, value: JsonValue): string {
  const text = readString(name, value);
  if (name === 'crv') return text;
  checkOctetText(text, name);
  if (keyType === 'RSA') checkIntegerText(text, name);
  return text;
}

function readString(name: string, value: JsonValue): string {
  if (typeof value !== 'string') throw malformed(`${name} must be a string, not ${typeName(value)}`);
  return value;
}

function readMetadata(raw: JsonObject): Record<string, unknown> {
  const members: Record<string, unknown> = {};
  if (raw.kid !== undefined) {
    members.kid = readString('kid', raw.kid);
    checkKid(members.kid as string);
  }
  if (raw.use !== undefined) {
    const use = readString('use', raw.use);
    if (use !== 'sig' && use !== 'enc')
      throw malformed(`use (${shown(use)}) is not valid! Valid values: sig, enc`);
    members.use = use;
  }
  if (raw.key_ops !== undefined)
    members.key_ops = readStrings('key_ops', raw.key_ops, { most: mostOperations, longest: longestName });
  if (raw.alg !== undefined) members.alg = readString('alg', raw.alg);
  if (raw.x5c !== undefined) {
    members.x5c = readStrings('x5c', raw.x5c, { most: mostCertificates, longest: longestCertificateText });
  }
  for (const name of ['x5t', 'x5t#S256']) {
    if (raw[name] === undefined) continue;
    members[name] = readString(name, raw[name]);
    checkOctetText(members[name] as string, name);
  }
  return members;
}

function readStrings(name: string, value: JsonValue, limits: { most: number; longest: number }): string[] {
  if (!Array.isArray(value)) throw malformed(`${name} must be an array of strings, not ${typeName(value)}`);
  if (value.length > limits.most)
    throw malformed(`${name} has ${value.length} values; at most ${limits.most} are accepted`);
  return value.map((entry) => {
    const text = readString(`Each value of ${name}`, entry);
    if (text.length > limits.longest) {
      throw malformed(
        `A value of ${name} has ${text.length} characters; at most ${limits.longest} are accepted`,
      );
    }
    return text;
  });
}
