// A real node with operations in its own process, joined to a manager. The first message says where; every later one
// requests the processor time used so far, in microseconds.

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

let isTold = false;
process.on('message', (message: JoinedNodeOrder) => {
  if (isTold) {
    const { user, system } = process.cpuUsage();
    process.send?.(user + system);
    return;
  }
  isTold = true;
  void join(message).then((node) => process.send?.(node));
});
process.once('disconnect', () => process.exit());
