import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { LoadFigures } from './load-process.ts';

export interface OpenLoop {
  /** Sends no more, waits for what is under way. */
  stop(): Promise<LoadFigures>;
}

const loadProcess = fileURLToPath(new URL('./load-process.ts', import.meta.url));
const ahead = -10;

/** Asks these addresses for JWK Sets at a fixed rate until it is stopped. */
export function startOpenLoop(urls: readonly string[], perSecond: number): OpenLoop {
  const child = fork(loadProcess, [String(perSecond), ...urls]);
  try {
    // It measures others, so it does not wait for its turn behind them; only root may ask for that.
    setPriority(child.pid ?? 0, ahead);
  } catch {
    // Its figures then tell of the machine too.
  }
  return {
    async stop() {
      const answer = once(child, 'message');
      child.send('stop');
      const [figures] = (await answer) as [LoadFigures];
      return figures;
    },
  };
}

export function loadText({ requests, failures, p50Ms, p99Ms, slowestMs }: LoadFigures): string {
  const ms = (value: number) => `${value.toFixed(value < 10 ? 1 : 0)} ms`;
  return `${requests} requests, ${failures.length} failed, median ${ms(p50Ms)}, p99 ${ms(p99Ms)}, slowest ${ms(slowestMs)}`;
}
