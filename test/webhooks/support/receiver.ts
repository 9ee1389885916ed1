// A receiver of webhooks: a real server that keeps what it was sent, and answers as a test tells it to.

import { createHmac } from 'node:crypto';
import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { startHttpServer, type TestServer } from '../../support/http-servers.ts';

export interface Delivery {
  readonly id: string;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface Receiver extends TestServer {
  /** What was accepted, in the order of its arrival. */
  readonly accepted: readonly Delivery[];
  /** How many requests there were. */
  readonly requested: number;
  /** From now on; undefined: 200. */
  answerWith(answer: ((response: ServerResponse, delivery: Delivery) => void) | undefined): void;
}

export async function startReceiver(): Promise<Receiver> {
  const accepted: Delivery[] = [];
  let requested = 0;
  let answer: ((response: ServerResponse, delivery: Delivery) => void) | undefined;
  const server = await startHttpServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString('utf8');
    const { type, data } = JSON.parse(text);
    const { headers } = request;
    const delivery = { id: String(headers['webhook-id']), headers, text, type, data };
    requested += 1;
    if (answer) return answer(response, delivery);
    accepted.push(delivery);
    response.end();
  });
  return {
    ...server,
    accepted,
    get requested() {
      return requested;
    },
    answerWith(next) {
      answer = next;
    },
  };
}

export const status =
  (code: number, headers: Readonly<Record<string, string>> = {}) =>
  (response: ServerResponse) => {
    response.writeHead(code, headers).end();
  };

/** By the specification, and by none of our code. @returns how many of the signatures are right */
export function rightSignatures({ headers, text }: Delivery, secret: string): number {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const content = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${text}`;
  const expected = `v1,${createHmac('sha256', key).update(content).digest('base64')}`;
  return String(headers['webhook-signature'])
    .split(' ')
    .filter((one) => one === expected).length;
}
