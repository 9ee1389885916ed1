// `npm start`: a manager with a project and two environments, a real node in each, and a first JWK to paste.
// The nodes are processes of their own that dial in over loopback as a node elsewhere would.

import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Command } from 'commander';
import type { Manager } from '../../compose.ts';
import { type ManagerConfig, type ManagerFlags, SettingError } from '../../config.ts';
import { prepareDataDir } from './data-dir.ts';
import { forgetCompiled } from './forget-compiled.ts';
import { addManagerOptions, managerConfigOf } from './manager-options.ts';
import { type NodeProcess, startNodeProcess } from './node-process.ts';
import { quickstartText } from './quickstart-text.ts';
import { endInAnyCase, stopSignal } from './stop-signal.ts';

export function addQuickstartCommand(program: Command): void {
  const command = program
    .command('start')
    .alias('quickstart')
    .description('Start a manager and two nodes on this machine, to try keyplane');
  addManagerOptions(command).action(async (flags: ManagerFlags) => runQuickstart(managerConfigOf(flags)));
}

const highestPort = 65_535;

/** Ends, in reverse order, whatever it had started by then, also where it fails half-way. */
async function runQuickstart(config: ManagerConfig): Promise<void> {
  const startedAt = performance.now();
  const stopped = stopSignal();
  void endInAnyCase(stopped);
  const endings: (() => Promise<unknown>)[] = [];
  try {
    const { createLog } = await import('../../log.ts');
    const { startManager } = await import('../../compose.ts');
    const { prepareQuickstart, quickstartEnvironments } = await import('./prepare-quickstart.ts');
    forgetCompiled();
    if (config.port + quickstartEnvironments.length > highestPort) {
      const most = highestPort - quickstartEnvironments.length;
      throw new SettingError(
        `KEYPLANE_PORT is ${config.port}: the nodes take the next two ports, so 0 to ${most} is accepted`,
      );
    }
    if (config.tls?.clientCaFile !== undefined) {
      throw new SettingError(
        'KEYPLANE_TLS_CLIENT_CA is set, and the nodes of the quickstart have no client certificate: keyplane serve accepts it',
      );
    }
    await prepareDataDir(config.dataDir);
    const logPath = join(config.dataDir, 'quickstart.log');
    const log = await open(logPath, 'a', 0o600);
    endings.push(() => log.close());
    const manager = await startManager(config, createLog('keyplane', log.fd));
    endings.push(() => manager.close());
    const prepared = await prepareQuickstart(manager);
    const nodes = quickstartEnvironments.map(({ name: environment }, index) =>
      startNodeProcess({
        managerUrl: manager.url,
        managerCa: config.tls?.certFile,
        environment,
        port: config.port === 0 ? 0 : config.port + 1 + index,
        dataDir: join(config.dataDir, 'nodes', `${environment}-1`),
        token: prepared.enrollmentTokens.get(environment) ?? '',
        logFd: log.fd,
      }),
    );
    endings.push(() => Promise.all(nodes.map((node) => node.stop())));
    const nodeUrls = await Promise.race([allReady(nodes, config), stopped]);
    if (typeof nodeUrls === 'string') return;
    await Promise.race([
      nodesConnected(
        manager,
        quickstartEnvironments.map(({ name }) => name),
      ),
      stopped,
    ]);
    const { firstAdmin, url } = manager;
    const seconds = (performance.now() - startedAt) / 1000;
    process.stdout.write(
      quickstartText({
        url,
        certFile: config.tls?.certFile,
        nodeUrls,
        firstAdmin,
        seconds,
        logPath,
        ...prepared,
      }),
    );
    await stopped;
  } finally {
    for (const end of endings.reverse()) await end();
  }
}

async function allReady(nodes: readonly NodeProcess[], { port }: ManagerConfig): Promise<string[]> {
  try {
    return await Promise.all(nodes.map((node) => node.ready));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    if (!reason.includes('EADDRINUSE')) throw new Error(reason);
    throw new Error(`KEYPLANE_PORT is ${port}, and the nodes take the next two ports: ${reason}`);
  }
}

const nodesTimeoutMs = 10_000;

/** A first JWK is to be live on both nodes at once, so they are given a moment to dial in. */
async function nodesConnected({ services }: Manager, environmentNames: readonly string[]): Promise<void> {
  const deadline = performance.now() + nodesTimeoutMs;
  for (const name of environmentNames) {
    while (performance.now() < deadline) {
      const nodes = await services.nodes.list(name);
      if (nodes.some((node) => node.connected)) break;
      await setTimeout(20);
    }
  }
}
