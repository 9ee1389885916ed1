// Fetches one document from a URL that a user chose, as an unauthenticated client on the internet could. Rejects
// everything that would use our place in the network: private, loopback, link-local and other special addresses in any
// spelling and behind any name or redirect, other schemes, credentials. Every fetch is bounded: two time limits, one
// size limit, three redirects. Each hop is resolved once and connected to the address that was checked; no connection
// is kept open.

import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { createSecureContext, getCACertificates, type SecureContext } from 'node:tls';
import { KeyplaneError } from '../../errors.ts';
import type { AddressAllowList } from './allow-list.ts';
import { checkedAddresses, type ResolveHost, resolveWithSystem } from './checked-addresses.ts';
import { exchange, type FetchConditions, type HopOutcome, loadHttpClient } from './exchange.ts';
import { FetchFailure, publicFailure } from './fetch-failure.ts';
import { parseFetchTarget, parseRedirectTarget, shownOrigin, shownUrl } from './fetch-target.ts';
import { openConnection } from './open-connection.ts';
import type { BodyLimits } from './read-body.ts';
import { type Answer, type AskedRequest, askOnce, type SentRequest, sendOnce } from './send-once.ts';
import { TimeBudget } from './time-budget.ts';

export { type AddressAllowList, parseAllowList } from './allow-list.ts';
export { decodeUtf8 } from './decode-utf8.ts';
export { shownUrl } from './fetch-target.ts';

export interface FetchLimits extends BodyLimits {
  /** Looking up names, TCP and TLS, over all redirects together. */
  readonly connectTimeoutMs: number;
  /** From request to the last byte of the response, over all redirects together. */
  readonly readTimeoutMs: number;
}

export interface FetchedDocument {
  /** Decompressed; empty when not modified. */
  readonly body: Buffer<ArrayBuffer>;
  readonly etag: string | undefined;
  readonly lastModified: string | undefined;
  /** True only when conditions were given and the server responded with 304. */
  readonly notModified: boolean;
}

export interface SafeFetch {
  /** @throws KeyplaneError 400 with a message for each way to fail, 503 when closed */
  fetch(url: string, limits: FetchLimits, conditions?: FetchConditions): Promise<FetchedDocument>;
  /**
   * Sends one request to an address that passes the same checks, on a separate connection. Redirects are not followed.
   * @returns the status of the response
   * @throws KeyplaneError as `fetch`
   */
  send(request: OutgoingRequest, limits: SendLimits): Promise<number>;
  /**
   * The same, and reads the response, of any status.
   * @throws KeyplaneError as `fetch`
   */
  ask(request: AskRequest, limits: FetchLimits): Promise<Answer>;
  /** Ends what is under way; resolves when nothing is left open. */
  close(): Promise<void>;
}

export interface OutgoingRequest extends Omit<SentRequest, 'url'> {
  readonly url: string;
}

export interface AskRequest extends Omit<AskedRequest, 'url'> {
  readonly url: string;
  /** PEM of authorities to trust for this request, besides the usual ones. */
  readonly caPem?: string | undefined;
}

export type SendLimits = Pick<FetchLimits, 'connectTimeoutMs' | 'readTimeoutMs'>;

export interface SafeFetchOptions {
  readonly allow: AddressAllowList;
  /** The system's resolver by default. */
  readonly resolve?: ResolveHost;
  /** PEM of authorities to trust besides those that Node starts with. */
  readonly ca?: string | Buffer;
}

export const fetchLimitDefaults: FetchLimits = Object.freeze({
  connectTimeoutMs: 5_000,
  readTimeoutMs: 10_000,
  sizeLimitBytes: 1_048_576,
});

export const fetchLimitMaxima: FetchLimits = Object.freeze({
  connectTimeoutMs: 60_000,
  readTimeoutMs: 60_000,
  sizeLimitBytes: 10_485_760,
});

const redirectsMaximum = 3;

export function createSafeFetch(options: SafeFetchOptions): SafeFetch {
  const rules: FetchRules = {
    allow: options.allow,
    resolve: options.resolve ?? resolveWithSystem,
    secureContext: options.ca === undefined ? undefined : trusting(options.ca),
  };
  const stop = new AbortController();
  const underWay = new Set<Promise<unknown>>();
  const track = <Result>(work: Promise<Result>): Promise<Result> => {
    underWay.add(work);
    return work.finally(() => underWay.delete(work));
  };
  return {
    async fetch(url, limits, conditions = {}) {
      assertWithinMaxima(limits, ['connectTimeoutMs', 'readTimeoutMs', 'sizeLimitBytes']);
      const request = { url, limits, conditions, stop: stop.signal };
      const work = loadHttpClient().then(() => fetchDocument(request, rules));
      return track(work);
    },
    async send(request, limits) {
      assertWithinMaxima(limits, ['connectTimeoutMs', 'readTimeoutMs']);
      return track(send(request, { limits, rules, stop: stop.signal }));
    },
    async ask(request, limits) {
      assertWithinMaxima(limits, ['connectTimeoutMs', 'readTimeoutMs', 'sizeLimitBytes']);
      return track(ask(request, { limits, rules, stop: stop.signal }));
    },
    async close() {
      stop.abort(new KeyplaneError('unavailable', 'The manager is stopping!'));
      await Promise.allSettled(underWay);
    },
  };
}

