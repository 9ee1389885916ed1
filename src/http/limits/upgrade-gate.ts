// Decides every connection upgrade. It becomes a WebSocket, or it is rejected: it gets a response, is counted, logged and destroyed.
// node:http hands over the socket with the upgrade and no longer closes it, so the gate does.

import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { RefusalCause, Refusals } from '../../metrics/refusals.ts';
import { hostFault } from '../../runtime/host-header.ts';
import { hasClientCertificate } from '../../runtime/tls-files.ts';
import { type FinalResponse, FinalResponses } from '../responses/final-response.ts';

export interface Upgrade {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  /** What the client sent behind its request. */
  readonly head: Buffer;
}

export interface UpgradeGateOptions {
  /** The only path that a WebSocket can be opened on. */
  readonly path: string;
  readonly refusals: Refusals;
  readonly hasRoom: () => boolean;
  /** Clients have to have proved a certificate in the TLS handshake. */
  readonly requiresCertificate: boolean;
  /** Runs it now, or in a later iteration of the event loop: a thousand nodes may connect at the same moment. */
  readonly inTurn: (decide: () => void) => void;
  /** Owns the socket from then on. */
  readonly take: (upgrade: Upgrade) => void;
  readonly onError: (error: unknown) => void;
}

export class UpgradeGate {
  readonly #options: UpgradeGateOptions;
  readonly #finalResponses = new FinalResponses();
  #closed = false;

  constructor(server: Server, options: UpgradeGateOptions) {
    this.#options = options;
    server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      socket.on('error', () => socket.destroy());
      options.inTurn(() => this.#decide({ request, socket, head }));
    });
  }

  #decide(upgrade: Upgrade): void {
    const { request, socket } = upgrade;
    // The client left before its turn.
    if (socket.destroyed) return;
    const cause = this.#causeAgainst(request, socket);
    if (cause !== undefined) {
      this.refuse(socket, cause);
      return;
    }
    try {
      this.#options.take(upgrade);
    } catch (error) {
      this.#options.onError(error);
      this.refuse(socket, 'upgrade_failed');
    }
  }

  /** Answers the client and destroys its socket, at the latest after a second. */
  refuse(socket: Duplex, cause: keyof typeof answers): void {
    if (socket.destroyed) return;
    this.#options.refusals.count(cause, addressOf(socket));
    this.#finalResponses.send(socket, answers[cause]);
  }

  /** Rejects what still comes. No client is waited for. */
  close(): void {
    this.#closed = true;
    this.#finalResponses.close();
  }

  #causeAgainst(request: IncomingMessage, socket: Duplex): keyof typeof answers | undefined {
    const { path, hasRoom, requiresCertificate } = this.#options;
    const [target] = (request.url ?? '').split('?');
    if (hostFault(request) !== undefined) return 'upgrade_request';
    if (target !== path) return 'upgrade_path';
    if (requiresCertificate && !hasClientCertificate(socket)) return 'upgrade_certificate';
    if (this.#closed) return 'stopping';
    return hasRoom() ? undefined : 'upgrade_limit';
  }
}

function addressOf(socket: Duplex): string | undefined {
  return 'remoteAddress' in socket ? String(socket.remoteAddress) : undefined;
}

const unavailable = (text: string): FinalResponse => ({
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
  upgrade_failed: unavailable('This manager cannot serve the upgrade now'),
  stopping: unavailable('This manager is stopping'),
} satisfies Partial<Record<RefusalCause, FinalResponse>>;
