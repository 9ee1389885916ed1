import { spawn } from 'node:child_process';

export interface PrintedCommand {
  /** Standard error until it was ready. */
  readonly said: string;
  /** Ends it with all processes that it started. */
  stop(): Promise<void>;
}

/** Runs a command as keyplane prints it, in a shell, until it logs that it is ready. @throws Error if it ends before */
export async function printedCommand(
  command: string,
  { cwd, env, ready }: { readonly cwd: string; readonly env: NodeJS.ProcessEnv; readonly ready: RegExp },
): Promise<PrintedCommand> {
  // A separate process group, so that a signal reaches what the shell and npm start.
  const child = spawn('sh', ['-c', command], {
    cwd,
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
  });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  let said = '';
  await new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    void ended.then(() => reject(new Error(`${command} ended: ${said}`)));
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      if (ready.test(said)) resolve();
    });
  });
  return {
    said,
    async stop() {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGTERM');
      await ended;
    },
  };
}
