// Receives NOTIFY messages of other managers on a dedicated connection. They are only a hint: the server keeps nothing
// for a closed connection, and a pooler may swallow all of it, so listeners also poll the database. Messages of other
// senders are ignored.

import { setTimeout } from 'node:timers/promises';
import pg from 'pg';
import { backOffMs, jittered } from '../../runtime/back-off.ts';
import { type WakeTopic, wakeTopics } from '../../unit-of-work.ts';

const channel = 'keyplane';
const reconnect = Object.freeze({ baseMs: 100, capMs: 10_000 });
/** A server that vanished without a word is found out by asking. */
const askEveryMs = 10_000;
const answerWithinMs = 5_000;

/** In the caller's transaction. @param sender no quotes in it */
export function notifyStatement(topics: Iterable<WakeTopic>, sender: string): string {
  const calls = [...topics].map((topic) => `pg_notify('${channel}', '${topic} ${sender}')`);
  return `select ${calls.join(', ')}`;
}

export interface ListenerOptions {
  readonly url: string;
  /** Notifications of this manager itself are ignored. */
  readonly sender: string;
  readonly onWake: (topic: WakeTopic) => void;
}

export class PostgresListener {
  readonly #options: ListenerOptions;
  readonly #ending = new AbortController();
  readonly #running: Promise<void>;

  constructor(options: ListenerOptions) {
    this.#options = options;
    this.#running = this.#run();
  }

  async close(): Promise<void> {
    this.#ending.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#ending;
    for (let attempt = 0; !signal.aborted; attempt += 1) {
      const heard = await this.#listenOnce();
      if (heard) attempt = 0;
      const pauseMs = jittered(backOffMs(attempt, reconnect), 0.5, Math.random());
      await setTimeout(pauseMs, undefined, { signal, ref: false }).catch(() => {});
    }
  }

  /** Ends when the connection does. Answers whether it ever listened. */
  async #listenOnce(): Promise<boolean> {
    const client = new pg.Client({
      connectionString: this.#options.url,
      application_name: 'keyplane listen',
      connectionTimeoutMillis: answerWithinMs,
      query_timeout: answerWithinMs,
      keepAlive: true,
    });
    const over = new AbortController();
    const signal = AbortSignal.any([over.signal, this.#ending.signal]);
    client.on('error', () => over.abort());
    client.on('end', () => over.abort());
    client.on('notification', ({ payload }) => this.#hear(payload ?? ''));
    let heard = false;
    try {
      await client.connect();
      await client.query(`listen ${channel}`);
      heard = true;
      // Notifications before this point are lost.
      for (const topic of wakeTopics) this.#options.onWake(topic);
      while (!signal.aborted) {
        await setTimeout(askEveryMs, undefined, { signal, ref: false });
        await client.query('select 1');
      }
    } catch {
      // After any error the next connection is tried after a pause; polling continues meanwhile.
    }
    await client.end().catch(() => {});
    return heard;
  }

  #hear(payload: string): void {
    const [topic, sender] = payload.split(' ');
    const known = wakeTopics.find((one) => one === topic);
    if (known !== undefined && sender !== this.#options.sender) this.#options.onWake(known);
  }
}
