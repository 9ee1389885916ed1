// Standard Webhooks 1.0: what signs a message. The signature covers id, time and body, so that no one can alter or replay one of
// them alone. https://www.standardwebhooks.com

import { createHmac } from 'node:crypto';

const secretPrefix = 'whsec_';
const leastBytes = 24;
const mostBytes = 64;

/** @returns the key; undefined for what is no `whsec_` secret of 24 to 64 bytes */
export function readWebhookSecret(text: string): Buffer | undefined {
  if (!text.startsWith(secretPrefix)) return undefined;
  const encoded = text.slice(secretPrefix.length);
  const key = Buffer.from(encoded, 'base64');
  // Node drops what is not base64, and receivers may not.
  if (key.toString('base64').replace(/=+$/, '') !== encoded.replace(/=+$/, '')) return undefined;
  return key.length >= leastBytes && key.length <= mostBytes ? key : undefined;
}

export interface SignedMessage {
  readonly id: string;
  /** Of the attempt. */
  readonly at: Date;
  readonly body: string;
}

/** The headers of a message. Where secrets are replaced there are several, and a receiver accepts any of them. */
export function signedHeaders(
  { id, at, body }: SignedMessage,
  keys: readonly Buffer[],
): Readonly<Record<string, string>> {
  const timestamp = String(Math.floor(at.getTime() / 1000));
  const signatures = keys.map(
    (key) => `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`,
  );
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': signatures.join(' '),
  };
}
