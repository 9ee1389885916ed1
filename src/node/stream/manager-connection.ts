// One WebSocket to a manager, from connect to close. Messages are handled one after the other; while one is handled no
// more is read, so that a manager cannot fill the node's memory.

import type { Socket } from 'node:net';
import { WebSocket } from 'ws';
import { shownText } from '../../names.ts';
import { closeCodes } from '../../protocol/messages.ts';
import { longestFromManager } from '../../protocol/read-message.ts';
import type { SlowFor } from './manager-addresses.ts';
import { ManagerSession, type SessionOptions } from './manager-session.ts';
import { certificateProblem, type ManagerTls } from './manager-tls.ts';
import { SessionEnd } from './session-end.ts';
import type { StreamTiming } from './stream-timing.ts';

export interface ConnectionOptions extends Omit<SessionOptions, 'send' | 'isBusy'> {
  readonly url: URL;
  readonly timing: StreamTiming;
  readonly tls: ManagerTls;
}

export interface ConnectionEnd {
  readonly reason: string;
  /** Whom trying again at once would end the same way with. */
  readonly slowFor: SlowFor;
}

const olderManager =
  'the manager responded with status 401: keyplane there is of the first release, or what is in front of it asks for a password; upgrade keyplane on the manager';

/** By the status of the response. */
const refusals: ReadonlyMap<number, ConnectionEnd> = new Map([
  [401, { reason: olderManager, slowFor: 'this manager' }],
  [
    403,
    {
      reason:
        'the manager requires a client certificate: one that a CA of its KEYPLANE_TLS_CLIENT_CA signed is accepted, as --client-cert and --client-key',
      slowFor: 'this manager',
    },
  ],
]);

interface KnownEnd {
  /** Advice in addition to the manager's reason. */
  readonly advice: string;
  readonly slowFor: SlowFor;
}

const knownEnds: ReadonlyMap<number, KnownEnd> = new Map([
  [
    closeCodes.unauthorized,
    {
      advice: 'the manager does not accept KEYPLANE_NODE_TOKEN or the key of this node',
      slowFor: 'this manager',
    },
  ],
  [
    closeCodes.version,
    { advice: 'the manager speaks another version of the protocol', slowFor: 'this manager' },
  ],
  [
    closeCodes.notAuthentic,
    {
      advice: "the manager does not accept this node's proof: is something between that alters it?",
      slowFor: 'this manager',
    },
  ],
  [
    closeCodes.replaced,
    {
      advice: 'another node with the key of this one took over; each node needs its own data directory',
      slowFor: 'every manager',
    },
  ],
  [
    closeCodes.forgotten,
    {
      advice: 'the manager rejects the key of this node until an administrator readmits it',
      slowFor: 'every manager',
    },
  ],
]);

/** Resolves when the connection is over, however it ended. `signal` ends it. */
export async function connectOnce(options: ConnectionOptions, signal: AbortSignal): Promise<ConnectionEnd> {
  const { url, timing } = options;
  const socket = new WebSocket(url, {
    ...(url.protocol === 'wss:' && (await options.tls.options())),
    handshakeTimeout: timing.welcomeMs,
    maxPayload: longestFromManager,
    perMessageDeflate: false,
  });
  return new Promise((resolve) => {
    new Connection(socket, options).run(signal, resolve);
  });
}

class Connection {
  readonly #socket: WebSocket;
  readonly #options: ConnectionOptions;
  readonly #session: ManagerSession;
  #raw: Socket | undefined;
  #queue: Promise<void> = Promise.resolve();
  #waiting = 0;
  #end: ConnectionEnd | undefined;