interface FetchRules {
  readonly allow: AddressAllowList;
  readonly resolve: ResolveHost;
  readonly secureContext: SecureContext | undefined;
}

interface FetchRequest {
  readonly url: string;
  readonly limits: FetchLimits;
  readonly conditions: FetchConditions;
  readonly stop: AbortSignal;
}

interface Budgets {
  readonly connecting: TimeBudget;
  readonly reading: TimeBudget;
}

async function fetchDocument(request: FetchRequest, rules: FetchRules): Promise<FetchedDocument> {
  const { limits, stop } = request;
  const budgets = budgetsOf(limits, stop);
  const given = parseFetchTarget(request.url);
  let target = given;
  for (let redirects = 0; ; redirects += 1) {
    try {
      const outcome = await visit(target, { request, rules, budgets });
      if (outcome.kind === 'document') {
        const { kind: _, ...document } = outcome;
        return document;
      }
      if (redirects === redirectsMaximum) {
        throw new FetchFailure(`redirects more than ${redirectsMaximum} times`);
      }
      target = parseRedirectTarget(outcome.location, target);
    } catch (error) {
      const via = redirects === 0 ? '' : `, redirected to ${shownOrigin(target)},`;
      throw publicFailure(error, `URL (${shownUrl(given)})${via}`);
    }
  }
}

function budgetsOf({ connectTimeoutMs, readTimeoutMs }: SendLimits, stop: AbortSignal): Budgets {
  return {
    connecting: new TimeBudget(connectTimeoutMs, 'no connection was made', stop),
    reading: new TimeBudget(readTimeoutMs, 'the response was not complete', stop),
  };
}

interface Connecting {
  readonly limits: SendLimits;
  readonly rules: FetchRules;
  readonly budgets: Budgets;
}

/** To the addresses that were checked, and to no other. */
function connect(url: URL, { limits, rules, budgets }: Connecting): Promise<Socket> {
  const { connectTimeoutMs } = limits;
  return budgets.connecting.spend(async (signal) => {
    const addresses = await checkedAddresses(url, rules.allow, rules.resolve);
    signal.throwIfAborted();
    return openConnection({ url, addresses, connectTimeoutMs, secureContext: rules.secureContext }, signal);
  });
}

interface Visit {
  readonly request: FetchRequest;
  readonly rules: FetchRules;
  readonly budgets: Budgets;
}

interface Sending {
  readonly limits: SendLimits;
  readonly rules: FetchRules;
  readonly stop: AbortSignal;
}

async function send(
  { url: given, ...request }: OutgoingRequest,
  { limits, rules, stop }: Sending,
): Promise<number> {
  const budgets = budgetsOf(limits, stop);
  const url = parseFetchTarget(given);
  try {
    const socket = await connect(url, { limits, rules, budgets });
    try {
      return await budgets.reading.spend((signal) => sendOnce(socket, { ...request, url }, signal));
    } finally {
      socket.destroy();
    }
  } catch (error) {
    throw publicFailure(error, `URL (${shownUrl(url)})`);
  }
}

interface Asking extends Sending {
  readonly limits: FetchLimits;
}

async function ask(
  { url: given, caPem, ...request }: AskRequest,
  { limits, rules, stop }: Asking,
): Promise<Answer> {
  const budgets = budgetsOf(limits, stop);
  const url = parseFetchTarget(given);
  const trusted = caPem === undefined ? rules : { ...rules, secureContext: trusting(caPem) };
  try {
    const socket = await connect(url, { limits, rules: trusted, budgets });
    try {
      const { sizeLimitBytes } = limits;
      return await budgets.reading.spend((signal) =>
        askOnce(socket, { ...request, url }, { signal, sizeLimitBytes }),
      );
    } finally {
      socket.destroy();
    }
  } catch (error) {
    throw publicFailure(error, `URL (${shownUrl(url)})`);
  }
}

async function visit(url: URL, { request, rules, budgets }: Visit): Promise<HopOutcome> {
  const { limits, conditions } = request;
  const socket = await connect(url, { limits, rules, budgets });
  try {
    const { sizeLimitBytes, reserve } = limits;
    // The server is not to blame for the time that this takes.
    const paused = reserve && (() => budgets.reading.pause(reserve));
    const ask = { url, conditions, sizeLimitBytes, reserve: paused };
    return await budgets.reading.spend((signal) => exchange(socket, ask, signal));
  } finally {
    socket.destroy();
  }
}

// A certificate list of one's own replaces Node's, so Node's (NODE_EXTRA_CA_CERTS included) goes in as well.
function trusting(ca: string | Buffer): SecureContext {
  return createSecureContext({ ca: [...getCACertificates('default'), ca] });
}

// The caller reports errors of these numbers to users; one that is not validated here would be no limit at all.
function assertWithinMaxima<Name extends keyof typeof fetchLimitMaxima>(
  limits: Pick<FetchLimits, Name>,
  names: readonly Name[],
): void {
  for (const name of names) {
    const value = Number(limits[name]);
    assert(
      Number.isInteger(value) && value >= 1 && value <= Number(fetchLimitMaxima[name]),
      `${name} is out of its range`,
    );
  }
}
