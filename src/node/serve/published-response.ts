import { isAscii } from 'node:buffer';
import { createHash, hash } from 'node:crypto';
import type { Caching } from '../../protocol/content.ts';

export const jwkSetMediaType = 'application/jwk-set+json';
export const jwkMediaType = 'application/jwk+json';
/** Values of 0 are left out; a set that must be revalidated before use is marked so. */
export function cacheControlOf({ maxAge, staleWhileRevalidate, staleIfError }: Caching): string {
  const parts = ['public', maxAge > 0 ? `max-age=${maxAge}` : 'no-cache'];
  if (staleWhileRevalidate > 0) parts.push(`stale-while-revalidate=${staleWhileRevalidate}`);
  if (staleIfError > 0) parts.push(`stale-if-error=${staleIfError}`);
  return parts.join(', ');
}

/**
 * node:http joins a text with the head into one write, where a Buffer is a second one: a fifth less work for an
 * response of 2 kB. Beyond this the copy costs as much as it saves.
 */
const longestTextPayload = 4096;

/** A response that is made once a change and then sent as it is. */
export interface PublishedResponse {
  /** The body, one piece behind the other; only that of a large set has more than one. */
  readonly pieces: readonly Buffer[];
  /** Of the body, in bytes. */
  readonly length: number;
  /** A body of one piece, as `response.end(payload, 'latin1')` takes it soonest. */
  readonly payload: string | Buffer | undefined;
  /** Strong: of these very bytes. In quotes. */
  readonly etag: string;
  /** Milliseconds since 1970: then a key in it expires, and the response must be rebuilt. Infinity: never. */
  readonly validUntilMs: number;
  /** Before then a key that was left out had not expired: the clock was set back. -Infinity: none was left out. */
  readonly validFromMs: number;
  /** Names and values in turn, as `writeHead` takes them without copying. */
  readonly headers: readonly string[];
  readonly notModifiedHeaders: readonly string[];
}

export type ResponseValidity = Pick<PublishedResponse, 'validFromMs' | 'validUntilMs'>;

export function isValidAt({ validFromMs, validUntilMs }: ResponseValidity, nowMs: number): boolean {
  return validFromMs <= nowMs && nowMs < validUntilMs;
}

/** Of what holds these keys, by their `expires`. */
export function validityOf(
  keys: readonly { readonly expires: number | null }[],
  now: number,
): ResponseValidity {
  let validFromMs = Number.NEGATIVE_INFINITY;
  let validUntilMs = Number.POSITIVE_INFINITY;
  for (const { expires } of keys) {
    if (expires === null) continue;
    if (expires <= now) validFromMs = Math.max(validFromMs, expires);
    else validUntilMs = Math.min(validUntilMs, expires);
  }
  return { validFromMs, validUntilMs };
}

export interface ResponseOptions {
  readonly type: string;
  readonly cacheControl: string;
  readonly validity: ResponseValidity;
}

export function publishedResponse(
  pieces: readonly Buffer[],
  { type, cacheControl, validity }: ResponseOptions,
): PublishedResponse {
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  const etag = etagOf(pieces);
  const shared = ['ETag', etag, 'Cache-Control', cacheControl, 'Access-Control-Allow-Origin', '*'];
  return {
    pieces,
    length,
    payload: payloadOf(pieces),
    etag,
    ...validity,
    headers: ['Content-Type', type, 'Content-Length', String(length), ...shared],
    notModifiedHeaders: shared,
  };
}

/** The same for the same bytes, however they are divided. */
export function etagOf(pieces: readonly Buffer[]): string {
  const [piece, ...others] = pieces;
  if (piece !== undefined && others.length === 0) return `"${hash('sha256', piece, 'base64url')}"`;
  const digest = createHash('sha256');
  for (const each of pieces) digest.update(each);
  return `"${digest.digest('base64url')}"`;
}

function payloadOf([piece, ...others]: readonly Buffer[]): string | Buffer | undefined {
  if (piece === undefined || others.length > 0) return undefined;
  return piece.length <= longestTextPayload && isAscii(piece) ? piece.toString('latin1') : piece;
}

/** RFC 9110 section 13.1.2: a list of tags, compared weakly, or `*`. */
export function matchesEtag(ifNoneMatch: string, etag: string): boolean {
  if (ifNoneMatch === etag) return true;
  return ifNoneMatch.split(',').some((part) => {
    const tag = part.trim();
    return tag === '*' || (tag.startsWith('W/') ? tag.slice(2) : tag) === etag;
  });
}
