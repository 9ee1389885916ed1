import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { childEnvironment } from '../../config.ts';
import { moduleFile } from '../../runtime/module-file.ts';
import type { ChildMessage } from './parent-process.ts';

export interface NodeProcessOptions {
  readonly managerUrl: string;
  /** The CA file for its certificate. */
  readonly managerCa: string | undefined;
  readonly environment: string;
  readonly port: number;
  /** Undefined: it offers no operations. */
  readonly operationsPort: number | undefined;
  readonly dataDir: string;
  readonly token: string;
  readonly logFd: number;
}

export interface NodeAddresses {
  /** Of its JWK Sets. */
  readonly url: string;
  /** Undefined where it offers no operations. */
  readonly operations: string | undefined;
}

export interface NodeProcess {
  /** @throws Error when the process ended before it served JWK Sets */
  readonly ready: Promise<NodeAddresses>;
  /** Stops the process and waits until it has ended. */
  stop(): Promise<void>;
}

const mainFile = fileURLToPath(moduleFile(new URL('../../main.ts', import.meta.url)));
const restartAfterMs = 1_000;
/** An early end may be a conflict with the previous process, which is still stopping. */
const mostFirstStarts = 3;
/** After SIGTERM, before SIGKILL. */
const stopTimeoutMs = 5_000;

/** A node in its own process, which is restarted when it exits unexpectedly. */
export function startNodeProcess(options: NodeProcessOptions): NodeProcess {
  let stopping = false;
  let firstStarts = 0;
  let isReady = false;
  let failure: string | undefined;
  let child: ChildProcess;
  let restart: NodeJS.Timeout | undefined;
  const { promise: ready, resolve, reject } = Promise.withResolvers<NodeAddresses>();
  const fail = (why: string) => reject(new Error(`the node of ${options.environment} did not start: ${why}`));

  function start(): void {
    child = launch(options);
    firstStarts += 1;
    child.on('message', (message: ChildMessage) => {
      if ('failed' in message) failure = message.failed;
      else {
        isReady = true;
        resolve({ url: message.ready, operations: message.operations?.[0] });
      }
    });
    child.once('error', ({ message }) => fail(message));
    child.once('exit', (code, signal) => {
      const why = failure ?? `it ended with ${signal ?? code}; see its log`;
      failure = undefined;
      // A port of another program stays in use.
      if (!isReady && (firstStarts >= mostFirstStarts || why.includes('EADDRINUSE'))) fail(why);
      if (!stopping) restart = setTimeout(start, restartAfterMs);
    });
  }
  start();
  return {
    ready,
    async stop() {
      stopping = true;
      clearTimeout(restart);
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = new Promise((done) => child.once('exit', done));
      child.kill('SIGTERM');
      const killTimer = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs);
      await ended;
      clearTimeout(killTimer);
    },
  };
}

function launch({
  managerUrl,
  managerCa,
  environment,
  port,
  operationsPort,
  dataDir,
  token,
  logFd,
}: NodeProcessOptions): ChildProcess {
  const name = `${environment}-1`;
  const place = ['--manager', managerUrl, '--environment', environment, '--name', name];
  const trust = managerCa === undefined ? [] : ['--manager-ca', managerCa];
  const operations = operationsPort === undefined ? [] : ['--operations-port', String(operationsPort)];
  const listening = ['--port', String(port), ...operations];
  return fork(mainFile, ['node', ...place, ...trust, ...listening, '--data-dir', dataDir], {
    // SIGUSR1 from another process of this user would open the inspector, which can read every key in memory. Of a flag that is
    // there twice the last one counts.
    execArgv: [...new Set([...process.execArgv, '--disable-sigusr1', '--max-semi-space-size=2'])],
    env: childEnvironment({ KEYPLANE_NODE_TOKEN: token }),
    stdio: ['ignore', logFd, logFd, 'ipc'],
  });
}
