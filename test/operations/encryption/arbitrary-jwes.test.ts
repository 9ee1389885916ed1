// Any JWE is decrypted, or it fails as every other does. The changes are the same in each run.

import { describe, expect, test } from 'vitest';
import { isKeyplaneError } from '../../../src/errors.ts';
import type { JsonObject, JsonValue } from '../../../src/jose/json.ts';
import { openJwe, openKey, sealCompact, sealJwe } from './support/open-jwe.ts';
import { curveJwk, octJwk, rsaJwk } from './support/sample-jwks.ts';

/** Numbers below `bound`, the same in each run (xorshift). */
function numbersFrom(seed: number): (bound: number) => number {
  let state = seed;
  return (bound) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % bound;
  };
}

const plaintext = 'the plaintext';
const characters = 'ABCz09-_.=+/ \n{"\u0000é';
const values: JsonValue[] = [
  null,
  true,
  0,
  -1,
  1e300,
  '',
  'A',
  'AAAA',
  'dir',
  [],
  ['x'],
  {},
  { kty: 'EC' },
  'DEF',
  2 ** 31,
];
const names = [
  'alg',
  'enc',
  'kid',
  'epk',
  'apu',
  'apv',
  'p2s',
  'p2c',
  'iv',
  'tag',
  'zip',
  'crit',
  'skid',
  'jwk',
  'x',
];

function changeText(text: string, next: (bound: number) => number): string {
  const at = next(text.length + 1);
  const inserted = characters[next(characters.length)] ?? '';
  switch (next(5)) {
    case 0:
      return text.slice(0, at) + text.slice(at + 1);
    case 1:
      return text.slice(0, at) + inserted + text.slice(at);
    case 2:
      return text.slice(0, at) + inserted + text.slice(at + 1);
    case 3:
      return text.slice(0, at);
    default:
      return text.slice(0, at) + text.slice(next(text.length + 1));
  }
}

function changeHeader(text: string, next: (bound: number) => number): string {
  const header: Record<string, JsonValue> = JSON.parse(Buffer.from(text, 'base64url').toString());
  header[names[next(names.length)] ?? ''] = values[next(values.length)] ?? null;
  return Buffer.from(JSON.stringify(header)).toString('base64url');
}

function changeCompact(jwe: string, next: (bound: number) => number): string {
  const parts = jwe.split('.');
  const at = next(parts.length + 2);
  if (at === parts.length) return changeText(jwe, next);
  if (at > parts.length) return [changeHeader(parts[0] ?? '', next), ...parts.slice(1)].join('.');
  return parts.with(at, changeText(parts[at] ?? '', next)).join('.');
}

function changeObject(jwe: JsonObject, next: (bound: number) => number): JsonObject {
  const members = [...Object.keys(jwe), 'header', 'unprotected', 'recipients', 'aad', 'encrypted_key'];
  const name = members[next(members.length)] ?? '';
  const value = jwe[name];
  if (typeof value === 'string' && next(2) === 0) return { ...jwe, [name]: changeText(value, next) };
  if (name === 'protected' && next(2) === 0) return { ...jwe, [name]: changeHeader(String(value), next) };
  const other = values[next(values.length)] ?? null;
  return { ...jwe, [name]: next(3) === 0 ? { [names[next(names.length)] ?? '']: other } : other };
}

async function outcomeOf(key: ReturnType<typeof openKey>, jwe: string | JsonObject): Promise<string> {
  try {
    return (await openJwe(key, jwe, key.needsSender ? { sender: key.agreement } : {})).plaintext.toString();
  } catch (error) {
    if (isKeyplaneError(error)) return error.message;
    throw error;
  }
}

describe.each([
  { jwk: octJwk('dir', 32), rounds: 400 },
  { jwk: octJwk('A128CBC-HS256', 32), rounds: 400 },
  { jwk: octJwk('A192KW', 24), rounds: 400 },
  { jwk: octJwk('A256GCMKW', 32), rounds: 400 },
  { jwk: curveJwk('ECDH-ES', 'P-256'), rounds: 300 },
  { jwk: curveJwk('ECDH-ES+A128KW', 'X25519'), rounds: 300 },
  { jwk: curveJwk('ECDH-1PU+A256KW', 'X448'), rounds: 100 },
  { jwk: octJwk('PBES2-HS256+A128KW', 9), rounds: 60 },
  { jwk: rsaJwk('RSA-OAEP'), rounds: 60 },
])('a changed JWE of $jwk.alg', ({ jwk, rounds }) => {
  const key = openKey(jwk, { allowCompressed: true, iterationCount: 10, maxIterationCount: 1000 });
  const sender = key.needsSender ? key.agreement : undefined;

  test('is opened as it was or fails, in each serialisation', async () => {
    const next = numbersFrom(7516);
    const compact = await sealCompact(key, plaintext, { sender });
    const objects = [
      await sealJwe(key, plaintext, { sender, serialization: 'FLATTENED', aad: Buffer.from('aad') }),
      await sealJwe(key, plaintext, { sender, serialization: 'GENERAL' }),
    ];
    const outcomes = new Set<string>();
    for (let round = 0; round < rounds; round += 1) {
      outcomes.add(await outcomeOf(key, changeCompact(compact, next)));
      const object = objects[round % 2];
      if (typeof object === 'object') outcomes.add(await outcomeOf(key, changeObject(object, next)));
    }
    expect([...outcomes].sort()).toEqual(['Decryption failed!', plaintext]);
  });
});
