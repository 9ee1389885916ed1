// Pipelining (RFC 9112, section 9.3.2) that is fair. A client may send many requests without waiting for responses, and
// node:http parses and dispatches all that one read returned, some thousand requests, before it looks at the next
// connection. A few hundred such clients delay everybody else by seconds. Here node:http gets one request of a
// connection, and the next one after the response was flushed and every other connection had its turn. Meanwhile the
// socket is paused, so that the client waits and a few reads of its bytes at most are in memory.
//
// Only the listeners that node:http puts on the socket are replaced, so that responses cost nothing more.

import { strict as assert } from 'node:assert';
import { Buffer } from 'node:buffer';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Server as TlsServer } from 'node:tls';

type DataListener = (bytes: Buffer) => void;
type EndListener = () => void;

const endOfHead = Buffer.from('\r\n\r\n');

/**
 * Has the server take the requests of each connection one by one. To be called before anything else listens for
 * connections of the server.
 */
export function takeRequestsOneByOne(server: Server): void {
  const event = server instanceof TlsServer ? 'secureConnection' : 'connection';
  const connections = new WeakMap<Socket, PipelinedConnection>();
  const [nodeHttp, ...others] = server.listeners(event);
  assert(nodeHttp !== undefined);
  let followsUpgrades = false;

  server.removeAllListeners(event);
  server.on(event, (socket: Socket) => {
    // A listener for upgrades makes node:http accept them, so there is one only where another listens as well.
    if (!followsUpgrades && server.listenerCount('upgrade') > 0) {
      followsUpgrades = true;
      server.prependListener('upgrade', (request) => connections.get(request.socket)?.upgrade());
    }
    const before = new Set(socket.listeners('end'));
    nodeHttp.call(server, socket);
    const [onData] = socket.listeners('data') as DataListener[];
    const onEnd = socket.listeners('end').find((listener) => !before.has(listener)) as
      | EndListener
      | undefined;
    // A connection that the server closes at once, because it has too many, gets no listeners.
    if (onData && onEnd) connections.set(socket, new PipelinedConnection(socket, onData, onEnd));
  });
  for (const other of others) server.on(event, other as (socket: Socket) => void);
  server.prependListener('request', (request, response) => {
    connections.get(request.socket)?.begin(request, response);
  });
}

class PipelinedConnection {
  readonly #socket: Socket;
  readonly #toNodeHttp: { readonly data: DataListener; readonly end: EndListener };
  /** Requests that node:http has and whose responses are not closed, two at most. */
  #open = 0;
  #latest: IncomingMessage | undefined;
  /** What was read and not given to node:http. */
  #waiting: Buffer[] | undefined;
  #hasPipelined = false;
  #hasEnded = false;
  #isUpgraded = false;

  constructor(socket: Socket, data: DataListener, end: EndListener) {
    this.#socket = socket;
    this.#toNodeHttp = { data, end };
    socket.on('data', this.#onData).off('data', data).on('end', this.#onEnd).off('end', end);
  }

  begin(request: IncomingMessage, response: ServerResponse): void {
    this.#latest = request;
    this.#open += 1;
    response.once('close', this.#onResponseClosed);
  }

  /** The connection speaks another protocol from here on: node:http has removed its own listeners. */
  upgrade(): void {
    this.#isUpgraded = true;
    this.#socket.off('data', this.#onData).off('end', this.#onEnd);
  }

  readonly #onData = (bytes: Buffer): void => {
    if (this.#waiting === undefined) {
      this.#give(bytes);
      return;
    }
    this.#waiting.push(bytes);
    // A request whose body is read has resumed the socket.
    this.#socket.pause();
  };

  readonly #onEnd = (): void => {
    this.#hasEnded = true;
    if (this.#waiting === undefined) this.#end();
  };

  readonly #onResponseClosed = (): void => {
    this.#open -= 1;
    if (this.#open === 0) this.#latest = undefined;
    // Not at once: responses that are ready would follow each other before any other connection is served.
    if (this.#waiting !== undefined) setImmediate(() => this.#continue());
    else if (this.#hasEnded) this.#end();
  };

  /** node:http ends the connection at once, and the last response of a client that pipelined would be lost. */
  #end(): void {
    if (this.#hasPipelined && this.#open > 0) return;
    this.#toNodeHttp.end.call(this.#socket);
  }

  /**
   * Gives node:http as much as one request. Where a piece ends need not be exact: the end of a head is looked for in
   * bodies too, and missed where it is in two reads. What matters is that a piece begins at most one more request.
   */
  #give(bytes: Buffer): void {
    let rest = bytes;
    // What a client sent beyond a response that ends the connection is not a request.
    while (rest.length > 0 && this.#socket.writable) {
      if (this.#mustWait()) {
        this.#hold(rest);
        return;
      }
      const end = rest.indexOf(endOfHead);
      const piece = end < 0 ? rest : rest.subarray(0, end + endOfHead.length);
      rest = rest.subarray(piece.length);
      this.#toNodeHttp.data.call(this.#socket, piece);
      if (this.#isUpgraded) {
        if (rest.length > 0) this.#socket.unshift(rest);
        return;
      }
    }
  }

  /**
   * A request whose body is still to come gets it while it is the only one. A second one can have begun in the piece
   * that ended the first: it waits for the first response.
   */
  #mustWait(): boolean {
    return this.#open > 1 || (this.#open === 1 && this.#latest?.complete === true);
  }

  #hold(rest: Buffer): void {
    this.#hasPipelined = true;
    this.#waiting = [rest];
    this.#socket.pause();
  }

  #continue(): void {
    const waiting = this.#waiting;
    if (waiting === undefined || this.#socket.destroyed || this.#mustWait()) return;
    this.#waiting = undefined;
    this.#give(Buffer.concat(waiting));
    if (this.#isWaiting() || this.#isUpgraded) return;
    if (this.#hasEnded) this.#end();
    else this.#socket.resume();
  }

  #isWaiting(): boolean {
    return this.#waiting !== undefined;
  }
}
