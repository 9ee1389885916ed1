// One message to a receiver. Its address passes the same checks as a source URL, and redirects are not followed: each could
// lead to an address that was not checked, with the body and its signature.

import { isKeyplaneError } from '../errors.ts';
import type { EventBody } from '../events/event.ts';
import type { SafeFetch, SendLimits } from '../sources/safe-fetch/safe-fetch.ts';
import { signedHeaders } from './signature.ts';
import type { Webhook } from './webhook.ts';

/** They bound the whole exchange, however slowly a receiver responds. */
const defaultLimits = Object.freeze({ connectTimeoutMs: 5_000, readTimeoutMs: 15_000 });
const stopStatus = 410;
/** 4xx that say nothing of the message: time-out, too early, too many requests. */
const unavailableStatuses = new Set([408, 425, 429]);

export type SendOutcome =
  | { readonly result: 'DELIVERED' }
  /** The receiver wants no more. */
  | { readonly result: 'STOPPED'; readonly error: string }
  /** Public text. Refused: the receiver responded, and may accept another message. */
  | { readonly result: 'FAILED'; readonly error: string; readonly isRefused: boolean }
  /** This manager is stopping. */
  | { readonly result: 'INTERRUPTED' };

export interface WebhookMessage {
  readonly id: string;
  readonly body: EventBody;
}

export interface SenderOptions {
  readonly safeFetch: Pick<SafeFetch, 'send'>;
  readonly clock: () => Date;
  readonly limits?: SendLimits;
}

/** @throws only for internal errors */
export async function sendWebhook(
  { safeFetch, clock, limits = defaultLimits }: SenderOptions,
  { url, keysAt }: Pick<Webhook, 'url' | 'keysAt'>,
  message: WebhookMessage,
): Promise<SendOutcome> {
  const body = JSON.stringify(message.body);
  const at = clock();
  const signed = signedHeaders({ id: message.id, at, body }, keysAt(at));
  const headers = { 'content-type': 'application/json', ...signed };
  try {
    return outcomeOf(await safeFetch.send({ url, method: 'POST', headers, body }, limits));
  } catch (error) {
    if (!isKeyplaneError(error)) throw error;
    if (error.code === 'unavailable') return { result: 'INTERRUPTED' };
    return { result: 'FAILED', error: error.message, isRefused: false };
  }
}

function outcomeOf(status: number): SendOutcome {
  if (status >= 200 && status <= 299) return { result: 'DELIVERED' };
  if (status === stopStatus) {
    const error =
      'The receiver responded with status 410: nothing is sent until the outlet is changed or delivered!';
    return { result: 'STOPPED', error };
  }
  const note = status >= 300 && status <= 399 ? ', and redirects are not followed' : '';
  const isRefused = status >= 400 && status <= 499 && !unavailableStatuses.has(status);
  return { result: 'FAILED', error: `The receiver responded with status ${status}${note}!`, isRefused };
}
