// Every upgrade of a connection passes here. It becomes a WebSocket, or it is rejected: answered, counted, logged and
// destroyed. node:http gives the socket away with the upgrade and looks after it no more, so that until then the gate does.

import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { RefusalCause, Refusals } from '../../metrics/refusals.ts';
import { namesSeveralHosts } from '../../runtime/host-header.ts';
import { hasClientCertificate } from '../../runtime/tls-files.ts';
import { type LastAnswer, LastAnswers } from '../answers/last-answer.ts';

export interface Upgrade {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  /** What the client sent behind its request. */
  readonly head: Buffer;
}

export interface UpgradeGateOptions<Admitted> {
  /** The only path that a WebSocket can be opened on. */
  readonly path: string;
  readonly refusals: Refusals;
  /** Upgrades that wait for `admit` at a time. */
  readonly mostPending: number;
  readonly hasRoom: () => boolean;
  /** Clients have to have proved a certificate in the TLS handshake. */
  readonly requiresCertificate: boolean;
  readonly admit: (request: IncomingMessage) => Promise<Admitted>;
  /** Owns the socket from then on. */
  readonly take: (admitted: Admitted, upgrade: Upgrade) => void;
  readonly onError: (error: unknown) => void;
}

/** How long `admit` may take; nodes give up after as long. */
const admitMs = 10_000;

export class UpgradeGate<Admitted> {
  readonly #options: UpgradeGateOptions<Admitted>;
  readonly #lastAnswers = new LastAnswers();
  readonly #pending = new Set<Duplex>();
  #closed = false;

  constructor(server: Server, options: UpgradeGateOptions<Admitted>) {
    this.#options = options;
    server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      this.#receive({ request, socket, head }).catch((error: unknown) => {
        options.onError(error);
        this.refuse(socket, 'upgrade_failed');
      });
    });
  }

  /** Answers the client and destroys its socket, at the latest after a second. */
  refuse(socket: Duplex, cause: keyof typeof answers): void {
    this.#pending.delete(socket);
    if (socket.destroyed) return;
    this.#options.refusals.count(cause, addressOf(socket));
    this.#lastAnswers.send(socket, answers[cause]);
  }

  /** Upgrades that wait are rejected, and so is what still comes. No client is waited for. */
  close(): void {
    this.#closed = true;
    for (const socket of this.#pending) this.refuse(socket, 'stopping');
    this.#lastAnswers.close();
  }

  async #receive(upgrade: Upgrade): Promise<void> {
    const { request, socket } = upgrade;
    const { path, hasRoom, mostPending, admit, take } = this.#options;
    socket.on('error', () => socket.destroy());
    const [target] = (request.url ?? '').split('?');
    if (namesSeveralHosts(request)) return this.refuse(socket, 'upgrade_request');
    if (target !== path) return this.refuse(socket, 'upgrade_path');
    if (this.#options.requiresCertificate && !hasClientCertificate(socket)) {
      return this.refuse(socket, 'upgrade_certificate');
    }
    if (this.#closed) return this.refuse(socket, 'stopping');
    if (this.#pending.size >= mostPending || !hasRoom()) return this.refuse(socket, 'upgrade_limit');
    this.#pending.add(socket);
    const deadline = setTimeout(() => this.refuse(socket, 'upgrade_timeout'), admitMs);
    socket.once('close', () => {
      clearTimeout(deadline);
      this.#pending.delete(socket);
    });
    const admitted = await admit(request);
    clearTimeout(deadline);
    // It was rejected meanwhile, or its client is gone.
    if (!this.#pending.delete(socket)) return;
    if (!hasRoom()) this.refuse(socket, 'upgrade_limit');
    else take(admitted, upgrade);
  }
}

function addressOf(socket: Duplex): string | undefined {
  return 'remoteAddress' in socket ? String(socket.remoteAddress) : undefined;
}

const unavailable = (text: string): LastAnswer => ({
  status: '503 Service Unavailable',
  error: 'unavailable',
  text,
  reason: 'UNAVAILABLE',
});

const answers = {
  upgrade_path: {
    status: '404 Not Found',
    error: 'not_found',
    text: 'There is no WebSocket at this path',
    reason: 'ROUTE_NOT_FOUND',
  },
  upgrade_request: {
    status: '400 Bad Request',
    error: 'bad_request',
    text: 'This is not a valid WebSocket handshake!',
    reason: 'REQUEST_NOT_VALID',
  },
  upgrade_certificate: {
    status: '403 Forbidden',
    error: 'forbidden',
    text: 'This manager requires a client certificate that a CA of KEYPLANE_TLS_CLIENT_CA signed',
    reason: 'CLIENT_CERTIFICATE_REQUIRED',
  },
  upgrade_limit: unavailable('This manager has as many node streams as it takes; connect to another one'),
  upgrade_timeout: unavailable('This manager did not answer the upgrade in time'),
  upgrade_failed: unavailable('This manager cannot answer the upgrade now'),
  stopping: unavailable('This manager is stopping'),
} satisfies Partial<Record<RefusalCause, LastAnswer>>;
