// Keys for the tests of src/jose: made afresh, or typed in from the RFC that prints them.

import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { isKeyplaneError } from '../../src/errors.ts';
import type { JsonObject } from '../../src/jose/json.ts';

export type RawJwk = Record<string, string>;

function exported(pair: { privateKey: { export(options: { format: 'jwk' }): object } }): RawJwk {
  return pair.privateKey.export({ format: 'jwk' }) as RawJwk;
}

export function makeRsa(modulusLength = 2048): RawJwk {
  return exported(generateKeyPairSync('rsa', { modulusLength }));
}

export function makeEc(namedCurve: string): RawJwk {
  return exported(generateKeyPairSync('ec', { namedCurve }));
}

export function makeOkp(crv: string): RawJwk {
  switch (crv) {
    case 'Ed25519':
      return exported(generateKeyPairSync('ed25519'));
    case 'Ed448':
      return exported(generateKeyPairSync('ed448'));
    case 'X25519':
      return exported(generateKeyPairSync('x25519'));
    default:
      return exported(generateKeyPairSync('x448'));
  }
}

export function makeAkp(alg: string): RawJwk {
  switch (alg) {
    case 'ML-DSA-44':
      return exported(generateKeyPairSync('ml-dsa-44'));
    case 'ML-DSA-65':
      return exported(generateKeyPairSync('ml-dsa-65'));
    default:
      return exported(generateKeyPairSync('ml-dsa-87'));
  }
}

export function makeOct(octets: number): RawJwk {
  return { kty: 'oct', k: Buffer.alloc(octets, 0xa5).toString('base64url') };
}

const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k', 'priv'];

export function publicHalf(jwk: RawJwk): RawJwk {
  return without(jwk, ...privateMembers);
}

export function without(jwk: RawJwk, ...names: string[]): RawJwk {
  return Object.fromEntries(Object.entries(jwk).filter(([name]) => !names.includes(name)));
}

export function fixture(name: string): string {
  return readFileSync(new URL(`./fixtures/${name}`, import.meta.url), 'utf8');
}

/** The public text of the bad request that this answers with; any other outcome fails the test. */
export async function refusalOf(work: () => unknown): Promise<string> {
  try {
    await work();
  } catch (error) {
    if (isKeyplaneError(error) && error.code === 'bad_request') return error.message;
    throw error;
  }
  throw new Error('it was accepted');
}

/** RFC 7638 §3.1. */
export const rfc7638Rsa: JsonObject = {
  kty: 'RSA',
  n: '0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw',
  e: 'AQAB',
  alg: 'RS256',
  kid: '2011-04-29',
};

/** RFC 8037 A.1. */
export const rfc8037Ed25519: JsonObject = {
  kty: 'OKP',
  crv: 'Ed25519',
  d: 'nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A',
  x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo',
};

/** RFC 7515 A.3.1. */
export const rfc7515Ec: JsonObject = {
  kty: 'EC',
  crv: 'P-256',
  x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
  y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
  d: 'jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI',
};
