import { KeyplaneError } from '../errors.ts';

/** Deeper than any JWK; a text that nests without end must not exhaust the stack of either side. */
const deepest = 64;

/**
 * Canonical JSON: members sorted by UTF-16 code unit, no whitespace, numbers and strings as ECMAScript writes them (the
 * rules of RFC 8785). Undefined members are left out, as in JSON.
 * @throws KeyplaneError `bad_request` for values that JSON cannot hold, or for nesting beyond 64 levels
 */
export function canonicalJson(value: unknown): string {
  return write(value, 0);
}

function write(value: unknown, depth: number): string {
  if (depth > deepest) throw new KeyplaneError('bad_request', `JSON is nested deeper than ${deepest} levels`);
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number' && Number.isFinite(value)) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((item) => write(item ?? null, depth + 1)).join(',')}]`;
  if (typeof value === 'object') return writeMembers(value, depth);
  throw new KeyplaneError('bad_request', `JSON can not hold a ${typeof value}`);
}

function writeMembers(value: object, depth: number): string {
  let text = '';
  // The default order is the one that is wanted: by UTF-16 code unit.
  for (const name of Object.keys(value).sort()) {
    const member: unknown = Reflect.get(value, name);
    if (member === undefined) continue;
    text += `${text === '' ? '' : ','}${JSON.stringify(name)}:${write(member, depth + 1)}`;
  }
  return `{${text}}`;
}
