// Counts what the manager rejects for its load, its form or its caller's roles, and logs it. An attacker decides how often that happens,
// so that the log gets one line for the first of a kind and then one line every ten seconds with their number.

import { Counter, type Registry } from 'prom-client';
import { limitNames } from '../runtime/limit-names.ts';

/** Closed: a label that clients could choose would grow `/metrics` without bound. */
export const refusalCauses = Object.freeze([
  'upgrade_path',
  'upgrade_request',
  'upgrade_certificate',
  'upgrade_limit',
  'upgrade_failed',
  'node_handshake',
  'stopping',
  'connection_limit',
  'http_syntax',
  'headers_too_large',
  'request_timeout',
  'role',
  ...limitNames,
] as const);

export type RefusalCause = (typeof refusalCauses)[number];

export interface WarningLog {
  warn(facts: Record<string, unknown>, text: string): void;
}

export interface RefusalsOptions {
  readonly metrics: Registry;
  readonly log: WarningLog;
  readonly logEveryMs?: number;
}

interface Unlogged {
  count: number;
  address: string | undefined;
}

const defaultLogEveryMs = 10_000;

export class Refusals {
  readonly #options: RefusalsOptions;
  readonly #total: Counter<'cause'>;
  /** Of causes that were logged less than `logEveryMs` ago. */
  readonly #unlogged = new Map<RefusalCause, Unlogged>();

  constructor(options: RefusalsOptions) {
    this.#options = options;
    this.#total = new Counter({
      name: 'keyplane_refusals_total',
      help: 'Connections and requests that were rejected for a limit, their form or a missing role, by cause',
      labelNames: ['cause'],
      registers: [options.metrics],
    });
    for (const cause of refusalCauses) this.#total.inc({ cause }, 0);
  }

  /** @param address of the client, for the log */
  count(cause: RefusalCause, address: string | undefined): void {
    this.#total.inc({ cause });
    const unlogged = this.#unlogged.get(cause);
    if (unlogged) {
      unlogged.count += 1;
      unlogged.address = address;
      return;
    }
    this.#log(cause, { count: 1, address });
  }

  #log(cause: RefusalCause, { count, address }: Unlogged): void {
    this.#options.log.warn({ cause, address, count }, 'rejected');
    this.#unlogged.set(cause, { count: 0, address: undefined });
    setTimeout(() => {
      const unlogged = this.#unlogged.get(cause);
      this.#unlogged.delete(cause);
      if (unlogged && unlogged.count > 0) this.#log(cause, unlogged);
    }, this.#options.logEveryMs ?? defaultLogEveryMs).unref();
  }
}
