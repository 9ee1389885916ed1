// Optional members that are wrong in a way that does not concern the key: serialisers write null and empty values,
// some providers write a digest as hexadecimal text or a number with a zero octet in front. They are left out or
// rewritten, each with a warning. What concerns the key itself stays as it is and is rejected by the checks behind.

import { Buffer } from 'node:buffer';
import type { JsonObject, JsonValue } from '../json.ts';
import { isKeyType, keyTypeInfo } from '../key-types.ts';
import { shown, typeName } from '../shown.ts';
import { isOctetText } from './base64url.ts';
import { isKeyOperation } from './key-operations.ts';

export interface NormalisedMembers {
  readonly members: JsonObject;
  /** Public texts, one for each member that was changed. */
  readonly warnings: readonly string[];
}

const optionalMembers = ['use', 'alg', 'key_ops', 'kid', 'x5t', 'x5t#S256', 'x5c', 'x5u', 'oth'] as const;
const digestOctets = Object.freeze({ x5t: 20, 'x5t#S256': 32 } as const);
/** More values than any key has; a longer list is rejected as it is. */
const mostOperations = 64;

export function normaliseMembers(raw: JsonObject): NormalisedMembers {
  const members: Record<string, JsonValue> = Object.assign(Object.create(null), raw);
  const warnings: string[] = [];
  for (const name of optionalMembers) {
    const empty = emptiness(members[name]);
    if (empty === undefined) continue;
    delete members[name];
    warnings.push(`${name} is ${empty}; it was left out`);
  }
  for (const name of publicIntegers(raw.kty)) trimInteger(members, name, warnings);
  for (const name of ['x5t', 'x5t#S256'] as const) rewriteDigest(members, name, warnings);
  keepKnownOperations(members, warnings);
  return { members, warnings };
}

function publicIntegers(kty: JsonValue | undefined): readonly string[] {
  if (!isKeyType(kty)) return [];
  const { members, publicMembers } = keyTypeInfo(kty);
  return publicMembers.filter((name) => members[name]?.form === 'integer');
}

function emptiness(value: JsonValue | undefined): string | undefined {
  if (value === null) return 'null';
  if (value === '' || (Array.isArray(value) && value.length === 0)) return `an empty ${typeName(value)}`;
  const isHollow = Array.isArray(value) && value.every((item) => item === null || item === '');
  return isHollow ? 'an array of empty values' : undefined;
}

/** RFC 7518 §6.3.1.1: some providers write the sign octet of ASN.1 in front. The thumbprint is that of the shortest form. */
function trimInteger(members: Record<string, JsonValue>, name: string, warnings: string[]): void {
  const text = members[name];
  if (typeof text !== 'string' || !text.startsWith('A') || !isOctetText(text)) return;
  const octets = Buffer.from(text, 'base64url');
  const first = octets.findIndex((octet) => octet !== 0);
  if (first < 1) return;
  members[name] = octets.subarray(first).toString('base64url');
  warnings.push(`${name} began with a zero octet; it was rewritten in the fewest octets (RFC 7518 §6.3.1)`);
}

/** Two ways in which the hexadecimal text of a digest is written: as it is, and as base64url of that text. */
function rewriteDigest(
  members: Record<string, JsonValue>,
  name: keyof typeof digestOctets,
  warnings: string[],
): void {
  const text = members[name];
  const length = digestOctets[name] * 2;
  if (typeof text !== 'string' || text.length > 4 * length) return;
  const candidates = [text, Buffer.from(text, 'base64url').toString('latin1')];
  const hex = candidates
    .map((candidate) => candidate.replace(/:/g, ''))
    .find((candidate) => candidate.length === length && /^[0-9a-f]+$/i.test(candidate));
  if (hex === undefined) return;
  members[name] = Buffer.from(hex, 'hex').toString('base64url');
  warnings.push(
    `${name} was written as hexadecimal text; it was rewritten as base64url of the digest (RFC 7517 §4.8)`,
  );
}

/** RFC 7517 §4.3: other values may be used, and what is not understood is ignored. */
function keepKnownOperations(members: Record<string, JsonValue>, warnings: string[]): void {
  const given = members.key_ops;
  if (!Array.isArray(given) || given.length > mostOperations) return;
  if (given.some((value) => typeof value !== 'string' && value !== null)) return;
  const names = given.map(String);
  const unknown = new Set(names.filter((name) => !isKeyOperation(name)));
  if (unknown.size === 0) return;
  for (const name of unknown) warnings.push(`key_ops value (${shown(name)}) is not known; it was left out`);
  const known = names.filter((name) => !unknown.has(name));
  if (known.length > 0) members.key_ops = known;
  else delete members.key_ops;
}
