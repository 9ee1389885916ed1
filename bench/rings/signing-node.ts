// A real node with operations in its own process, joined to a manager. The first message says where; every later one
// requests the processor time used so far, in microseconds, or the delay of the event loop since the last time.

import { monitorEventLoopDelay } from 'node:perf_hooks';
import { releaseCompileCache } from '../../src/cli/processes/release-compile-cache.ts';
import { startNode } from '../../src/node/start-node.ts';
import type { JoinedNodeOrder } from '../nodes/joined-node.ts';

export interface SigningNode {
  readonly url: string;
  readonly operationsUrl: string;
}

releaseCompileCache();

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

async function join(order: JoinedNodeOrder): Promise<SigningNode> {
  const own = { name: 'bench', host: '127.0.0.1', port: 0, version: '0', logger: silent };
  const { url, operations } = await startNode({ ...order, ...own, operations: { port: 0 } });
  return { url, operationsUrl: operations[0] ?? '' };
}

export type NodeQuestion = 'processor time' | 'loop delay';

const resolutionMs = 1;
const histogram = monitorEventLoopDelay({ resolution: resolutionMs });

const answers: Readonly<Record<NodeQuestion, () => number>> = {
  'processor time': () => {
    const { user, system } = process.cpuUsage();
    return user + system;
  },
  /** The 99th percentile, in milliseconds. */
  'loop delay': () => {
    const delayMs = Math.max(histogram.percentile(99) / 1e6 - resolutionMs, 0);
    histogram.reset();
    histogram.enable();
    return delayMs;
  },
};

let hasOrder = false;
process.on('message', (message: JoinedNodeOrder | { readonly question: NodeQuestion }) => {
  if ('question' in message) {
    process.send?.(answers[message.question]());
    return;
  }
  if (hasOrder) return;
  hasOrder = true;
  void join(message).then((node) => process.send?.(node));
});
process.once('disconnect', () => process.exit());
