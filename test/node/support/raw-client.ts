// A client that sends and receives raw bytes, and a count of the requests that node:http read meanwhile.

import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import type { Server } from 'node:http';
import { connect, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

export class RawClient {
  readonly socket: Socket;
  readonly #closed: Promise<void>;
  #heard: Buffer[] = [];

  static async connect(url: string): Promise<RawClient> {
    const socket = connect(Number(new URL(url).port), '127.0.0.1').setNoDelay();
    const client = new RawClient(socket);
    await once(socket, 'connect');
    return client;
  }

  private constructor(socket: Socket) {
    this.socket = socket;
    onTestFinished(() => void socket.destroy());
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => void this.#heard.push(chunk));
    this.#closed = new Promise((resolve) => socket.once('close', () => resolve()));
  }

  /** Text is latin1. */
  say(bytes: string | Buffer): this {
    this.socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes);
    return this;
  }

  /** The next whole answer to a GET. */
  async hear(): Promise<string> {
    for (;;) {
      const text = this.#text();
      const headBytes = text.indexOf('\r\n\r\n') + 4;
      if (headBytes >= 4) {
        const bodyBytes = Number(/^Content-Length: (\d+)/im.exec(text.slice(0, headBytes))?.[1] ?? 0);
        if (text.length >= headBytes + bodyBytes) {
          this.#heard = [Buffer.from(text.slice(headBytes + bodyBytes), 'latin1')];
          return text.slice(0, headBytes + bodyBytes);
        }
      }
      if (this.socket.closed) throw new Error(`hung up after ${JSON.stringify(text)}`);
      await Promise.race([once(this.socket, 'data'), this.#closed]);
    }
  }

  /** All bytes until the other side closes the connection. */
  async hearAll(): Promise<string> {
    await this.#closed;
    return this.#text();
  }

  #text(): string {
    return Buffer.concat(this.#heard).toString('latin1');
  }

  async ask(bytes: string | Buffer): Promise<string> {
    this.say(bytes);
    return await this.hear();
  }
}

/** @returns how many requests node:http has read since, on any server or on one */
export function countNodeHttpRequests(isCounted: (server: Server) => boolean = () => true): () => number {
  let count = 0;
  const onStart = (message: unknown) => {
    if (isCounted((message as { server: Server }).server)) count += 1;
  };
  subscribe('http.server.request.start', onStart);
  onTestFinished(() => void unsubscribe('http.server.request.start', onStart));
  return () => count;
}

/** @returns the end of a client's connection that is a server's in this process; for connections that are made from now on */
export function serverSockets(): (client: RawClient) => Socket | undefined {
  const sockets: Socket[] = [];
  const onSocket = (message: unknown) => void sockets.push((message as { socket: Socket }).socket);
  subscribe('net.server.socket', onSocket);
  onTestFinished(() => void unsubscribe('net.server.socket', onSocket));
  return ({ socket: { localPort } }) => sockets.find(({ remotePort }) => remotePort === localPort);
}

/** Answers differ by the second in which they were made. */
export function withoutDate(answers: string): string {
  return answers.replace(/^(Date: )[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT\r$/gm, '$1\r');
}
