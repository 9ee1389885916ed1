// First of the three checks of an import: every known member is there, of its type and within its length.
// Lengths are held before anything is decoded or computed, so that a hostile member costs nothing.

import { badRequest, type KeyplaneError } from '../../errors.ts';
import { mostCertificates } from '../certificate.ts';
import type { JsonObject, JsonValue } from '../json.ts';
import type { PrivateJwk } from '../jwk.ts';
import {
  isKeyType,
  type KeyMember,
  type KeyType,
  type KeyTypeInfo,
  keyTypeInfo,
  keyTypes,
} from '../key-types.ts';
import { checkKid } from '../kid.ts';
import { shown, typeName } from '../shown.ts';
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
  const info = keyTypeInfo(keyType);
  for (const name of info.required) {
    if (raw[name] === undefined && !Object.hasOwn(info.members, name)) throw missing(info, name);
  }
  for (const [name, member] of Object.entries(info.members)) {
    const value = raw[name];
    if (value === undefined) {
      if (info.required.includes(name)) throw missing(info, name);
    } else {
      members[name] = readKeyMember(member, { name, value, longest: info.longestMember });
    }
  }
  for (const [name, reason] of Object.entries(info.refusedMembers ?? {})) {
    if (raw[name] !== undefined) throw badRequest(reason, { reason: 'KEY_NOT_SUPPORTED' });
  }
  return Object.assign(members, readMetadata(raw)) as unknown as PrivateJwk;
}

function readKeyType(kty: JsonValue | undefined): KeyType {
  if (isKeyType(kty)) return kty;
  const valid = `Valid values: ${keyTypes.join(', ')}`;
  if (kty === undefined) throw malformed(`kty is required in a JWK! ${valid}`);
  if (typeof kty !== 'string') throw malformed(`kty must be a string, not ${typeName(kty)}! ${valid}`);
  throw badRequest(`kty (${shown(kty)}) is not supported! ${valid}`, { reason: 'KEY_NOT_SUPPORTED' });
}

/**
 * Before any other member: which members there are depends on the type, and people mix up EC and OKP.
 * @throws KeyplaneError bad_request for a curve that the key type does not have
 */
function checkCurve(keyType: KeyType, crv: JsonValue | undefined): void {
  const { name, curves } = keyTypeInfo(keyType);
  if (typeof crv !== 'string' || curves === null || curves.table.has(crv)) return;
  const values = [...curves.table.keys()].join(', ');
  throw badRequest(
    `crv (${shown(crv)}) is not valid for ${name} keys!${curveHint(keyType, crv)} Valid values: ${values}`,
    { reason: 'KEY_NOT_SUPPORTED' },
  );
}

function curveHint(keyType: KeyType, crv: string): string {
  const misnomers = keyTypeInfo(keyType).curves?.misnomers ?? {};
  if (Object.hasOwn(misnomers, crv)) return ` ${misnomers[crv]}`;
  const other = keyTypes.find((one) => keyTypeInfo(one).curves?.table.has(crv));
  if (other === undefined) return '';
  return ` ${crv} is a curve of kty ${other}, not ${keyType} (${keyTypeInfo(other).curves?.source}).`;
}

function malformed(text: string): KeyplaneError {
  return badRequest(text, { reason: 'KEY_MALFORMED' });
}

function missing(info: KeyTypeInfo, member: string): KeyplaneError {
  // The letters whose names begin with a vowel: "an RSA JWK".
  const article = /^[AEFHILMNORSX]/.test(info.name) ? 'an' : 'a';
  return malformed(`${member} is required in ${article} ${info.name} JWK!`);
}

function readKeyMember(
  { form }: KeyMember,
  { name, value, longest }: { name: string; value: JsonValue; longest: number | undefined },
): string {
  const text = readString(name, value);
  if (form === 'curve') return text;
  checkOctetText(text, name, longest);
  if (form === 'integer') checkIntegerText(text, name);
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
