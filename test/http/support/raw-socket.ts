// A client that sends what a test gives it, byte by byte.

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export interface RawSocket {
  readonly socket: Socket;
  /** All bytes received so far. */
  heard(): string;
  /** All bytes that came before the other side closed the connection. */
  readonly ended: Promise<string>;
}

export async function rawSocket(port: number, first = ''): Promise<RawSocket> {
  const socket = connect(port, '127.0.0.1');
  let heard = '';
  socket.setEncoding('latin1').on('data', (text: string) => {
    heard += text;
  });
  // A connection that is cut while it sends ends with an error, which counts as its end too.
  socket.on('error', () => {});
  const ended = new Promise<string>((resolve) => socket.once('close', () => resolve(heard)));
  await once(socket, 'connect');
  if (first !== '') socket.write(first);
  return { socket, heard: () => heard, ended };
}

/** Sends it repeatedly until the other side closes the connection. */
export function drip({ socket }: RawSocket, text: string, everyMs: number): void {
  const timer = setInterval(() => {
    if (!socket.destroyed && socket.writable) socket.write(text);
  }, everyMs);
  socket.once('close', () => clearInterval(timer));
}

export interface Said {
  readonly status: number;
  readonly body: unknown;
}

/** The one answer that such a client got. */
export function answerIn(heard: string): Said {
  const [head = '', text = ''] = heard.split('\r\n\r\n');
  return { status: Number(/^HTTP\/1\.1 (\d{3}) /.exec(head)?.[1]), body: JSON.parse(text) };
}
