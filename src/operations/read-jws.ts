// A JWS in any serialisation (RFC 7515 §7), with its payload inside or beside it (Appendix F), as base64url or as it is
// (RFC 7797). What two readers could understand differently is none.

import { Buffer } from 'node:buffer';
import { isJsonObject, type JsonObject, type JsonValue } from '../jose/json.ts';
import { decodeStrictly, readObject, utf8Of } from './compact-jws.ts';

export interface Jws {
  readonly payload: Buffer;
  /** At least one. */
  readonly signatures: readonly JwsSignature[];
}

export interface JwsSignature {
  /** What is signed of its header. */
  readonly header: JsonObject;
  /** What is not; undefined where nothing is outside. */
  readonly unprotectedHeader: JsonObject | undefined;
  readonly alg: string;
  readonly kid: string | undefined;
  /** It asks for an extension that is not implemented, and must be rejected (RFC 7515 §4.1.11). */
  readonly hasUnknownExtension: boolean;
  readonly signature: Buffer;
  /** What the signature is of. */
  readonly signingInput: string | Buffer;
}

/** Each takes a verification: a request that holds a thousand would be as expensive as a thousand requests. */
const mostSignatures = 16;

interface Unread {
  /** base64url; empty where nothing is protected. */
  readonly protectedPart: string;
  readonly unprotected: JsonObject | undefined;
  readonly signature: string;
}

/**
 * @param jws a text in compact serialisation, or the object of another one
 * @param detached the payload, where the JWS does not contain it
 * @returns undefined for what is none
 */
export function readJws(jws: string | JsonObject, detached: Buffer | undefined): Jws | undefined {
  return typeof jws === 'string' ? readCompact(jws, detached) : readJson(jws, detached);
}

function readCompact(text: string, detached: Buffer | undefined): Jws | undefined {
  const headerEnd = text.indexOf('.');
  const payloadEnd = text.indexOf('.', headerEnd + 1);
  if (headerEnd < 0 || payloadEnd < 0) return undefined;
  const part = {
    protectedPart: text.slice(0, headerEnd),
    unprotected: undefined,
    signature: text.slice(payloadEnd + 1),
  };
  const content = text.slice(headerEnd + 1, payloadEnd);
  if (detached !== undefined && content !== '') return undefined;
  return assemble([part], detached ?? content);
}

function readJson(object: JsonObject, detached: Buffer | undefined): Jws | undefined {
  const { payload, signatures } = object;
  if (payload !== undefined && typeof payload !== 'string') return undefined;
  if (detached === undefined ? payload === undefined : payload) return undefined;
  const parts = signatures === undefined ? [object] : generalParts(object);
  if (parts === undefined) return undefined;
  const unread: Unread[] = [];
  for (const part of parts) {
    const read = readPart(part);
    if (read === undefined) return undefined;
    unread.push(read);
  }
  return assemble(unread, detached ?? payload ?? '');
}

/** RFC 7515 §7.2.1; with members of the flattened form it could be read as either (§7.2.2). */
function generalParts({ signatures, ...others }: JsonObject): readonly JsonValue[] | undefined {
  if (['protected', 'header', 'signature'].some((name) => Object.hasOwn(others, name))) return undefined;
  if (!Array.isArray(signatures) || signatures.length === 0) return undefined;
  return signatures.length <= mostSignatures ? signatures : undefined;
}

function readPart(part: JsonValue): Unread | undefined {
  if (!isJsonObject(part)) return undefined;
  const { protected: protectedPart, header, signature } = part;
  if (typeof signature !== 'string') return undefined;
  if (protectedPart !== undefined && (typeof protectedPart !== 'string' || protectedPart === '')) {
    return undefined;
  }
  if (header !== undefined && !isJsonObject(header)) return undefined;
  return { protectedPart: protectedPart ?? '', unprotected: header, signature };
}

function assemble(parts: readonly Unread[], content: Buffer | string): Jws | undefined {
  const signatures: JwsSignature[] = [];
  let payload: Buffer | undefined;
  let isEncoded: boolean | undefined;
  for (const part of parts) {
    const header = readHeader(part);
    const signature = decodeStrictly(part.signature);
    if (header === undefined || signature === undefined) return undefined;
    // RFC 7797 §3: the same for all signatures, or they would be of different payloads.
    if (isEncoded !== undefined && isEncoded !== header.isEncoded) return undefined;
    isEncoded = header.isEncoded;
    payload ??= octetsOf(content, isEncoded);
    if (payload === undefined) return undefined;
    signatures.push({
      header: header.protectedHeader,
      unprotectedHeader: part.unprotected,
      alg: header.alg,
      kid: header.kid,
      hasUnknownExtension: header.hasUnknownExtension,
      signature,
      signingInput: signingInput(part.protectedPart, content, { payload, isEncoded }),
    });
  }
  return payload && { payload, signatures };
}

function octetsOf(content: Buffer | string, isEncoded: boolean): Buffer | undefined {
  if (typeof content !== 'string') return content;
  return isEncoded ? decodeStrictly(content) : Buffer.from(content);
}

function signingInput(
  protectedPart: string,
  content: Buffer | string,
  { payload, isEncoded }: { readonly payload: Buffer; readonly isEncoded: boolean },
): string | Buffer {
  if (!isEncoded) return Buffer.concat([Buffer.from(`${protectedPart}.`), payload]);
  return `${protectedPart}.${typeof content === 'string' ? content : content.toString('base64url')}`;
}

interface Header {
  readonly protectedHeader: JsonObject;
  readonly alg: string;
  readonly kid: string | undefined;
  readonly isEncoded: boolean;
  readonly hasUnknownExtension: boolean;
}

const emptyHeader: JsonObject = Object.freeze({});

function readHeader({ protectedPart, unprotected = emptyHeader }: Unread): Header | undefined {
  const protectedHeader = protectedPart === '' ? emptyHeader : readProtected(protectedPart);
  if (protectedHeader === undefined) return undefined;
  if (unprotected !== emptyHeader && !isDisjoint(protectedHeader, unprotected)) return undefined;
  const { alg = unprotected.alg, kid = unprotected.kid, crit, b64 } = protectedHeader;
  if (typeof alg !== 'string' || alg === '') return undefined;
  if (kid !== undefined && typeof kid !== 'string') return undefined;
  // Both are without effect unless they are protected (RFC 7515 §4.1.11, RFC 7797 §6).
  if (Object.hasOwn(unprotected, 'b64')) return undefined;
  if (b64 !== undefined && typeof b64 !== 'boolean') return undefined;
  if (b64 === false && !(Array.isArray(crit) && crit.includes('b64'))) return undefined;
  const hasUnknownExtension =
    (crit !== undefined && !isUnderstood(crit, protectedHeader)) || Object.hasOwn(unprotected, 'crit');
  return { protectedHeader, alg, kid, isEncoded: b64 !== false, hasUnknownExtension };
}

function readProtected(part: string): JsonObject | undefined {
  const octets = decodeStrictly(part);
  return octets && readObject(utf8Of(octets));
}

function isDisjoint(one: JsonObject, other: JsonObject): boolean {
  return !Object.keys(other).some((name) => Object.hasOwn(one, name));
}

/** `b64` is the one extension that is implemented. Names must be those of parameters that are there, each once. */
function isUnderstood(crit: JsonValue, header: JsonObject): boolean {
  return Array.isArray(crit) && crit.length === 1 && crit[0] === 'b64' && header.b64 !== undefined;
}
