// Envoy in a separate folder, with a configuration of a documentation page.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { blocksOf } from '../../docs/support/page.ts';

export function documentedFile(page: string, file: string): string {
  const block = blocksOf(page).find((one) => one.file === file);
  if (!block) throw new Error(`${page} has no ${file}`);
  return `${block.text}\n`;
}

export class RunningEnvoy {
  readonly #folder: string;
  #process: ChildProcess | undefined;

  constructor(folder: string) {
    this.#folder = folder;
  }

  start(program: string, configuration: string): void {
    writeFileSync(join(this.#folder, 'envoy.yaml'), configuration);
    const log = openSync(join(this.#folder, 'envoy.log'), 'a');
    const quiet = ['--use-dynamic-base-id', '--concurrency', '1', '--log-level', 'warning'];
    const stdio = ['ignore', log, log] as const;
    this.#process = spawn(program, ['-c', 'envoy.yaml', ...quiet], { cwd: this.#folder, stdio: [...stdio] });
  }

  get log(): string {
    return readFileSync(join(this.#folder, 'envoy.log'), 'utf8');
  }

  /** @throws Error with its log, where it has ended */
  requireRunning(): void {
    if (this.#process?.exitCode !== null) throw new Error(`Envoy has ended: ${this.log}`);
  }

  async stop(): Promise<void> {
    if (this.#process?.exitCode !== null) return;
    const ended = once(this.#process, 'exit');
    this.#process.kill('SIGKILL');
    await ended;
  }
}
