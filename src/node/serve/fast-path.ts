// Serves JWK Sets below node:http, without parsing HTTP. The bytes that arrive on a connection are compared with
// request heads that node:http has parsed before; an equal head is answered with prepared bytes. Any other bytes, even
// the same ones split differently, move the connection to node:http for good, with all bytes and all its limits. A
// connection stays here only while it sends such heads. Each is a whole request, so the next bytes begin a request too
// and node:http would read the same.

import { strict as assert } from 'node:assert';
import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import { matchesEtag } from './published-response.ts';
import { longestHeadBytes, RequestHeadCache } from './request-head-cache.ts';
import type { CachedResponse, ResponseCache } from './response-cache.ts';
import { httpDate } from './serialized-response.ts';

export interface FastPathOptions {
  readonly answers: Pick<ResponseCache, 'find'>;
  readonly keepAliveTimeoutMs: number;
  readonly checkEveryMs: number;
}

interface Connection {
  readonly socket: Socket;
  answered: boolean;
  /** Idle checks since it last sent something. */
  idleChecks: number;
  /** Stops reading from it. */
  release(): void;
}

/** A larger response is dominated by its transfer, and is not kept twice. */
const longestBodyBytes = 64 * 1024;
const nothing = Buffer.alloc(0);

export class FastPath {
  readonly #options: FastPathOptions;
  readonly #heads = new RequestHeadCache();
  readonly #connections = new Set<Connection>();
  /** What node:http was handed with a connection, until it has read the first request in it. */
  readonly #handedOver = new WeakMap<Socket, string>();
  readonly #date = httpDate();
  readonly #toHttp: (socket: Socket) => void;

  /** Stands between a server that does not listen yet and its connections. */
  constructor(server: Server, options: FastPathOptions) {
    this.#options = options;
    const [listener, ...others] = server.listeners('connection');
    assert(listener !== undefined && others.length === 0);
    server.removeAllListeners('connection');
    this.#toHttp = (socket) => listener.call(server, socket);
    server.on('connection', (socket: Socket) => this.#take(socket));
    const idleChecks = setInterval(() => this.checkIdle(), options.checkEveryMs);
    idleChecks.unref();
    server.once('close', () => clearInterval(idleChecks));
  }

  /** How many connections are here and not node:http's. */
  get size(): number {
    return this.#connections.size;
  }

  /** What came with the connection of this request, if this is the first that node:http read there. */
  takeFirstBytes({ socket }: IncomingMessage): string | undefined {
    const bytes = this.#handedOver.get(socket);
    if (bytes !== undefined) this.#handedOver.delete(socket);
    return bytes;
  }

  /** @param request one that was answered with a JWK Set or a JWK */
  learn(firstBytes: string, request: IncomingMessage): void {
    this.#heads.learn(firstBytes, request);
  }

  /**
   * A connection that has sent nothing yet goes to node:http, which waits and then reports the time-out. A connection
   * that was answered and stays idle for the promised time is closed. A client that does not read a response is not
   * idle.
   */
  checkIdle(): void {
    const { keepAliveTimeoutMs, checkEveryMs } = this.#options;
    for (const connection of this.#connections) {
      const { socket } = connection;
      if (!connection.answered) this.#handOver(connection, nothing);
      else if (socket.writableLength > 0) connection.idleChecks = 0;
      // The first check may come right after the response: as many whole rounds as were promised, and a part of one.
      else if (connection.idleChecks * checkEveryMs >= keepAliveTimeoutMs) socket.destroy();
      else connection.idleChecks += 1;
    }
  }

  /** Closes connections without pending output, and the others once their output was sent. */
  closeIdle(): void {
    for (const { socket } of this.#connections) {
      socket.removeAllListeners('data');
      if (socket.writableLength === 0) socket.destroy();
      else socket.destroySoon();
    }
  }

  closeAll(): void {
    for (const { socket } of this.#connections) socket.destroy();
  }

  #take(socket: Socket): void {
    const onData = (chunk: Buffer) => {
      const bytes = this.#answerTo(chunk, socket);
      if (bytes === undefined) return this.#handOver(connection, chunk);
      connection.answered = true;
      connection.idleChecks = 0;
      socket.write(bytes, 'latin1');
    };
    const onEnd = () => socket.end();
    const onClose = () => this.#connections.delete(connection);
    const release = () => {
      socket.off('data', onData).off('end', onEnd).off('close', onClose).off('error', ignore);
    };
    const connection = { socket, answered: false, idleChecks: 0, release };
    this.#connections.add(connection);
    socket.on('data', onData).on('end', onEnd).on('close', onClose).on('error', ignore);
  }

  #answerTo(chunk: Buffer, { writableLength }: Socket): string | Buffer | undefined {
    // A client that requests without reading its responses is handed to node:http, which applies back-pressure.
    if (chunk.length > longestHeadBytes || writableLength > 0) return undefined;
    const head = this.#heads.find(chunk.toString('latin1'));
    if (head === undefined) return undefined;
    const answer = this.#find(head.target);
    if (answer === undefined || answer.published.length > longestBodyBytes) return undefined;
    const isKnown = head.ifNoneMatch !== undefined && matchesEtag(head.ifNoneMatch, answer.published.etag);
    const { requests, serialized } = isKnown ? answer.notModified : answer.found;
    requests.count += 1;
    return serialized.at(this.#date());
  }

  #find(target: string): CachedResponse | undefined {
    try {
      return this.#options.answers.find(target);
    } catch {
      // Behind node:http it fails again, is logged and answered.
      return undefined;
    }
  }

  #handOver(connection: Connection, chunk: Buffer): void {
    const { socket } = connection;
    connection.release();
    this.#connections.delete(connection);
    if (chunk.length > 0 && chunk.length <= longestHeadBytes) {
      this.#handedOver.set(socket, chunk.toString('latin1'));
    }
    // Data that is put back flows only once node:http listens. Passing the chunk directly would be cheaper, but
    // node:http could not pause the client in the middle of a read that is not its own.
    socket.pause();
    if (chunk.length > 0) socket.unshift(chunk);
    this.#toHttp(socket);
    socket.resume();
  }
}

/** The socket is destroyed with the error, and there is nothing to report. */
function ignore(): void {}
