// The response to a client whose connection ends with it, on a socket that node:http no longer manages: after
// an upgrade, or after bytes that are no HTTP. A server socket is half open: without this it would stay open for as long
// as the client likes, and hold a descriptor and the end of the process.

import type { Duplex } from 'node:stream';
import type { ErrorReason } from '../../error-reasons.ts';
import type { ErrorCode } from '../../errors.ts';

export interface FinalResponse {
  /** Code and phrase. */
  readonly status: string;
  readonly error: ErrorCode;
  readonly text: string;
  readonly reason: ErrorReason;
}

/** How long a client may take to read the response and to close. */
const lingerMs = 1_000;

export class FinalResponses {
  readonly #sockets = new Set<Duplex>();
  #closed = false;

  /** The socket is destroyed once the client has closed its side, at the latest after a second. */
  send(socket: Duplex, answer: FinalResponse): void {
    if (socket.destroyed || !socket.writable) {
      socket.destroy();
      return;
    }
    const destroy = () => socket.destroy();
    const deadline = setTimeout(destroy, lingerMs);
    this.#sockets.add(socket);
    socket.once('close', () => {
      clearTimeout(deadline);
      this.#sockets.delete(socket);
    });
    socket.on('error', destroy).once('end', destroy);
    // To close with bytes unread resets the connection, and the client may lose the response.
    socket.resume();
    socket.end(textOf(answer), () => {
      if (this.#closed) destroy();
    });
  }

  /** Waits for no client; responses that come later are destroyed as soon as they are flushed. */
  close(): void {
    this.#closed = true;
    for (const socket of this.#sockets) if (socket.writableFinished) socket.destroy();
  }
}

function textOf({ status, error, text, reason }: FinalResponse): string {
  const body = JSON.stringify({ error, error_description: text, reason });
  const head = [
    `HTTP/1.1 ${status}`,
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  return `${head.join('\r\n')}\r\n\r\n${body}`;
}
