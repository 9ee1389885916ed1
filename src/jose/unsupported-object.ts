// Recognises common JSON objects that are no JWK by their members, and says where to get the key.

import type { JsonObject, JsonValue } from './json.ts';

const longestAddress = 256;

/** What a JSON object is that is neither a JWK nor a JWK Set. */
export function unsupportedObjectText(document: JsonObject): string {
  const { jwks_uri: address } = document;
  if (typeof address === 'string') {
    return `It is a discovery document (OpenID Connect, RFC 8414), which names the JWK Set: give its jwks_uri (${printable(address)}) as url of source type URL`;
  }
  const members = Object.entries(document);
  const [sets, keys] = [members.filter(holdsKeys), members.filter(([, value]) => isKey(value))];
  const [set] = sets;
  if (set !== undefined)
    return `The JWK Set is the value of the member ${printable(set[0])}: give that value alone`;
  const quoted = members.find(([, value]) => typeof value === 'string' && /^\s*\{/.test(value));
  if (quoted !== undefined) {
    return `Its member ${printable(quoted[0])} is a text that looks like a JSON object: give that text alone, without the quotes around it`;
  }
  const array = members.find(([, value]) => typeof value === 'string' && /^\s*\[\s*\{/.test(value));
  if (array !== undefined) {
    return `Its member ${printable(array[0])} is a text that looks like a JSON array: give {"keys": [...]} with that array, without the quotes around it`;
  }
  const [key] = keys;
  if (key !== undefined && keys.length === 1) {
    return `The JWK is the value of the member ${printable(key[0])}: give that value alone`;
  }
  if (key !== undefined) return 'Its members are JWKs: put them into an array, {"keys": [...]} (RFC 7517 §5)';
  const link = members.find(isAddressOfKeys);
  if (link !== undefined)
    return `Its member ${printable(link[0])} is an address: give it as url of source type URL`;
  const pem = members.filter(([, value]) => typeof value === 'string' && /^\s*-----BEGIN /.test(value));
  if (pem.length > 0) {
    const kinds = pem.map(([, value]) => (String(value).includes('CERTIFICATE') ? 'certificates' : 'keys'));
    const kind = kinds.includes('certificates') ? 'certificates' : 'keys';
    const what =
      pem.length === members.length ? `a map from kid to PEM ${kind}` : `an object with PEM ${kind}`;
    return `It is ${what}, not a JWK Set: give the JWK Set of the same issuer, or upload one of the ${kind} and create the JWK from that`;
  }
  return 'The JSON object is neither a JWK (it has no kty) nor a JWK Set (it has no keys)';
}

function holdsKeys([, value]: readonly [string, JsonValue]): boolean {
  return isObject(value) && Array.isArray(value.keys);
}

/** Other addresses, such as that of an issuer, lead to no JWK Set. */
function isAddressOfKeys([name, value]: readonly [string, JsonValue]): boolean {
  if (typeof value !== 'string' || !/^\s*https?:\/\/\S+\s*$/i.test(value)) return false;
  return /^(keys?|jku|url|uri)$|jwk/i.test(name);
}

function isKey(value: JsonValue): boolean {
  return isObject(value) && typeof value.kty === 'string';
}

function isObject(value: JsonValue): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Of a document that anybody may have written: one line, and not too long. */
function printable(text: string): string {
  const line = text.replace(/[^\P{C}\u200c\u200d]/gu, '?');
  return line.length > longestAddress ? `${line.slice(0, longestAddress)}…` : line;
}
