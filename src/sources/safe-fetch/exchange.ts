// One request and its response on a connection that is already open.
// Refuses to follow, to reuse or to repeat: a redirect is handed back with its body unread.

import assert from 'node:assert';
import type { Socket } from 'node:net';
import type { Client } from 'undici';
import { version } from '../../version.ts';
import { answerFailure, FetchFailure } from './fetch-failure.ts';
import { acceptedEncodings, type BodyLimits, readBody } from './read-body.ts';

/** Validators of an earlier response (RFC 9110 section 8.8). */
export interface FetchConditions {
  readonly etag?: string | undefined;
  readonly lastModified?: string | undefined;
}

export interface HopRequest extends BodyLimits {
  readonly url: URL;
  readonly conditions: FetchConditions;
}

export type HopOutcome =
  | { readonly kind: 'redirect'; readonly location: string | undefined }
  | {
      readonly kind: 'document';
      readonly body: Buffer<ArrayBuffer>;
      readonly etag: string | undefined;
      readonly lastModified: string | undefined;
      readonly notModified: boolean;
    };

type AnswerHeaders = Readonly<Record<string, string | string[] | undefined>>;

const headersMaximumBytes = 16_384;
const redirectStatuses: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
const validatorMaximumLength = 256;

let undici: typeof import('undici') | undefined;

/** Several megabytes that only a manager which fetches something takes. Wait for it before an exchange. */
export async function loadHttpClient(): Promise<void> {
  undici ??= await import('undici');
}

/**
 * Takes the socket over and leaves it closed, however this ends.
 * @throws FetchFailure, or the signal's reason
 */
export async function exchange(
  socket: Socket,
  request: HopRequest,
  signal: AbortSignal,
): Promise<HopOutcome> {
  const client = clientOn(socket, request.url);
  const letGo = () => {
    socket.destroy();
    void client.destroy();
  };
  signal.addEventListener('abort', letGo, { once: true });
  try {
    signal.throwIfAborted();
    return await askOnce(client, request, signal);
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener('abort', letGo);
    letGo();
  }
}

function clientOn(socket: Socket, url: URL): Client {
  assert(undici, 'nobody waited for the HTTP client');
  let isTaken = false;
  return new undici.Client(url.origin, {
    // undici reconnects when a connection was lost before the request was sent; here there is only one connection.
    connect: (_options, callback) => {
      const isFirst = !isTaken;
      isTaken = true;
      // undici ignores a response that comes while it is still asking, and waits for ever.
      queueMicrotask(() => {
        if (isFirst && !socket.destroyed) callback(null, socket);
        else callback(new Error('the connection was closed'), null);
      });
    },
    allowH2: false,
    maxHeaderSize: headersMaximumBytes,
    // The caller's signal is the one clock.
    headersTimeout: 0,
    bodyTimeout: 0,
  });
}

async function askOnce(client: Client, request: HopRequest, signal: AbortSignal): Promise<HopOutcome> {
  const { url, conditions } = request;
  const sent = conditionHeaders(conditions);
  const answer = await client
    .request({
      method: 'GET',
      path: `${url.pathname}${url.search}`,
      headers: { ...requestHeaders, ...sent },
      reset: true,
      signal,
    })
    .catch((error: unknown) => {
      throw answerFailure(error);
    });
  // A body that is closed unread may fail late, and an unhandled failure would end the process.
  answer.body.on('error', () => undefined);
  const { statusCode, headers } = answer;
  if (redirectStatuses.has(statusCode)) return { kind: 'redirect', location: oneValue(headers, 'location') };
  const validators = {
    etag: validator(oneValue(headers, 'etag')),
    lastModified: validator(oneValue(headers, 'last-modified')),
  };
  if (statusCode === 304 && Object.keys(sent).length > 0) {
    return { kind: 'document', body: Buffer.alloc(0), ...validators, notModified: true };
  }
  if (statusCode !== 200) throw new FetchFailure(`responded with status ${statusCode}, 200 is expected`);
  const encodings = headers['content-encoding'];
  const body = await readBody(
    {
      stream: answer.body,
      contentEncoding: Array.isArray(encodings) ? encodings.join(',') : encodings,
      contentLength: oneValue(headers, 'content-length'),
    },
    request,
  );
  return { kind: 'document', body, ...validators, notModified: false };
}

const requestHeaders = {
  // The last one, because servers of static files respond with 406 where their own type is not accepted (RFC 9110 §12.5.1).
  accept: 'application/jwk-set+json, application/jwk+json, application/json, */*;q=0.1',
  'accept-encoding': acceptedEncodings,
  'user-agent': `keyplane/${version}`,
};

function conditionHeaders({ etag, lastModified }: FetchConditions): Record<string, string> {
  const headers: Record<string, string> = {};
  const safeEtag = validator(etag);
  const safeDate = validator(lastModified);
  if (safeEtag !== undefined) headers['if-none-match'] = safeEtag;
  if (safeDate !== undefined) headers['if-modified-since'] = safeDate;
  return headers;
}

// A validator comes from an untrusted server, is stored, and is sent again in a header: printable ASCII or nothing.
function validator(text: string | undefined): string | undefined {
  const isSafe = text !== undefined && text.length <= validatorMaximumLength && /^[\x20-\x7e]+$/.test(text);
  return isSafe ? text : undefined;
}

function oneValue(headers: AnswerHeaders, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : undefined;
}
