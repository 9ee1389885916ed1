// The command line as a person or a script runs it: a process of its own, with a configuration folder of its own, and
// where a test says so inside a real pseudo-terminal.

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { childEnvironment } from '../../../src/config.ts';
import { until } from '../../support/manager.ts';

export const mainFile = fileURLToPath(new URL('../../../scripts/keyplane.mjs', import.meta.url));

export interface Result {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  /** Given on standard input, which ends after it; without it there is none. */
  readonly input?: string | Uint8Array;
  /** Environment variables beside those of the command line. */
  readonly settings?: Readonly<Record<string, string>>;
}

export interface Dialogue {
  /** What the terminal has to show before `type` is typed. */
  readonly after: RegExp;
  readonly type: string;
}

export interface CommandLine {
  readonly configFolder: string;
  readonly profilesFile: string;
  run(args: readonly string[], options?: RunOptions): Promise<Result>;
  /** Standard output of a run that has to end well. */
  ok(args: readonly string[], options?: RunOptions): Promise<string>;
  /** The same, with `--json`. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of any shape
  json(args: readonly string[], options?: RunOptions): Promise<any>;
  /** In a pseudo-terminal; what it showed is in `stdout`. */
  inTerminal(args: readonly string[], dialogue: readonly Dialogue[], options?: RunOptions): Promise<Result>;
  /** Runs until it is ended. */
  start(args: readonly string[]): StartedCommand;
  close(): Promise<void>;
}

export interface StartedCommand {
  /** Waits until standard output, from its beginning, has this. */
  shows(text: RegExp): Promise<void>;
  end(): Promise<void>;
}

export async function commandLine(settings: Readonly<Record<string, string>> = {}): Promise<CommandLine> {
  const folder = await mkdtemp(join(tmpdir(), 'keyplane-cli-'));
  const environment = (more: RunOptions['settings']) =>
    childEnvironment({ XDG_CONFIG_HOME: folder, TERM: 'xterm', ...settings, ...more });
  const run = (args: readonly string[], { input, settings: more }: RunOptions = {}) => {
    const child = spawn(process.execPath, [mainFile, ...args], {
      env: environment(more),
      stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    });
    child.stdin?.end(input);
    return ended(child);
  };
  const ok = async (args: readonly string[], options?: RunOptions) => {
    const result = await run(args, options);
    if (result.code === 0) return result.stdout;
    throw new Error(`keyplane ${args.join(' ')} ended with ${result.code}: ${result.stderr}${result.stdout}`);
  };
  return {
    configFolder: join(folder, 'keyplane'),
    profilesFile: join(folder, 'keyplane', 'profiles.json'),
    run,
    ok,
    json: async (args, options) => JSON.parse(await ok([...args, '--json'], options)),
    inTerminal(args, dialogue, { settings: more } = {}) {
      const command = [process.execPath, mainFile, ...args].map(quoted).join(' ');
      // `script` gives its child a terminal and passes on what comes in; it ends with the child's code.
      const child = spawn('script', ['-qefc', command, '/dev/null'], {
        env: environment(more),
        stdio: ['pipe', 'pipe', 'pipe'],
      });
      return answering(child, dialogue);
    },
    start: (args) =>
      started(
        spawn(process.execPath, [mainFile, ...args], {
          env: environment({}),
          stdio: ['ignore', 'pipe', 'inherit'],
        }),
      ),
    close: () => rm(folder, { recursive: true, force: true }),
  };
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

function ended(child: ChildProcess): Promise<Result> {
  const said = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream]?.setEncoding('utf8').on('data', (text: string) => {
      said[stream] += text;
    });
  }
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, ...said })));
}

function started(child: ChildProcess): StartedCommand {
  let shown = '';
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    shown += text;
  });
  return {
    shows: (text) => until(() => text.test(shown), `the command shows ${text}`, 120_000),
    async end() {
      child.kill('SIGINT');
      await closed;
    },
  };
}

function answering(child: ChildProcess, dialogue: readonly Dialogue[]): Promise<Result> {
  const waiting = [...dialogue];
  let shown = '';
  child.stdout?.on('data', (text: string) => {
    shown += text;
    const [next] = waiting;
    if (!next?.after.test(shown)) return;
    waiting.shift();
    shown = '';
    child.stdin?.write(next.type);
    if (waiting.length === 0) child.stdin?.end();
  });
  return ended(child);
}
