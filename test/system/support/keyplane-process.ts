// The command line as a user runs it: a process of its own, of which nothing outlives the test.

import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { childEnvironment } from '../../../src/config.ts';

const mainFile = fileURLToPath(new URL('../../../src/main.ts', import.meta.url));
/** The one that it uses itself, and here for its first file too. */
const compileCache = fileURLToPath(new URL('../../../node_modules/.cache/keyplane', import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface KeyplaneProcess {
  readonly pid: number;
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** The first match in its output on either stream. @throws Error if it ends without a match */
  says(pattern: RegExp): Promise<RegExpMatchArray>;
  readonly ended: Promise<Ended>;
  /** Asks and waits. */
  stop(signal?: NodeJS.Signals): Promise<Ended>;
}

export interface RunOptions {
  readonly settings?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** With an IPC channel, as `npm start` does. */
  readonly channel?: boolean;
  /** Modules that Node loads before keyplane's own, by path. */
  readonly preload?: readonly string[];
  /** Of another checkout. */
  readonly main?: string;
}

const everStarted: { readonly child: ChildProcess; readonly ended: Promise<Ended> }[] = [];

/** For `afterAll` or `afterEach`: ends what a failed test left, and what that had started. */
export async function endAllProcesses(): Promise<void> {
  for (const { child, ended } of everStarted.splice(0)) {
    try {
      // Each was started as the leader of a process group, which outlives it while a child of its own runs.
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    } catch {
      // No process of the group is left.
    }
    await ended;
  }
}

export function keyplane(args: readonly string[], options: RunOptions = {}): KeyplaneProcess {
  const imports = (options.preload ?? []).flatMap((path) => ['--import', pathToFileURL(path).href]);
  const child = spawn(process.execPath, [...imports, options.main ?? mainFile, ...args], {
    env: childEnvironment({ NODE_COMPILE_CACHE: compileCache, ...options.settings }),
    cwd: options.cwd,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', ...(options.channel ? (['ipc'] as const) : [])],
  });
  let over = false;
  const said = { stdout: '', stderr: '' };
  const listeners = new Set<() => void>();
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream]?.setEncoding('utf8').on('data', (text: string) => {
      said[stream] += text;
      for (const look of listeners) look();
    });
  }
  const ended = new Promise<Ended>((resolve) => {
    child.once('close', (code, signal) => {
      over = true;
      resolve({ code, signal });
      for (const look of listeners) look();
    });
  });

  everStarted.push({ child, ended });

  function says(pattern: RegExp): Promise<RegExpMatchArray> {
    return new Promise((resolve, reject) => {
      const look = () => {
        const match = said.stdout.match(pattern) ?? said.stderr.match(pattern);
        if (match) resolve(match);
        else if (!over) return;
        else reject(new Error(`keyplane ended without saying ${pattern}:\n${said.stdout}${said.stderr}`));
        listeners.delete(look);
      };
      listeners.add(look);
      look();
    });
  }

  return {
    pid: child.pid ?? 0,
    stdout: () => said.stdout,
    stderr: () => said.stderr,
    says,
    ended,
    stop(signal = 'SIGTERM') {
      child.kill(signal);
      return ended;
    },
  };
}

export interface ServeProcess extends KeyplaneProcess {
  readonly url: string;
}

/** `keyplane serve`, ready. Port 0 unless the settings say otherwise. */
export async function serve(
  dataDir: string,
  settings: Readonly<Record<string, string>> = {},
  preload: readonly string[] = [],
): Promise<ServeProcess> {
  const started = keyplane(['serve'], {
    settings: { KEYPLANE_PORT: '0', KEYPLANE_DATA_DIR: dataDir, ...settings },
    preload,
  });
  const [, url = ''] = await started.says(/keyplane is ready: (http\S+)\//);
  return { ...started, url };
}

export interface NodeOrder {
  readonly managerUrl: string;
  readonly token: string;
  readonly dataDir: string;
  readonly environment?: string;
  readonly name?: string;
  readonly port?: number;
  /** Without it the node offers no operations. */
  readonly operationsPort?: number;
  readonly publishDir?: string;
  readonly settings?: Readonly<Record<string, string>>;
  readonly preload?: readonly string[];
}

export function nodeArguments(order: NodeOrder): string[] {
  const { managerUrl, dataDir, environment = 'production', name = 'n1', port = 0 } = order;
  const { operationsPort, publishDir } = order;
  const place = ['--manager', managerUrl, '--environment', environment, '--name', name];
  const own = ['--port', String(port), '--data-dir', dataDir];
  const operations = operationsPort === undefined ? [] : ['--operations-port', String(operationsPort)];
  return [
    'node',
    ...place,
    ...own,
    ...operations,
    ...(publishDir === undefined ? [] : ['--publish-dir', publishDir]),
  ];
}

/** `keyplane node`, serving, which does not mean that it has a state. */
export async function node(order: NodeOrder): Promise<ServeProcess> {
  const { token, settings = {}, preload = [] } = order;
  const started = keyplane(nodeArguments(order), {
    settings: { KEYPLANE_NODE_TOKEN: token, ...settings },
    preload,
  });
  const [, url = ''] = await started.says(/keyplane node \S+ is ready: (http[^\s,]+)/);
  return { ...started, url };
}
