// JSON bodies, and which are rejected before anything reads them: invalid UTF-8, nesting or member counts that would
// block the event loop, names that reach for an object's prototype, and strings that a database cannot store. `null`
// members are dropped, since they mean the same as absent ones, except where a route gives `null` a meaning, and within
// JSON that the route stores as it is.

import { isUtf8 } from 'node:buffer';
import type { FastifyContextConfig, FastifyInstance, FastifyRequest } from 'fastify';
import { badRequest, KeyplaneError } from '../../errors.ts';
import { shownText } from '../../names.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Members of the body whose `null` means something else than their absence. */
    nullMembers?: readonly string[];
    /** Members of the body within which every `null` is kept. */
    verbatimMembers?: readonly string[];
    /** The same for the objects within a member, or within its items. */
    nullsWithin?: Readonly<Record<string, KeptNulls>>;
  }
}

const deepest = 32;
const mostParts = 50_000;
/** Above the limit of most routes; the others take files, and files are plain strings. */
const mostWalkedBytes = 2 * 1024 * 1024;

/** Replaces Fastify's own parsers; a body that is not `application/json` is rejected with 415. */
export function parseJsonBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    'application/json',
    { parseAs: 'buffer' },
    async (request: FastifyRequest, body: Buffer) => {
      refuseEncodings(request);
      return body.length === 0 ? undefined : readJson(body, request.routeOptions.config);
    },
  );
}

/** Only UTF-8, and not compressed. @throws KeyplaneError `unsupported_media_type` */
export function refuseEncodings(request: FastifyRequest): void {
  const charset = /;\s*charset\s*=\s*"?([^\s";]*)/i.exec(request.headers['content-type'] ?? '')?.[1];
  if (charset !== undefined && !/^utf-?8$/i.test(charset)) {
    throw new KeyplaneError(
      'unsupported_media_type',
      `Charset (${shownText(charset)}) is not supported! Use UTF-8.`,
    );
  }
  const encoding = request.headers['content-encoding'] ?? 'identity';
  if (encoding.toLowerCase() !== 'identity') {
    throw new KeyplaneError(
      'unsupported_media_type',
      `Content-Encoding (${shownText(encoding)}) is not supported! Send the body as it is.`,
    );
  }
}

/**
 * @param kept members of the whole body that may be null, and those within which null is kept
 * @throws KeyplaneError `bad_request`
 */
export function readJson(body: Buffer, kept: KeptNulls = {}): unknown {
  if (!isUtf8(body)) throw badRequest('Request body is not valid UTF-8!');
  refuseVastStructure(body);
  const value = parsed(body.toString('utf8'));
  return cleaned(value, kept);
}

function parsed(text: string): unknown {
  try {
    // RFC 8259 §8.1 lets a reader ignore a byte order mark.
    return JSON.parse(text.startsWith('\u{feff}') ? text.slice(1) : text);
  } catch {
    throw badRequest('Request body is not valid JSON!');
  }
}

/**
 * Looks at the bytes alone. Plain strings, such as base64, are jumped over; the rest is walked byte by byte, and
 * only so much of it, so that neither this nor the parsing after it takes long.
 */
function refuseVastStructure(body: Buffer): void {
  let depth = 0;
  let parts = 0;
  let walked = 0;
  let inString = false;
  for (let at = 0; at < body.length; at++) {
    const byte = body[at];
    if (++walked > mostWalkedBytes) throw badRequest('Request body has too much in it beside plain strings!');
    if (inString) {
      if (byte === byteOf.backslash) at++;
      else if (byte === byteOf.quote) inString = false;
      continue;
    }
    if (byte === byteOf.quote) {
      const end = body.indexOf(byteOf.quote, at + 1);
      if (end > at && body[end - 1] !== byteOf.backslash) at = end;
      else inString = true;
    } else if (byte === byteOf.comma) parts++;
    else if (byte === byteOf.openBracket || byte === byteOf.openBrace) {
      depth++;
      parts++;
    } else if (byte === byteOf.closeBracket || byte === byteOf.closeBrace) depth--;
    if (depth > deepest) throw badRequest(`Request body is nested deeper than ${deepest} levels!`);
    if (parts > mostParts) throw badRequest(`Request body has more than ${mostParts} members!`);
  }
}

const byteOf = Object.freeze({
  quote: 0x22,
  comma: 0x2c,
  openBracket: 0x5b,
  backslash: 0x5c,
  closeBracket: 0x5d,
  openBrace: 0x7b,
  closeBrace: 0x7d,
} as const);

type KeptNulls = Pick<FastifyContextConfig, 'nullMembers' | 'verbatimMembers' | 'nullsWithin'>;

/** The recursion is as deep as `refuseVastStructure` lets it be. @param kept `ALL` within a verbatim member */
function cleaned(value: unknown, kept: KeptNulls | 'ALL' = {}): unknown {
  if (typeof value === 'string') return keepableText(value);
  if (Array.isArray(value)) return value.map((item) => cleaned(item, kept));
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).filter(
    ([name, member]) => member !== null || kept === 'ALL' || kept.nullMembers?.includes(name) === true,
  );
  for (const [name, member] of members) {
    const reachesPrototype =
      name === 'constructor' && typeof member === 'object' && 'prototype' in (member ?? {});
    if (name === '__proto__' || reachesPrototype)
      throw badRequest(`Member ${name} is not allowed!`, { reason: 'FIELD_UNKNOWN', member: name });
    keepableText(name);
  }
  const keptWithin = (name: string): KeptNulls | 'ALL' => {
    if (kept === 'ALL' || kept.verbatimMembers?.includes(name) === true) return 'ALL';
    const { nullsWithin = {} } = kept;
    return (Object.hasOwn(nullsWithin, name) && nullsWithin[name]) || {};
  };
  return Object.fromEntries(members.map(([name, member]) => [name, cleaned(member, keptWithin(name))]));
}

function keepableText(text: string): string {
  if (text.includes('\0') || !text.isWellFormed()) {
    throw badRequest(
      'Request body has a string with a character that is not allowed (NUL or half a surrogate pair)!',
    );
  }
  return text;
}
