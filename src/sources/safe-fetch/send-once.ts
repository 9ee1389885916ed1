// One request whose response is what the server sends, of any status, on a connection that is already open. A redirect is an
// response like others. Node's own client: it costs half of what reads documents.

import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { request as openRequest } from '../../runtime/node-http.ts';
import { version } from '../../version.ts';
import { answerFailure, FetchFailure } from './fetch-failure.ts';

export interface SentRequest {
  readonly url: URL;
  readonly method: 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const headersMaximumBytes = 16_384;

/**
 * Takes the socket over and leaves it closed, however this ends. A body is not read.
 * @throws FetchFailure, or the signal's reason
 */
export function sendOnce(socket: Socket, request: SentRequest, signal: AbortSignal): Promise<number> {
  return exchangeOnce(socket, request, { signal, read: async ({ statusCode = 0 }) => statusCode });
}

export interface AskedRequest extends Omit<SentRequest, 'method' | 'body'> {
  readonly method: 'GET' | 'POST';
  readonly body?: string | undefined;
}

export interface Answer {
  readonly status: number;
  readonly body: Buffer;
}

/**
 * The same, and reads the body.
 * @throws FetchFailure, or the signal's reason
 */
export function askOnce(
  socket: Socket,
  request: AskedRequest,
  { signal, sizeLimitBytes }: { readonly signal: AbortSignal; readonly sizeLimitBytes: number },
): Promise<Answer> {
  const read = async (answer: IncomingMessage) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > sizeLimitBytes) {
        throw new FetchFailure(`responded with more than ${sizeLimitBytes} bytes`);
      }
      chunks.push(chunk);
    }
    return { status: answer.statusCode ?? 0, body: Buffer.concat(chunks) };
  };
  return exchangeOnce(socket, request, { signal, read });
}

interface Reading<Result> {
  readonly signal: AbortSignal;
  readonly read: (answer: IncomingMessage) => Promise<Result>;
}

function exchangeOnce<Result>(
  socket: Socket,
  { url, method, headers, body = '' }: AskedRequest,
  { signal, read }: Reading<Result>,
): Promise<Result> {
  const { promise, resolve, reject } = Promise.withResolvers<Result>();
  const fail = (error: Error) => reject(signal.aborted ? signal.reason : failureOf(error));
  const letGo = () => socket.destroy();
  signal.addEventListener('abort', letGo, { once: true });
  const request = openRequest({
    createConnection: () => socket,
    method,
    path: `${url.pathname}${url.search}`,
    setHost: false,
    maxHeaderSize: headersMaximumBytes,
    headers: {
      host: url.host,
      'user-agent': `keyplane/${version}`,
      'content-length': Buffer.byteLength(body),
      connection: 'close',
      ...headers,
    },
  });
  request.on('response', (answer) => {
    // A body that is closed unread may fail late.
    answer.on('error', () => undefined);
    read(answer).then(resolve, fail);
  });
  request.on('error', fail);
  request.end(body);
  return promise.finally(() => {
    signal.removeEventListener('abort', letGo);
    letGo();
  });
}

function failureOf(error: Error): FetchFailure {
  if (error instanceof FetchFailure) return error;
  const code = 'code' in error ? String(error.code) : '';
  if (code === 'HPE_HEADER_OVERFLOW') {
    return new FetchFailure('responded with headers that are too large', error);
  }
  if (code.startsWith('HPE_')) return new FetchFailure('responded with what is not valid HTTP', error);
  return answerFailure(error);
}
