// `npm start`: a manager with a project and two environments, a real node in each, and a first JWK to paste.
// The nodes are processes of their own that dial in over loopback as a node elsewhere would.

import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Command } from 'commander';
import { pino } from 'pino';
import { type Manager, startManager } from '../compose.ts';
import type { ManagerFlags } from '../config.ts';
import { addManagerOptions, managerConfigOf } from './manager-options.ts';
import { type NodeProcess, startNodeProcess } from './node-process.ts';
import { prepareQuickstart, quickstartEnvironments } from './prepare-quickstart.ts';
import { quickstartText } from './quickstart-text.ts';
import { stopSignal } from './stop-signal.ts';

export function addQuickstartCommand(program: Command): void {
  const command = program
    .command('quickstart')
    .description('Start a manager and two nodes to try keyplane with');
  addManagerOptions(command).action(async (flags: ManagerFlags) => {
    const startedAt = performance.now();
    const config = managerConfigOf(flags);
    const stopped = stopSignal();
    await mkdir(config.dataDir, { recursive: true, mode: 0o700 });
    const logPath = join(config.dataDir, 'quickstart.log');
    const log = await open(logPath, 'a', 0o600);
    const nodes: NodeProcess[] = [];
    try {
      const manager = await startManager(
        config,
        pino({ name: 'keyplane' }, pino.destination({ fd: log.fd, sync: false })),
      );
      const prepared = await prepareQuickstart(manager);
      for (const [index, { name: environment }] of quickstartEnvironments.entries()) {
        const port = manager.port === config.port ? config.port + 1 + index : 0;
        const dataDir = join(config.dataDir, 'nodes', `${environment}-1`);
        const token = prepared.enrollmentTokens.get(environment) ?? '';
        nodes.push(
          startNodeProcess({ managerUrl: manager.url, environment, port, dataDir, token, logFd: log.fd }),
        );
      }
      const nodeUrls = await Promise.race([Promise.all(nodes.map((node) => node.ready)), stopped]);
      if (typeof nodeUrls !== 'string') {
        await nodesConnected(manager);
        const { firstAdmin, url } = manager;
        const seconds = (performance.now() - startedAt) / 1000;
        process.stdout.write(quickstartText({ url, nodeUrls, firstAdmin, seconds, logPath, ...prepared }));
        await stopped;
      }
      await Promise.all(nodes.map((node) => node.stop()));
      await manager.close();
    } finally {
      await Promise.all(nodes.map((node) => node.stop()));
      await log.close();
    }
    process.disconnect?.();
  });
}

const nodesTimeoutMs = 10_000;

/** A first JWK is to be live on both nodes at once, so they are given a moment to dial in. */
async function nodesConnected({ services }: Manager): Promise<void> {
  const deadline = performance.now() + nodesTimeoutMs;
  for (const { name } of quickstartEnvironments) {
    while (performance.now() < deadline) {
      const nodes = await services.nodes.list(name);
      if (nodes.some((node) => node.connected)) break;
      await setTimeout(20);
    }
  }
}
