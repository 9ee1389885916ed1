import type { Socket } from 'node:net';
import type { RefusalCause, Refusals } from '../../metrics/refusals.ts';
import type { FinalResponses } from './final-response.ts';

interface Known {
  readonly status: string;
  readonly text: string;
  readonly cause: RefusalCause;
}

const knownErrors: ReadonlyMap<string, Known> = new Map([
  [
    'ERR_HTTP_REQUEST_TIMEOUT',
    { status: '408 Request Timeout', text: 'The request did not arrive in time!', cause: 'request_timeout' },
  ],
  [
    'HPE_HEADER_OVERFLOW',
    {
      status: '431 Request Header Fields Too Large',
      text: 'The request headers are too large!',
      cause: 'headers_too_large',
    },
  ],
]);

const notHttp: Known = {
  status: '400 Bad Request',
  text: 'This is not a valid HTTP request!',
  cause: 'http_syntax',
};

/** What arrives on a socket that is no HTTP request never reaches a route, so the response is made here. */
export function createConnectionErrorHandler(refusals: Refusals, finalResponses: FinalResponses) {
  return (error: Error & { readonly code?: string }, socket: Socket): void => {
    if (error.code === 'ECONNRESET' || !socket.writable) {
      socket.destroy();
      return;
    }
    const { status, text, cause } = knownErrors.get(error.code ?? '') ?? notHttp;
    refusals.count(cause, socket.remoteAddress);
    finalResponses.send(socket, { status, error: 'bad_request', text, reason: 'REQUEST_NOT_VALID' });
  };
}
