// Each algorithm with keys that fit it: what keyplane makes of them, and what it reads.

import { importJwk } from '../../../src/jose/import-jwk.ts';
import type { JsonObject } from '../../../src/jose/json.ts';
import { secureRandomness } from '../../../src/node/operations/secure-randomness.ts';
import { type EncName, isEncName } from '../../../src/operations/encryption/content-encryptions.ts';
import { decryptJwe } from '../../../src/operations/encryption/decrypt-jwe.ts';
import { encryptJwe } from '../../../src/operations/encryption/encrypt-jwe.ts';
import { type EncryptionKey, encryptionKey } from '../../../src/operations/encryption/encryption-key.ts';
import { keyManagementNames } from '../../../src/operations/encryption/key-management-algorithms.ts';
import { type Serialization, serializations } from '../../../src/operations/jws-form.ts';
import { signJwsJson } from '../../../src/operations/sign-jws.ts';
import { signatureAlgorithmNames } from '../../../src/operations/signature-algorithms.ts';
import { verifyJws } from '../../../src/operations/verify-jws.ts';
import { makeAkp, makeEc, makeOct, makeOkp, makeRsa, publicHalf, type RawJwk } from '../../jose/made-keys.ts';
import { activeKeys, signerOf } from '../../signing/keys.ts';

/** One cell of the matrix. */
export interface Cell {
  readonly alg: string;
  /** Undefined for a signature. */
  readonly enc: EncName | undefined;
  readonly serialization: Serialization;
  /** Undefined where the key has none. */
  readonly crv: string | undefined;
  /** Private. */
  readonly jwk: RawJwk;
  /** Private; for ECDH-1PU. */
  readonly sender: RawJwk | undefined;
}

/** What another implementation does. */
export interface PeerCase {
  readonly operation: 'sign' | 'verify' | 'encrypt' | 'decrypt';
  readonly alg: string;
  readonly enc?: string;
  readonly serialization: Serialization;
  /** Public where that is enough. */
  readonly jwk: RawJwk;
  readonly sender?: RawJwk;
  /** The payload or plaintext, or the token: JSON, except for COMPACT. */
  readonly text: string;
}

/** The token, or the payload or plaintext. */
export type PeerAnswer = { readonly text: string } | { readonly error: string };

export const theirText = 'what they say: \u{20ac}';
export const ourText = 'what we say: \u{20ac}';

const rsa = makeRsa();
/** Nimbus takes passwords for UTF-8. */
const password = Buffer.from('correct horse battery staple').toString('base64url');
const agreementCurves = ['P-256', 'P-384', 'P-521', 'X25519', 'X448'];
/** A JWK may name the content encryption that it is used directly with; its tokens are those of `dir`. */
const managementNames = keyManagementNames.filter((name) => !isEncName(name));

export const algorithmNames: readonly string[] = [...signatureAlgorithmNames, ...managementNames];

/** Each key in each serialisation; each content encryption in one, because it does not depend on the serialisation. */
export async function makeCells(): Promise<readonly Cell[]> {
  const cells: Cell[] = [];
  for (const alg of signatureAlgorithmNames) {
    for (const jwk of signatureKeys(alg)) cells.push(...inEachSerialization(alg, jwk, undefined));
  }
  for (const alg of managementNames) {
    for (const jwk of encryptionKeys(alg)) {
      const { encs } = await opened({ alg, jwk });
      const [first, ...others] = encs;
      cells.push(...inEachSerialization(alg, jwk, first));
      for (const enc of others) cells.push(makeCell({ alg, enc, serialization: 'COMPACT' }, jwk));
    }
  }
  return cells;
}

function inEachSerialization(alg: string, jwk: RawJwk, enc: EncName | undefined): readonly Cell[] {
  return serializations.map((serialization) => makeCell({ alg, enc, serialization }, jwk));
}

function makeCell(
  { alg, enc, serialization }: Pick<Cell, 'alg' | 'enc' | 'serialization'>,
  key: RawJwk,
): Cell {
  const crv = key.crv;
  const use = enc === undefined ? 'sig' : 'enc';
  const jwk = { ...key, alg, use, kid: `to ${alg}` };
  const sender = alg.startsWith('ECDH-1PU') ? { ...agreementKey(crv ?? ''), kid: 'from', use } : undefined;
  return { alg, enc, serialization, crv, jwk, sender };
}

function signatureKeys(alg: string): readonly RawJwk[] {
  const curves: Readonly<Record<string, readonly string[]>> = {
    ES256: ['P-256'],
    ES384: ['P-384'],
    ES512: ['P-521'],
    ES256K: ['secp256k1'],
    EdDSA: ['Ed25519', 'Ed448'],
    Ed25519: ['Ed25519'],
    Ed448: ['Ed448'],
  };
  if (alg.startsWith('HS')) return [makeOct(64)];
  if (alg.startsWith('ML-DSA')) return [makeAkp(alg)];
  return curves[alg]?.map((crv) => (crv.startsWith('Ed') ? makeOkp(crv) : makeEc(crv))) ?? [rsa];
}

