// `keyplane start`: a manager with a project and two environments, a node in each, and a command that creates a first JWK.
// The nodes are separate processes that connect over loopback, as remote nodes do.

import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Command } from 'commander';
import type { Manager } from '../../compose/manager.ts';
import { type ManagerConfig, type ManagerFlags, SettingError } from '../../config.ts';
import { addCommand } from '../client-command.ts';
import { prepareDataDir } from './data-dir.ts';
import { isPortFree } from './free-port.ts';
import { type NodeAddresses, type NodeProcess, startNodeProcess } from './node-process.ts';
import { quickstartText } from './quickstart-text.ts';
import { releaseCompileCache } from './release-compile-cache.ts';
import { addManagerSettings, managerConfigOf } from './setting-options.ts';
import { exitAfterDeadline, stopSignal } from './stop-signal.ts';
import { holdYoungGeneration, letYoungGenerationGrow } from './young-generation.ts';

export function addQuickstartCommand(program: Command): void {
  const command = addCommand(program, {
    usage: 'start',
    summary: 'Start a manager and two nodes on this machine, to try keyplane',
    examples: ['start', 'start --port 9000 --data-dir /tmp/keyplane'],
  }).alias('quickstart');
  addManagerSettings(command).action(async (flags: ManagerFlags) => runQuickstart(managerConfigOf(flags)));
}

const highestPort = 65_535;

/** Stops everything that it has started, in reverse order, also after a failure. */
async function runQuickstart(config: ManagerConfig): Promise<void> {
  holdYoungGeneration();
  const startedAt = performance.now();
  const stopped = stopSignal();
  void exitAfterDeadline(stopped);
  const cleanUps: (() => Promise<unknown>)[] = [];
  try {
    const { createLog } = await import('../../log.ts');
    const { startManager } = await import('../../compose/manager.ts');
    const { prepareQuickstart, quickstartEnvironments, setNodeAddresses } = await import(
      './prepare-quickstart.ts'
    );
    releaseCompileCache();
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
    cleanUps.push(() => log.close());
    const manager = await startManager(config, createLog('keyplane', log.fd));
    cleanUps.push(() => manager.close());
    const prepared = await prepareQuickstart(manager);
    const operationsPorts = await findOperationsPorts(config);
    const nodes = quickstartEnvironments.map(({ name: environment }, index) =>
      startNodeProcess({
        managerUrl: manager.url,
        managerCa: config.tls?.certFile,
        environment,
        port: config.port === 0 ? 0 : config.port + 1 + index,
        operationsPort: operationsPorts[index],
        dataDir: join(config.dataDir, 'nodes', `${environment}-1`),
        token: prepared.enrollmentTokens.get(environment) ?? '',
        logFd: log.fd,
      }),
    );
    cleanUps.push(() => Promise.all(nodes.map((node) => node.stop())));
    const addresses = await Promise.race([allReady(nodes, config), stopped]);
    if (typeof addresses === 'string') return;
    const nodeUrls = addresses.map((node) => node.url);
    await setNodeAddresses(manager, nodeUrls);
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
        operations: quickstartEnvironments.flatMap(({ name }, index) => {
          const at = addresses[index]?.operations;
          return at === undefined ? [] : [{ environment: name, url: at }];
        }),
        firstAdmin,
        seconds,
        logPath,
        ...prepared,
      }),
    );
    letYoungGenerationGrow();
    await stopped;
  } finally {
    for (const cleanUp of cleanUps.reverse()) await cleanUp();
  }
}

async function allReady(
  nodes: readonly NodeProcess[],
  { port }: ManagerConfig,
): Promise<readonly NodeAddresses[]> {
  try {
    return await Promise.all(nodes.map((node) => node.ready));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    if (!reason.includes('EADDRINUSE')) throw new Error(reason);
    throw new Error(`KEYPLANE_PORT is ${port}, and the nodes take the next two ports: ${reason}`);
  }
}

/** The two ports after those of the nodes; where one is taken, its node offers no operations. */
async function findOperationsPorts({ port }: ManagerConfig): Promise<readonly (number | undefined)[]> {
  const { quickstartEnvironments } = await import('./prepare-quickstart.ts');
  const ports = quickstartEnvironments.map(async ({ name }, index) => {
    if (port === 0) return 0;
    const operationsPort = port + 1 + quickstartEnvironments.length + index;
    if (await isPortFree(operationsPort, '127.0.0.1')) return operationsPort;
    process.stderr.write(
      `keyplane: port ${operationsPort} is not free: the node of ${name} starts without operations\n`,
    );
    return undefined;
  });
  return Promise.all(ports);
}

const nodesTimeoutMs = 10_000;

/** Waits until the nodes are connected, so that the first JWK is deployed to both at once. */
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
