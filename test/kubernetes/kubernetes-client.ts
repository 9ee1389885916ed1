// The client of kube-apiserver in a separate program (`client/main.go`): built once for a machine, where Go is installed and
// its modules can be had.

import { type SpawnOptions, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, renameSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { makeFolder } from '../support/make-folder.ts';

const source = join(import.meta.dirname, 'client');
/** Without a network it could wait for long. */
const fetchTimeoutMs = 300_000;
const files = ['main.go', 'go.mod', 'go.sum'];
/** The test has no repository around it where the sources are copied, and tests of others may set flags. */
const environment = { ...process.env, GOFLAGS: '-mod=readonly -buildvcs=false', GOWORK: 'off' };

export interface KubernetesClient {
  /** Undefined where it could not be made. */
  readonly program: string | undefined;
  readonly whyNot: string;
}

/** @throws Error where the modules are there and it does not compile */
export async function buildKubernetesClient(): Promise<KubernetesClient> {
  const version = await run('go', ['env', 'GOVERSION']).catch(() => undefined);
  if (version?.status !== 0) return { program: undefined, whyNot: 'Go is not installed' };
  const hash = createHash('sha256').update(version.output);
  for (const file of files) hash.update(readFileSync(join(source, file)));
  const { XDG_CACHE_HOME = join(homedir(), '.cache') } = process.env;
  const folder = join(XDG_CACHE_HOME, 'keyplane-tests');
  const program = join(folder, `kubernetes-client-${hash.digest('hex').slice(0, 16)}`);
  if (existsSync(program)) return { program, whyNot: '' };
  makeFolder(folder);
  const fetched = await run('go', ['mod', 'download'], fetchTimeoutMs);
  if (fetched.status !== 0)
    return { program: undefined, whyNot: `Go modules are missing: ${fetched.output}` };
  const built = `${program}.${process.pid}`;
  const { status, output } = await run('go', ['build', '-ldflags=-s -w', '-o', built, '.']);
  if (status !== 0) throw new Error(`the client does not compile: ${output}`);
  renameSync(built, program);
  return { program, whyNot: '' };
}

/** What `client/main.go` prints. */
export interface ClientResult {
  readonly maxTokenExpirationSeconds?: number;
  readonly dataIsFresh?: boolean;
  readonly keyIds?: readonly string[];
  readonly token?: string;
  readonly subject?: string;
  readonly failed?: string;
  readonly code?: string;
}

export async function askSigner(
  { program = '' }: KubernetesClient,
  socket: string,
  seconds: number,
): Promise<ClientResult> {
  const { output } = await run(program, [socket, String(seconds)]);
  // Log lines of kube-apiserver stand around it.
  const line = output.split('\n').find((one) => one.startsWith('{')) ?? output;
  return JSON.parse(line) as ClientResult;
}

function run(
  command: string,
  args: readonly string[],
  timeout?: number,
): Promise<{ readonly status: number | null; readonly output: string }> {
  const options: SpawnOptions = { cwd: source, env: environment, stdio: ['ignore', 'pipe', 'pipe'], timeout };
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, options);
    let output = '';
    for (const stream of [child.stderr, child.stdout]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
    }
    child.once('error', reject);
    child.once('close', (status) => resolve({ status, output }));
  });
}
