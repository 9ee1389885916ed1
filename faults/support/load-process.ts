// The load in its own process, so that the work of the suite does not delay it.
// Arguments: requests a second, then the addresses. Any message ends it; it answers with its figures.

import { Agent, request } from 'node:http';
import process from 'node:process';

export interface LoadFigures {
  readonly requests: number;
  /** Each what went wrong with one request; a 304 is as good as a 200. */
  readonly failures: readonly string[];
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly slowestMs: number;
}

interface OpenLoop {
  /** Sends no more, waits for what is under way. */
  stop(): Promise<LoadFigures>;
}

const jwkSetPath = '/.well-known/jwks.json';
/** Slow is not failed: on a busy machine an answer may take its time, and the figures say how long. */
const tooLateMs = 30_000;

/**
 * Asks for JWK Sets at a fixed rate, however long answers take, as clients that know nothing of each other do. What
 * was due while this process was busy is sent late and still counts from when it was due. Each request has its own
 * connection.
 */
function startOpenLoop(urls: readonly string[], perSecond: number): OpenLoop {
  const agent = new Agent({ keepAlive: false, maxSockets: Number.POSITIVE_INFINITY });
  const underWay = new Set<Promise<void>>();
  const latencies: number[] = [];
  const failures: string[] = [];
  const startedAt = performance.now();
  let sent = 0;

  const timer = setInterval(() => {
    const due = Math.floor(((performance.now() - startedAt) * perSecond) / 1000);
    while (sent < due) {
      const dueAt = startedAt + (sent * 1000) / perSecond;
      const url = urls[sent % urls.length] ?? '';
      sent += 1;
      const asked = ask(url, agent).then((failure) => {
        latencies.push(performance.now() - dueAt);
        if (failure !== undefined) failures.push(`${url}: ${failure}`);
        underWay.delete(asked);
      });
      underWay.add(asked);
    }
  }, 1000 / perSecond);

  return {
    async stop() {
      clearInterval(timer);
      await Promise.all(underWay);
      agent.destroy();
      const sorted = latencies.sort((a, b) => a - b);
      const at = (share: number) =>
        sorted[Math.min(Math.floor(sorted.length * share), sorted.length - 1)] ?? 0;
      return { requests: sent, failures, p50Ms: at(0.5), p99Ms: at(0.99), slowestMs: at(1) };
    },
  };
}

/** @returns what is wrong, or undefined: a set, whole, with keys in it */
function ask(url: string, agent: Agent): Promise<string | undefined> {
  return new Promise((resolve) => {
    const sending = request(url + jwkSetPath, { agent, timeout: tooLateMs }, (answer) => {
      const pieces: Buffer[] = [];
      answer.on('data', (piece: Buffer) => pieces.push(piece));
      answer.on('end', () =>
        resolve(answer.statusCode === 200 ? problemOf(Buffer.concat(pieces)) : `status ${answer.statusCode}`),
      );
      answer.on('error', (error) => resolve(error.message));
    });
    sending.on('timeout', () => sending.destroy(new Error(`no answer in ${tooLateMs} ms`)));
    sending.on('error', (error) => resolve(error.message));
    sending.end();
  });
}

/** By its ends alone: parsing every set would cost more than serving it. Node itself sees that no byte is missing. */
function problemOf(body: Buffer): string | undefined {
  const whole = body.subarray(0, 10).equals(setBegin) && body.subarray(-2).equals(setEnd);
  return whole ? undefined : 'an empty set, or part of one';
}

const setBegin = Buffer.from('{"keys":[{');
const setEnd = Buffer.from(']}');

const [perSecond = '0', ...urls] = process.argv.slice(2);
const load = startOpenLoop(urls, Number(perSecond));
process.once('message', () => {
  void load.stop().then((figures) => process.send?.(figures, () => process.disconnect()));
});
// The parent process has ended.
process.once('disconnect', () => process.exit());