  constructor(socket: WebSocket, options: ConnectionOptions) {
    this.#socket = socket;
    this.#options = options;
    this.#session = new ManagerSession({
      ...options,
      send: (text) => this.#send(text),
      isBusy: () => this.#waiting > 1,
    });
  }

  run(signal: AbortSignal, done: (end: ConnectionEnd) => void): void {
    const socket = this.#socket;
    const { timing } = this.#options;
    const finish = () => {
      this.#session.sendGoodbye();
      this.#finish({ reason: 'this node stops', slowFor: 'nobody' }, 1001);
    };
    const stop = () => {
      if (this.#session.reportsAtStop) {
        this.#enqueue(() => this.#session.reportUsage().finally(finish));
      } else finish();
    };
    signal.addEventListener('abort', stop, { once: true });
    const awaitManager = () =>
      setTimeout(() => this.#giveUp('the manager did not respond in time'), timing.welcomeMs);
    let deadline = awaitManager();
    const heartbeat = setInterval(this.#heartbeat(), timing.pingMs);
    const clock = setInterval(() => this.#session.sendHeartbeat(), heartbeatMs(this.#options));
    const report = setInterval(() => this.#session.reportRevoked(), reportEveryMs);
    // In the order of the messages, so that a report is not sealed beside another message.
    const usage = setInterval(() => this.#enqueue(() => this.#session.reportUsage()), timing.usageMs);

    const deliveries = setInterval(() => this.#session.reportDeliveries(), deliveriesEveryMs);

    socket.on('upgrade', (response) => {
      this.#raw = response.socket;
    });
    socket.on('open', () => this.#send(this.#session.hello));
    socket.on('message', (data, binary) => {
      clearTimeout(deadline);
      // Each message of the handshake has its own time.
      if (!this.#session.joined) deadline = awaitManager();
      const text = binary ? '' : data.toString();
      this.#enqueue(() => this.#session.receive(text));
    });
    socket.on('unexpected-response', (request, response) => {
      const reason = `the manager responded with status ${response.statusCode}`;
      this.#end ??= refusals.get(response.statusCode ?? 0) ?? { reason, slowFor: 'nobody' };
      request.destroy();
      socket.terminate();
    });
    socket.on('error', (error) => {
      const problem = certificateProblem(error, this.#options.url);
      const reason = problem ?? `the manager cannot be reached: ${error.message}`;
      this.#end ??= { reason, slowFor: problem === undefined ? 'nobody' : 'this manager' };
    });
    socket.on('close', (code, reason) => {
      clearTimeout(deadline);
      clearInterval(heartbeat);
      clearInterval(clock);
      clearInterval(report);
      clearInterval(usage);
      clearInterval(deliveries);
      signal.removeEventListener('abort', stop);
      this.#queue
        .then(() => this.#session.close())
        .then(() => done(this.#end ?? endOf(code, reason.toString())));
    });
    if (signal.aborted) stop();
  }

  #enqueue(handle: () => Promise<void>): void {
    this.#waiting += 1;
    this.#socket.pause();
    this.#queue = this.#queue.then(async () => {
      try {
        if (!this.#end) await handle();
        if (!this.#end && this.#waiting === 1) await this.#session.settle();
      } catch (error) {
        this.#fail(error);
      }
      this.#waiting -= 1;
      if (this.#waiting === 0) this.#socket.resume();
    });
  }

  #fail(error: unknown): void {
    if (error instanceof SessionEnd) {
      const slowFor = error.slow ? 'this manager' : 'nobody';
      this.#finish({ reason: error.message, slowFor }, error.closeCode);
      return;
    }
    this.#options.log.error({ err: error }, 'a message of the manager could not be handled');
    this.#finish({ reason: 'this node failed', slowFor: 'nobody' }, 1011);
  }

  /** What arrives while a large message is under way, or waits to be handled, shows life as well as a pong does. */
  #heartbeat(): () => void {
    let heardMs = performance.now();
    let seenBytes = 0;
    return () => {
      const nowMs = performance.now();
      const bytes = this.#raw?.bytesRead ?? 0;
      if (bytes !== seenBytes || this.#waiting > 0) heardMs = nowMs;
      if (this.#waiting === 0) this.#enqueue(() => this.#session.tidy());
      seenBytes = bytes;
      if (nowMs - heardMs > this.#options.timing.deadMs)
        this.#giveUp('nothing was heard from the manager any more');
      else if (this.#socket.readyState === WebSocket.OPEN) this.#socket.ping();
    };
  }

  #send(text: string): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(text);
  }

  #giveUp(reason: string): void {
    this.#end ??= { reason, slowFor: 'nobody' };
    this.#socket.terminate();
  }

  #finish(end: ConnectionEnd, code: number): void {
    this.#end ??= end;
    this.#socket.resume();
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.close(code);
    else this.#socket.terminate();
    // A peer that does not answer the close is not waited for.
    setTimeout(() => this.#socket.terminate(), 1_000).unref();
  }
}

/** A manager that could not record a report gets it again. */
const reportEveryMs = 60_000;
/** A message a second, however often deliveries change. */
const deliveriesEveryMs = 1_000;

/** Several within a serve limit: one reply may be late. */
function heartbeatMs({ timing, traits }: ConnectionOptions): number {
  return Math.min(timing.pingMs, (traits.serveLimitMs ?? Number.POSITIVE_INFINITY) / 4);
}

/** The reason of a close is not authenticated, so it is shown and decides only when to retry. */
function endOf(code: number, said: string): ConnectionEnd {
  const known = knownEnds.get(code);
  const text = shownText(said);
  if (known === undefined) {
    return { reason: `the manager closed the connection (${code}) ${text}`.trim(), slowFor: 'nobody' };
  }
  return { reason: text === '' ? known.advice : `${known.advice}: ${text}`, slowFor: known.slowFor };
}
