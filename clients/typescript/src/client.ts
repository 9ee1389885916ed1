// One function an operation of the API, typed from its description. What reads, and what carries an
// Idempotency-Key, is sent again when no answer came; everything else is sent once.

import { type Operations, operations } from './operations.ts';
import { defaultRetries, type RetryPolicy, withRetries } from './retries.ts';
import { type OperationInput, send } from './send.ts';

export interface ClientOptions {
  /** Of the manager, such as `https://keyplane.example`. */
  readonly url: string;
  /** A personal API token. Left out in a browser that has a session. */
  readonly token?: string;
  readonly retries?: Partial<RetryPolicy>;
  /** Another `fetch`, such as one with a proxy. */
  readonly fetch?: typeof fetch;
}

export interface CallOptions {
  readonly signal?: AbortSignal;
  /** Of your own; made again for each call where it is left out. */
  readonly idempotencyKey?: string;
}

type Call<Name extends keyof Operations> =
  Record<string, never> extends Operations[Name]['input']
    ? (input?: Operations[Name]['input'], options?: CallOptions) => Promise<Operations[Name]['answer']>
    : (input: Operations[Name]['input'], options?: CallOptions) => Promise<Operations[Name]['answer']>;

export type KeyplaneClient = { readonly [Name in keyof Operations]: Call<Name> };

/** @throws TypeError where `url` is not an absolute URL, such as a variable that is not set */
export function createClient(options: ClientOptions): KeyplaneClient {
  if (!URL.canParse(options.url)) {
    throw new TypeError(
      `url (${options.url}) is not valid! It takes the URL of the manager, such as https://keyplane.example`,
    );
  }
  const url = options.url.replace(/\/+$/, '');
  const policy = { ...defaultRetries, ...options.retries };
  const call = (name: keyof Operations) => {
    const facts = operations[name];
    return (input: OperationInput = {}, { signal, idempotencyKey }: CallOptions = {}) => {
      const key = facts.repeatable ? (idempotencyKey ?? crypto.randomUUID()) : undefined;
      const sending = {
        url,
        signal,
        idempotencyKey: key,
        token: options.token,
        fetch: options.fetch ?? globalThis.fetch,
      };
      const isSafe = facts.method === 'GET' || key !== undefined;
      return withRetries(() => send(facts, input, sending), { policy, isSafe, signal });
    };
  };
  const names = Object.keys(operations) as (keyof Operations)[];
  return Object.fromEntries(names.map((name) => [name, call(name)])) as unknown as KeyplaneClient;
}