function encryptionKeys(alg: string): readonly RawJwk[] {
  if (alg.startsWith('RSA')) return [rsa];
  if (alg.startsWith('ECDH')) return agreementCurves.map(agreementKey);
  if (alg === 'dir') return [16, 24, 32, 48, 64].map(makeOct);
  if (alg.startsWith('PBES2')) return [{ kty: 'oct', k: password }];
  return [makeOct(Number(/\d{3}/.exec(alg)?.[0]) / 8)];
}

function agreementKey(crv: string): RawJwk {
  return crv.startsWith('P-') ? makeEc(crv) : makeOkp(crv);
}

/** Undefined where keyplane makes none: with RSA1_5 it only decrypts. */
export function madeByUs(cell: Cell): Promise<string> | undefined {
  if (cell.alg === 'RSA1_5') return undefined;
  return cell.enc === undefined ? signed(cell) : encrypted(cell, cell.enc);
}

async function signed({ jwk, serialization }: Cell): Promise<string> {
  const signer = await signerOf(jwk);
  const form = { serialization, isDetached: false, isEncoded: true };
  const jws = await signJwsJson(signer, { header: signer.headerOfPayload, payload: ourText, form });
  return serialization === 'COMPACT' ? JSON.parse(jws) : jws;
}

async function encrypted(cell: Cell, enc: EncName): Promise<string> {
  const { sender, serialization } = cell;
  const key = await opened({ alg: cell.alg, jwk: publicOf(cell.jwk) });
  const request = { plaintext: Buffer.from(ourText), enc, serialization } as const;
  const jwe = await encryptJwe(
    key,
    { ...request, sender: sender && (await opened({ alg: cell.alg, jwk: sender })).agreement },
    secureRandomness,
  );
  return typeof jwe === 'string' ? jwe : JSON.stringify(jwe);
}

/** @throws what keyplane says of it */
export async function readByUs(cell: Cell, text: string): Promise<string> {
  const { alg, jwk, sender } = cell;
  const token: string | JsonObject = cell.serialization === 'COMPACT' ? text : JSON.parse(text);
  if (cell.enc === undefined) {
    const verdict = await verifyJws(token, await activeKeys(jwk), { now: Date.now(), clockSkewMs: 0 });
    if (!verdict.valid) throw new Error(verdict.reason);
    return verdict.payload.toString();
  }
  const key = await opened({ alg, jwk });
  const { plaintext, header } = await decryptJwe(
    {
      find: (kid) => (kid === jwk.kid ? key : undefined),
      inTurn: (_key, run) => run(),
      randomness: secureRandomness,
    },
    { jwe: token, sender: sender && (await opened({ alg, jwk: publicOf(sender) })).agreement },
  );
  if (header.enc !== cell.enc) throw new Error(`enc is ${header.enc}`);
  return plaintext.toString();
}

const known = new Map<string, Promise<EncryptionKey>>();

/** Opened once: the import looks whether the factors of an RSA key are primes. */
function opened({ alg, jwk }: Pick<Cell, 'alg' | 'jwk'>): Promise<EncryptionKey> {
  const name = JSON.stringify([alg, jwk]);
  const key = known.get(name) ?? open(alg, jwk);
  known.set(name, key);
  return key;
}

async function open(alg: string, jwk: RawJwk): Promise<EncryptionKey> {
  const key = encryptionKey(await importJwk({ ...jwk, alg } as JsonObject), { allowRsa15: true });
  if (key === undefined) throw new Error(`no key for ${alg}`);
  return key;
}

/** What the peer makes. */
export function toMake({ alg, enc, serialization, jwk, sender }: Cell): PeerCase {
  if (enc === undefined) return { operation: 'sign', alg, serialization, jwk, text: theirText };
  return {
    operation: 'encrypt',
    alg,
    enc,
    serialization,
    jwk: publicOf(jwk),
    ...(sender && { sender }),
    text: theirText,
  };
}

/** What the peer reads. */
export function toRead({ alg, enc, serialization, jwk, sender }: Cell, text: string): PeerCase {
  if (enc === undefined) return { operation: 'verify', alg, serialization, jwk: publicOf(jwk), text };
  return {
    operation: 'decrypt',
    alg,
    enc,
    serialization,
    jwk,
    ...(sender && { sender: publicOf(sender) }),
    text,
  };
}

function publicOf(jwk: RawJwk): RawJwk {
  return jwk.kty === 'oct' ? jwk : publicHalf(jwk);
}
