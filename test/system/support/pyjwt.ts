// PyJWT's client of remote JWK Sets in a process of its own: the Python that has it already, or the published wheels, which
// are kept for later runs.

import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { CachingVerifier, Verdict } from './caching-verifiers.ts';

const requirements = ['PyJWT==2.15.1', 'cryptography==50.0.2'];

/** Where its packages are; undefined if there is no Python, or none that can have them. */
export function findPyJwt(): string | undefined {
  const { XDG_CACHE_HOME = join(homedir(), '.cache') } = process.env;
  if (imports('')) return '';
  const kept = join(XDG_CACHE_HOME, 'keyplane-tests', requirements.join('-').replaceAll('==', '-'));
  try {
    if (!existsSync(kept)) fetchInto(kept);
  } catch {
    // A cache that cannot be written is the same as none.
  }
  return imports(kept) ? kept : undefined;
}

function imports(packages: string): boolean {
  const code = 'import jwt, cryptography';
  return spawnSync('python3', ['-c', code], { env: pythonEnvironment(packages) }).status === 0;
}

function pythonEnvironment(packages: string): NodeJS.ProcessEnv {
  return { ...process.env, ...(packages !== '' && { PYTHONPATH: packages }) };
}

function fetchInto(kept: string): void {
  const cache = join(kept, '..');
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'fetched-'));
  try {
    const target = join(folder, 'target');
    const quick = ['--quiet', '--disable-pip-version-check', '--retries', '1', '--timeout', '15'];
    const install = ['-m', 'pip', 'install', ...quick, '--only-binary', ':all:', '--target', target];
    const { status } = spawnSync('python3', [...install, ...requirements], { timeout: 240_000 });
    // Another run may have been quicker.
    if (status === 0 && !existsSync(kept)) renameSync(target, kept);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Each set is kept for the whole lifespan; a token without a signing key in it makes the client fetch the set again. */
const program = `
import json, sys, jwt
from jwt import PyJWKClient
from jwt.exceptions import PyJWKClientConnectionError
urls, lifespan, leeway = json.loads(sys.argv[1])
clients = [PyJWKClient(url, cache_jwk_set=True, lifespan=lifespan, timeout=10) for url in urls]
def look(token, timed):
    for client in clients:
        try:
            key = client.get_signing_key_from_jwt(token)
        except PyJWKClientConnectionError:
            continue
        jwt.decode(token, key, algorithms=["ES256"], leeway=leeway, options={"verify_exp": timed, "verify_iat": timed})
        return "accepted"
    return "unreachable"
for line in sys.stdin:
    token, timed = json.loads(line)
    try:
        answer = look(token, timed)
    except Exception as error:
        answer = type(error).__name__ + ": " + str(error)
    print(json.dumps(answer), flush=True)
`;

export interface PyJwtOptions {
  readonly packages: string;
  /** The first that answers is asked. */
  readonly urls: readonly string[];
  readonly lifespanSeconds: number;
  readonly leewaySeconds: number;
}

/** The verdict is by its own clock, or, of tokens whose time does not matter, by key and signature alone. */
export function startPyJwt({
  packages,
  urls,
  lifespanSeconds,
  leewaySeconds,
}: PyJwtOptions): CachingVerifier {
  const order = JSON.stringify([urls, lifespanSeconds, leewaySeconds]);
  const child = spawn('python3', ['-c', program, order], {
    env: pythonEnvironment(packages),
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const waiting: ((answer: string) => void)[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => waiting.shift()?.(JSON.parse(line)));
  child.once('close', () => {
    for (const answer of waiting.splice(0)) answer('unreachable');
  });
  return {
    name: 'PyJWT',
    verify: (token, { timed }) =>
      new Promise<Verdict>((resolve) => {
        waiting.push((answer) => resolve(verdictOf(answer)));
        child.stdin.write(`${JSON.stringify([token, timed])}\n`);
      }),
    close: () => {
      child.kill('SIGKILL');
    },
  };
}

function verdictOf(answer: string): Verdict {
  if (answer === 'accepted') return { type: 'ACCEPTED' };
  if (answer === 'unreachable') return { type: 'UNREACHABLE' };
  return { type: 'REFUSED', why: answer };
}
