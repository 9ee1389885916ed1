import { Buffer } from 'node:buffer';
import { badRequest, type KeyplaneError } from '../errors.ts';
import { parseDuration } from '../iso-duration.ts';
import { isJsonObject, type JsonObject, type JsonValue, parseJson } from '../jose/json.ts';
import { decodeBase64 } from '../jose/members/base64url.ts';
import { shownText } from '../names.ts';

export type RequestMembers<Name extends string> = { readonly [Member in Name]?: Exclude<JsonValue, null> };

/** The JSON object of a request, or one of its items. */
export interface RequestBody {
  readonly members: JsonObject;
  /**
   * The same object with each number in the digits in which it was given. JavaScript numbers have 53 bits, so an identifier of
   * 64 bits would be another one when it is written again.
   */
  exact(): JsonObject;
}

/** @throws KeyplaneError `bad_request` */
export function parseBody(bodyText: string): RequestBody {
  const members = bodyText === '' ? undefined : parseJson(bodyText, 'Request body');
  if (!isJsonObject(members)) throw badRequest('Request body must be a JSON object!');
  let exact: JsonObject | undefined;
  return {
    members,
    exact() {
      exact ??= hasLongNumber(bodyText) ? exactObject(bodyText) : members;
      return exact;
    },
  };
}

/** Each item is a separate request. @throws KeyplaneError `bad_request` */
export function itemsOf(body: RequestBody): readonly RequestBody[] | undefined {
  if (body.members.items === undefined || body.members.items === null) return undefined;
  const { items } = pickMembers(body.members, ['items']);
  if (!isObjectList(items) || items.length === 0 || items.length > mostItems) {
    throw notValid('items', `items must be a list of 1 to ${mostItems} JSON objects!`);
  }
  return items.map((members, index) => ({
    members,
    // Safe to cast: it is the same JSON.
    exact: () => (body.exact().items as JsonObject[])[index] ?? members,
  }));
}

const mostItems = 100;

function isObjectList(value: JsonValue | undefined): value is JsonObject[] {
  return Array.isArray(value) && value.every(isJsonObject);
}

function hasLongNumber(bodyText: string): boolean {
  return /\d{16}|\d[eE]/.test(bodyText);
}

function exactObject(bodyText: string): JsonObject {
  const keepDigits = (_name: string, value: unknown, { source }: { readonly source?: string } = {}) =>
    typeof value === 'number' && source !== undefined ? rawJson(source) : value;
  return JSON.parse(bodyText.replace(/^\u{feff}/u, ''), keepDigits);
}

/** ECMAScript "JSON.parse source text access", which the types of TypeScript do not have yet. */
const { rawJSON: rawJson } = JSON as unknown as { readonly rawJSON: (source: string) => unknown };

/**
 * The members of a request; `null` means the same as an absent one.
 * @throws KeyplaneError `bad_request`
 */
export function pickMembers<Name extends string>(
  object: JsonObject,
  accepted: readonly Name[],
): RequestMembers<Name> {
  const members: Record<string, JsonValue> = {};
  for (const [name, value] of Object.entries(object)) {
    if (!accepted.some((known) => known === name)) {
      throw badRequest(`Unknown member: ${shownText(name)}! Accepted members: ${accepted.join(', ')}`, {
        reason: 'FIELD_UNKNOWN',
        member: shownText(name),
      });
    }
    if (value !== null) members[name] = value;
  }
  return members as RequestMembers<Name>;
}

export function notValid(member: string, text: string): KeyplaneError {
  return badRequest(text, { reason: 'FIELD_NOT_VALID', member });
}

export function optionalText(member: string, value: JsonValue | undefined): string | undefined {
  if (value === undefined || typeof value === 'string') return value;
  throw notValid(member, `${member} must be a string!`);
}

/** Milliseconds. */
export function optionalDuration(member: string, value: JsonValue | undefined): number | undefined {
  const text = optionalText(member, value);
  if (text === undefined) return undefined;
  const durationMs = parseDuration(text);
  if (durationMs !== undefined) return durationMs;
  throw notValid(
    member,
    `${member} (${shownText(text)}) is not valid! It takes an ISO 8601 duration in days, hours, minutes and seconds, such as PT5M`,
  );
}

export function optionalObject(member: string, value: JsonValue | undefined): JsonObject | undefined {
  if (value === undefined || isJsonObject(value)) return value;
  throw notValid(member, `${member} must be a JSON object!`);
}

export function optionalFlag(member: string, value: JsonValue | undefined): boolean | undefined {
  if (value === undefined || typeof value === 'boolean') return value;
  throw notValid(member, `${member} must be true or false!`);
}

/** One of a closed list of names. */
export function optionalChoice<Name extends string>(
  member: string,
  value: JsonValue | undefined,
  names: readonly Name[],
): Name | undefined {
  const text = optionalText(member, value);
  if (text === undefined) return undefined;
  const found = names.find((name) => name === text);
  if (found !== undefined) return found;
  throw notValid(member, `${member} (${shownText(text)}) is not valid! Valid values: ${names.join(', ')}`);
}

const mostTexts = 100;

export function optionalTexts(member: string, value: JsonValue | undefined): readonly string[] | undefined {
  if (value === undefined) return undefined;
  if (isTextList(value) && value.length > 0 && value.length <= mostTexts) return value;
  throw notValid(member, `${member} must be a list of 1 to ${mostTexts} strings!`);
}

function isTextList(value: JsonValue): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

/** base64 with padding (RFC 4648 §4). */
export function optionalOctets(member: string, value: JsonValue | undefined): Buffer | undefined {
  const text = optionalText(member, value);
  if (text === undefined) return undefined;
  const octets = text === '' ? Buffer.alloc(0) : decodeBase64(text);
  if (octets !== undefined) return octets;
  throw notValid(member, `${member} is not base64 with padding (RFC 4648 §4)!`);
}

/** The UTF-8 of a text. */
export function optionalUtf8(member: string, value: JsonValue | undefined): Buffer | undefined {
  const text = optionalText(member, value);
  if (text === undefined) return undefined;
  if (text.isWellFormed()) return Buffer.from(text);
  throw notValid(member, `${member} is not well-formed Unicode!`);
}

/** Octets that are given either as a text or as base64. */
export function optionalContent(
  name: string,
  text: JsonValue | undefined,
  base64: JsonValue | undefined,
): Buffer | undefined {
  if (text !== undefined && base64 !== undefined) {
    throw notValid(name, `Give either ${name} or ${name}Base64!`);
  }
  return optionalUtf8(name, text) ?? optionalOctets(`${name}Base64`, base64);
}
