import { median } from '../bench-manager.ts';
import type { BenchRow, Goal } from '../bench-row.ts';
import { timedRequests } from '../rings/timed-requests.ts';

export interface ComparedServer {
  readonly url: string;
  /** With its head and body. */
  readonly request: string;
}

export interface Comparison {
  /** Requests of a round. */
  readonly atLeast: number;
  readonly goal: Goal;
  readonly note: string;
}

const connections = 8;
const rounds = 15;

/** Requests for a second of a server by those of the other: in turns, medians of the rounds. */
export async function compared(
  name: string,
  servers: readonly [ComparedServer, ComparedServer],
  { atLeast, goal, note }: Comparison,
): Promise<BenchRow> {
  const rates: [number[], number[]] = [[], []];
  for (const server of servers) await timedRequests({ ...server, connections, atLeast });
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, server] of servers.entries()) {
      const { ms, tookMs } = await timedRequests({ ...server, connections, atLeast });
      rates[index]?.push((ms.length / tookMs) * 1_000);
    }
  }
  const [ours = Number.NaN, yardstick = Number.NaN] = rates.map(median);
  const text = (rate: number) => `${Math.round(rate).toLocaleString('en')} /s`;
  return { name, ours: text(ours), yardstick: text(yardstick), ratio: ours / yardstick, goal, note };
}
