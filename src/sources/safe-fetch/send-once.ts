// One request whose answer is its status alone, on a connection that is already open. A body is not read, and a redirect is an
// answer like others. Node's own client: it costs half of what reads documents.

import { request as openRequest } from 'node:http';
import type { Socket } from 'node:net';
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
 * Takes the socket over and leaves it closed, however this ends.
 * @throws FetchFailure, or the signal's reason
 */
export function sendOnce(
  socket: Socket,
  { url, method, headers, body }: SentRequest,
  signal: AbortSignal,
): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
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
    resolve(answer.statusCode ?? 0);
  });
  request.on('error', (error) => reject(signal.aborted ? signal.reason : failureOf(error)));
  request.end(body);
  return promise.finally(() => {
    signal.removeEventListener('abort', letGo);
    letGo();
  });
}

function failureOf(error: Error): FetchFailure {
  const code = 'code' in error ? String(error.code) : '';
  if (code === 'HPE_HEADER_OVERFLOW') {
    return new FetchFailure('answered with headers that are too large', error);
  }
  if (code.startsWith('HPE_')) return new FetchFailure('answered with what is not valid HTTP', error);
  return answerFailure(error);
}
