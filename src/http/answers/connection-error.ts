import type { Socket } from 'node:net';

const answers: ReadonlyMap<string, readonly [status: string, text: string]> = new Map([
  ['ERR_HTTP_REQUEST_TIMEOUT', ['408 Request Timeout', 'The request did not arrive in time!']],
  ['HPE_HEADER_OVERFLOW', ['431 Request Header Fields Too Large', 'The request headers are too large!']],
]);

/** What arrives on a socket that is no HTTP request never reaches a route, so it is answered here. */
export function answerConnectionError(error: Error & { readonly code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const [status, text] = answers.get(error.code ?? '') ?? [
    '400 Bad Request',
    'This is not a valid HTTP request!',
  ];
  const body = JSON.stringify({ error: 'bad_request', error_description: text, reason: 'REQUEST_NOT_VALID' });
  const head = [
    `HTTP/1.1 ${status}`,
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
