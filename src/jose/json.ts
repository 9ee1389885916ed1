// A strict reader of JSON that others wrote: a key document, and nothing else, is read through it.
// Refuses members given twice (two readers would see two keys, RFC 7517 §4 and RFC 8259 §4), `__proto__`,
// nesting deeper than 32 and more than 100,000 values. Objects come without a prototype.

import { badRequest, type KeyplaneError } from '../errors.ts';
import { endsTooEarly, findJsonFault } from './json-fault.ts';
import { nonJsonText } from './non-json-text.ts';
import { shown } from './shown.ts';

export type JsonValue = null | boolean | number | string | JsonValue[] | JsonObject;
export interface JsonObject {
  readonly [member: string]: JsonValue;
}

const deepest = 32;
const mostValues = 100_000;
const mostMembers = 1000;

const space = 0x20;
const quote = 0x22;
const comma = 0x2c;
const colon = 0x3a;
const openBracket = 0x5b;
const backslash = 0x5c;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;

/**
 * @param what stands at the head of each message, such as "JWK string"
 * @throws KeyplaneError bad_request; the text never repeats a value of the document
 */
export function parseJson(text: string, what: string): JsonValue {
  const document = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  // First, and without recursion: what is nested or numerous beyond reason costs the native parser dearly.
  const fault = structureFault(document);
  if (fault !== undefined) throw invalid(`${what} is not valid JSON: ${fault}`);
  let value: unknown;
  try {
    value = JSON.parse(document);
  } catch (error) {
    throw invalid(`${what} is not valid JSON: ${nonJsonText(document) ?? syntaxFault(document)}`, error);
  }
  return withoutPrototypes(value);
}

function invalid(text: string, cause?: unknown): KeyplaneError {
  return badRequest(text, { reason: 'DOCUMENT_NOT_VALID', cause });
}

export function isJsonObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** V8 quotes the text around a fault, which may be a secret: only the place and the kind of the fault leave here. */
function syntaxFault(document: string): string {
  if (document.trim() === '') return 'it is empty';
  const { what, line, column } = findJsonFault(document) ?? { what: 'unexpected text', line: 1, column: 1 };
  return what === endsTooEarly
    ? `${what}, at line ${line}, column ${column}`
    : `${what} at line ${line}, column ${column}`;
}

/** Where the string ends that begins at `opening`; -1 when it does not. */
function closingQuote(document: string, opening: number, nextSlash: number): number {
  const end = document.indexOf('"', opening + 1);
  if (end < nextSlash) return end;
  for (let at = nextSlash; at < document.length; at += 1) {
    const code = document.charCodeAt(at);
    if (code === backslash) at += 1;
    else if (code === quote) return at;
  }
  return -1;
}

/** The member name between the quotes; undefined when it is no JSON string, which the native parser will say. */
function memberName(raw: string): string | undefined {
  if (!raw.includes('\\')) return raw;
  try {
    return JSON.parse(`"${raw}"`);
  } catch {
    return undefined;
  }
}

/** One pass over text that may be no JSON at all; where it stops early, the native parser refuses as well. */
function structureFault(document: string): string | undefined {
  const levels: (Set<string> | undefined)[] = [];
  let values = 0;
  let nextSlash = -1;
  for (let at = 0; at < document.length; at += 1) {
    const code = document.charCodeAt(at);
    if (code === quote) {
      if (nextSlash < at) nextSlash = (document.indexOf('\\', at) + 1 || document.length + 1) - 1;
      const end = closingQuote(document, at, nextSlash);
      if (end < 0) return undefined;
      const next = afterSpace(document, end + 1);
      // In JSON a string before a colon is a member name, and no other is.
      if (document.charCodeAt(next) === colon) {
        const fault = nameFault(memberName(document.slice(at + 1, end)), levels.at(-1));
        if (fault !== undefined) return fault;
      }
      at = next - 1;
    } else if (code === openBrace || code === openBracket) {
      if (levels.length === deepest) return `it is nested deeper than ${deepest} levels`;
      levels.push(code === openBrace ? new Set() : undefined);
    } else if (code === closeBrace || code === closeBracket) {
      if (levels.length === 0) return undefined;
      levels.pop();
    } else if (code === comma) {
      values += 1;
      if (values > mostValues) return `it holds more than ${mostValues} values`;
    }
  }
  return undefined;
}

function afterSpace(document: string, start: number): number {
  let at = start;
  while (at < document.length && document.charCodeAt(at) <= space) at += 1;
  return at;
}

function nameFault(name: string | undefined, names: Set<string> | undefined): string | undefined {
  if (name === undefined) return undefined;
  if (name === '__proto__') return 'a member named __proto__ is not allowed';
  if (names?.has(name)) return `member "${shown(name)}" is given twice`;
  names?.add(name);
  return names !== undefined && names.size > mostMembers
    ? `an object has more than ${mostMembers} members`
    : undefined;
}

function withoutPrototypes(value: unknown): JsonValue {
  if (typeof value !== 'object' || value === null) return value as JsonValue;
  if (Array.isArray(value)) return value.map(withoutPrototypes);
  const bare: Record<string, JsonValue> = { __proto__: null } as never;
  for (const [name, member] of Object.entries(value)) bare[name] = withoutPrototypes(member);
  return bare;
}
