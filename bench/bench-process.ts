import { type ForkOptions, fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/** A file in its own process, which answers each message with one. */
export interface BenchProcess {
  readonly pid: number;
  /** One question at a time. @throws Error when it ended instead of answering */
  ask<Answer>(question: unknown): Promise<Answer>;
  /** What it says by itself, once. */
  hear<News>(): Promise<News>;
  end(): Promise<void>;
}

const patienceMs = 120_000;

/** @param file its URL */
export function startBenchProcess(file: URL, options: ForkOptions = {}): BenchProcess {
  const child = fork(fileURLToPath(file), options);
  const ended = once(child, 'exit');
  const hear = async <News>(): Promise<News> => {
    const [news] = await Promise.race([
      once(child, 'message') as Promise<[News]>,
      ended.then(() => {
        throw new Error(`${file.pathname} ended without an answer`);
      }),
      setTimeout(patienceMs, undefined, { ref: false }).then(() => {
        throw new Error(`${file.pathname} did not answer`);
      }),
    ]);
    return news;
  };
  return {
    pid: child.pid ?? 0,
    hear,
    ask(question) {
      const answer = hear<never>();
      child.send(question as object);
      return answer;
    },
    async end() {
      child.kill();
      await ended;
    },
  };
}
