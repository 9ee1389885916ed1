import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { childEnvironment } from '../../config.ts';
import { moduleFile } from '../../runtime/module-file.ts';
import type { ChildNews } from './parent-process.ts';

export interface NodeProcessOptions {
  readonly managerUrl: string;
  /** The file that its certificate is verified with. */
  readonly managerCa: string | undefined;
  readonly environment: string;
  readonly port: number;
  readonly dataDir: string;
  readonly token: string;
  readonly logFd: number;
}

export interface NodeProcess {
  /** The address it serves JWK Sets on. @throws Error when it ended before it served any */
  readonly ready: Promise<string>;
  /** Asks it to end and waits until it has. */
  stop(): Promise<void>;
}

const mainFile = fileURLToPath(moduleFile(new URL('../../main.ts', import.meta.url)));
const restartAfterMs = 1_000;
/** One that ended before it served may have met the end of the node before it. */
const mostFirstStarts = 3;
/** How long a node may take to end when asked, before it is made to. */
const patienceMs = 5_000;

/** One node as a process of its own, started again whenever it ends by itself. */
export function startNodeProcess(options: NodeProcessOptions): NodeProcess {
  let stopping = false;
  let firstStarts = 0;
  let isReady = false;
  let failure: string | undefined;
  let child: ChildProcess;
  let restart: NodeJS.Timeout | undefined;
  const { promise: ready, resolve, reject } = Promise.withResolvers<string>();
  const fail = (why: string) => reject(new Error(`the node of ${options.environment} did not start: ${why}`));

  function start(): void {
    child = launch(options);
    firstStarts += 1;
    child.on('message', (news: ChildNews) => {
      if ('failed' in news) failure = news.failed;
      else {
        isReady = true;
        resolve(news.ready);
      }
    });
    child.once('error', ({ message }) => fail(message));
    child.once('exit', (code, signal) => {
      const why = failure ?? `it ended with ${signal ?? code}; its log says why`;
      failure = undefined;
      // A port that another program has is not waited for.
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
      const impatience = setTimeout(() => child.kill('SIGKILL'), patienceMs);
      await ended;
      clearTimeout(impatience);
    },
  };
}

function launch({
  managerUrl,
  managerCa,
  environment,
  port,
  dataDir,
  token,
  logFd,
}: NodeProcessOptions): ChildProcess {
  const name = `${environment}-1`;
  const place = ['--manager', managerUrl, '--environment', environment, '--name', name];
  const trust = managerCa === undefined ? [] : ['--manager-ca', managerCa];
  return fork(mainFile, ['node', ...place, ...trust, '--port', String(port), '--data-dir', dataDir], {
    // Of another process of this user, SIGUSR1 would open the inspector, which reads every key in memory.
    execArgv: [...new Set([...process.execArgv, '--disable-sigusr1'])],
    env: childEnvironment({ KEYPLANE_NODE_TOKEN: token }),
    stdio: ['ignore', logFd, logFd, 'ipc'],
  });
}
