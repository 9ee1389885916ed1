// PyJWT's client of remote JWK Sets in a process of its own.

import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { findPythonPackages, pythonEnvironment } from '../../support/python-packages.ts';
import type { CachingVerifier, Verdict } from './caching-verifiers.ts';

/** Where its packages are; undefined if there is no Python, or none that can have them. */
export function findPyJwt(): string | undefined {
  return findPythonPackages({
    imports: 'import cryptography; from jwt.exceptions import PyJWKClientConnectionError',
    requirements: ['PyJWT==2.15.1', 'cryptography==50.0.2'],
  });
}

/**
 * Each set is kept for the whole lifespan, which counts from its request as with every verifier here; a token without a
 * signing key in it makes the client fetch the set again.
 */
const program = `
import json, sys, time, jwt
from jwt import PyJWKClient
from jwt.exceptions import PyJWKClientConnectionError
urls, lifespan, leeway = json.loads(sys.argv[1])
class Client(PyJWKClient):
    def get_jwk_set(self, refresh=False):
        requested = time.monotonic()
        before = self.jwk_set_cache.jwk_set_with_timestamp
        try:
            keys = super().get_jwk_set(refresh)
        except (OSError, ValueError) as error:
            # A node that is killed while it answers has not answered.
            raise PyJWKClientConnectionError(str(error)) from error
        kept = self.jwk_set_cache.jwk_set_with_timestamp
        if kept is not before:
            kept.timestamp = requested
            if time.monotonic() > requested + lifespan:
                raise PyJWKClientConnectionError("the set was on the way for too long")
        return keys
clients = [Client(url, cache_jwk_set=True, lifespan=lifespan, timeout=10) for url in urls]
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
  /** The first that responds is used. */
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
