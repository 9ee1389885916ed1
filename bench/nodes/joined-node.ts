// A real node in its own process, joined to a manager. It gets the manager's address and answers with its own; a query
// for facts returns its memory and the processor time used so far.

import { releaseCompileCache } from '../../src/cli/processes/release-compile-cache.ts';
import { startNode } from '../../src/node/start-node.ts';

export interface JoinedNodeOrder {
  readonly managerUrl: string;
  readonly environment: string;
  readonly token: string;
  readonly dataDir: string;
  readonly outletDir?: string;
}

export interface NodeFacts {
  readonly usedMicros: number;
  readonly residentBytes: number;
}

// As the command does.
releaseCompileCache();

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

async function join(order: JoinedNodeOrder): Promise<string> {
  const own = { name: 'bench', host: '127.0.0.1', port: 0, version: '0', logger: silent };
  return (await startNode({ ...order, ...own })).url;
}

function facts(): NodeFacts {
  const { user, system } = process.cpuUsage();
  return { usedMicros: user + system, residentBytes: process.memoryUsage.rss() };
}

process.on('message', (message: JoinedNodeOrder | 'facts') => {
  if (message === 'facts') process.send?.(facts());
  else void join(message).then((url) => process.send?.(url));
});
process.once('disconnect', () => process.exit());
