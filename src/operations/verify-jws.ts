// Verification of a JWS and of the claims of a JWT. The checks run in a fixed order and the first that fails is the
// result. The algorithm is the key's own: the header of a token can agree with it, and decides nothing (RFC 8725 §3.1).

import { Buffer } from 'node:buffer';
import type { JsonObject, JsonValue } from '../jose/json.ts';
import { readObject, utf8Of } from './compact-jws.ts';
import { mayBeJsonObject } from './json-object-payload.ts';
import { claimsFault, type JwtExpectations, type ReadClaims, readClaims } from './jwt-claims.ts';
import type { OperationKey } from './operation-key.ts';
import { type JwsSignature, readJws } from './read-jws.ts';

/** In the order in which they are checked. */
export const invalidReasons = Object.freeze([
  'FORMAT',
  'ALGORITHM',
  'UNKNOWN_KEY',
  'CRITICAL',
  'SIGNATURE',
  'KEY_REVOKED',
  'KEY_RETIRED',
  'TYPE',
  'NOT_YET',
  'EXPIRED',
  'ISSUER',
  'AUDIENCE',
  'CLAIM',
] as const);
export type InvalidReason = (typeof invalidReasons)[number];

/** What a signature may have been made with. */
export interface VerificationKeys {
  /** Those of all its keys, also of keys that no longer count. */
  readonly algorithmNames: ReadonlySet<string>;
  /** Undefined where the name is of none of its keys; what a missing kid names is theirs to say. */
  find(kid: string | undefined): KnownKey | undefined;
  /** Runs the verification itself, at once or in its turn; at once where it is absent. */
  inTurn?(key: OperationKey, run: () => boolean | Promise<boolean>): boolean | Promise<boolean>;
}

export interface KnownKey {
  /** Undefined where it is no longer known. */
  readonly algorithmName: string | undefined;
  /** Undefined for a secret key that no longer counts: it was erased. */
  readonly key: OperationKey | undefined;
  readonly end: 'REVOKED' | 'RETIRED' | undefined;
  /** As the response states it. */
  readonly state: string | null;
}

export interface Expectations extends JwtExpectations {
  /** Of the algorithms of the keys, those that are accepted; absent: all. */
  readonly algorithms?: readonly string[] | undefined;
  /** The payload, where the JWS does not contain it. */
  readonly detached?: Buffer | undefined;
  /** The signature alone is judged: any payload counts as none of a JWT. */
  readonly isSignatureOnly?: boolean;
}

export type Invalid =
  | { readonly valid: false; readonly reason: Exclude<InvalidReason, 'CLAIM'> }
  | { readonly valid: false; readonly reason: 'CLAIM'; readonly claim: string };

export type Verdict =
  | Invalid
  | {
      readonly valid: true;
      readonly kid: string | undefined;
      readonly keyState: string | null;
      /** What is signed of it. */
      readonly header: JsonObject;
      readonly unprotectedHeader: JsonObject | undefined;
      /** The JSON of the claims, as it was signed; undefined for a payload that is no JSON object. */
      readonly claimsText: string | undefined;
      readonly payload: Buffer;
    };

/**
 * @param jws a text in compact serialisation, or the object of another one. Of several signatures one that is valid is
 * enough; where none is, the result is of the one that came nearest to it.
 */
export async function verifyJws(
  jws: string | JsonObject,
  keys: VerificationKeys,
  expectations: Expectations,
): Promise<Verdict> {
  const read = readJws(jws, expectations.detached);
  const content = read && (expectations.isSignatureOnly ? noJwt : readPayload(read.payload));
  if (read === undefined || content === undefined) return invalid('FORMAT');
  let nearest: Invalid | undefined;
  for (const [index, signature] of read.signatures.entries()) {
    if (read.signatures.slice(0, index).some((judged) => isSameSignature(judged, signature))) continue;
    const verdict = await judge(signature, { payload: read.payload, read: content.read }, keys, expectations);
    if (verdict.valid) return verdict;
    if (nearest === undefined || rankOf(verdict) > rankOf(nearest)) nearest = verdict;
  }
  return nearest ?? invalid('FORMAT');
}

/** The verdict would be the same: an unprotected header decides nothing but these. */
function isSameSignature(one: JwsSignature, other: JwsSignature): boolean {
  return (
    one.alg === other.alg &&
    one.kid === other.kid &&
    one.hasUnknownExtension === other.hasUnknownExtension &&
    one.signature.equals(other.signature) &&
    isSameInput(one.signingInput, other.signingInput)
  );
}

function isSameInput(one: string | Buffer, other: string | Buffer): boolean {
  return Buffer.isBuffer(one) ? Buffer.isBuffer(other) && one.equals(other) : one === other;
}

interface JudgedPayload {
  readonly payload: Buffer;
  readonly read: ReadClaims | undefined;
}

async function judge(
  signature: JwsSignature,
  { payload, read }: JudgedPayload,
  keys: VerificationKeys,
  expectations: Expectations,
): Promise<Verdict> {
  const { alg, kid, header, unprotectedHeader } = signature;
  const { algorithms } = expectations;
  if (!keys.algorithmNames.has(alg)) return invalid('ALGORITHM');
  if (algorithms !== undefined && !algorithms.includes(alg)) return invalid('ALGORITHM');
  const known = keys.find(kid);
  if (known === undefined) return invalid('UNKNOWN_KEY');
  if (known.algorithmName !== undefined && known.algorithmName !== alg) return invalid('ALGORITHM');
  if (signature.hasUnknownExtension) return invalid('CRITICAL');
  const { key } = known;
  if (key !== undefined) {
    const run = () => isSignedWith(key, signature);
    if (!(await (keys.inTurn?.(key, run) ?? run()))) return invalid('SIGNATURE');
  }
  if (known.end === 'REVOKED') return invalid('KEY_REVOKED');
  if (known.end === 'RETIRED' || known.key === undefined) return invalid('KEY_RETIRED');
  const fault = expectations.isSignatureOnly ? undefined : claimsFault(header, read, expectations);
  if (fault !== undefined) return { valid: false, ...fault };
  const claimsText = read?.claimsText;
  return { valid: true, kid, keyState: known.state, header, unprotectedHeader, claimsText, payload };
}

function invalid(reason: Exclude<InvalidReason, 'CLAIM'>): Invalid {
  return { valid: false, reason };
}

function rankOf({ reason }: Invalid): number {
  return invalidReasons.indexOf(reason);
}

function isSignedWith(
  { algorithm, key }: OperationKey,
  { signingInput, signature }: JwsSignature,
): boolean | Promise<boolean> {
  return algorithm.verify(key, signingInput, signature);
}

const noJwt: { readonly read: ReadClaims | undefined } = Object.freeze({ read: undefined });

/**
 * Undefined for claims that two readers would understand differently: with members given twice, or with a time that is no
 * number.
 */
function readPayload(payload: Buffer): typeof noJwt | undefined {
  if (!mayBeJsonObject(payload)) return noJwt;
  const text = utf8Of(payload)?.replace(/^\u{feff}/u, '');
  const claims = readObject(text);
  if (text === undefined || claims === undefined) {
    return text !== undefined && isJson(text) ? undefined : noJwt;
  }
  const hasTimes = ['exp', 'nbf', 'iat'].every((name) => isTime(claims[name]));
  return hasTimes ? { read: readClaims(claims, text) } : undefined;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** NumericDate (RFC 7519 §2); `1e999` is read as infinity. */
function isTime(value: JsonValue | undefined): boolean {
  return value === undefined || (typeof value === 'number' && Number.isFinite(value));
}
