// Envoy with the file of docs/relying-parties.md, beside a real node.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { exportJWK, generateKeyPair, importJWK, type JWK, SignJWT } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { blocksOf } from '../docs/support/page.ts';
import { findEnvoy } from './support/envoy.ts';
import { eventually } from './support/eventually.ts';
import { endAllProcesses, type ServeProcess } from './support/keyplane-process.ts';
import { freePorts } from './support/ports.ts';
import { removeTemporaryFolders, temporaryFolder } from './support/temporary-folder.ts';
import { jwksPath, made, startWorld, type World } from './support/world.ts';

const envoy = findEnvoy();
if (envoy === undefined)
  console.info('Envoy is not tried here: it is neither on the path nor can it be fetched');

let world: World;
let node: ServeProcess;
let folder: string;
let running: ChildProcess | undefined;
let address: string;
let second: JWK;

async function generated(name: string): Promise<JWK> {
  await made(world.api, `${jwksPath}generate`, { name, type: 'EC', kid: name, ec: { curveType: 'P256' } });
  const { body } = await world.api('GET', `${jwksPath}${name}/export-file/`);
  return body.keys[0];
}

async function tokenOf(jwk: JWK, claims: { issuer?: string; audience?: string } = {}): Promise<string> {
  const { issuer = 'https://issuer.example.com', audience = 'orders' } = claims;
  return new SignJWT({})
    .setProtectedHeader({ alg: 'ES256', kid: jwk.kid ?? '' })
    .setIssuer(issuer)
    .setAudience(audience)
    .setExpirationTime('1h')
    .sign(await importJWK(jwk, 'ES256'));
}

async function anotherKey(kid: string): Promise<JWK> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  return { ...(await exportJWK(privateKey)), kid };
}

/** The status of Envoy's answer; 0 while it does not listen. */
async function asked(token?: string): Promise<number> {
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
  return fetch(address, { headers }).then(
    async (answer) => {
      await answer.arrayBuffer();
      return answer.status;
    },
    () => 0,
  );
}
const logged = () => readFileSync(join(folder, 'envoy.log'), 'utf8');
const becomes = (status: number, token: string) =>
  eventually(async () => {
    if (running?.exitCode !== null) throw new Error(`Envoy has ended: ${logged()}`);
    return (await asked(token)) === status;
  }, `Envoy answers ${status}`);

function documented(file: string): string {
  const block = blocksOf('docs/relying-parties.md').find((one) => one.file === file);
  if (!block) throw new Error(`docs/relying-parties.md has no ${file}`);
  return `${block.text}\n`;
}

/** With ports of this test, and asking again each second. */
async function configured(): Promise<string> {
  const port = await freePorts(1);
  address = `http://127.0.0.1:${port}/`;
  return documented('envoy.yaml')
    .replaceAll('8093', String(port))
    .replaceAll('8081', new URL(node.url).port)
    .replace('cache_duration: 300s', 'cache_duration: 1s');
}

function start(configuration: string): void {
  writeFileSync(join(folder, 'envoy.yaml'), configuration);
  const log = openSync(join(folder, 'envoy.log'), 'a');
  const quiet = ['--use-dynamic-base-id', '--concurrency', '1', '--log-level', 'warning'];
  running = spawn(envoy ?? '', ['-c', 'envoy.yaml', ...quiet], { cwd: folder, stdio: ['ignore', log, log] });
}

describe.skipIf(envoy === undefined)('Envoy, configured as documented,', () => {
  beforeAll(async () => {
    world = await startWorld();
    folder = await temporaryFolder();
    node = await world.startNode('n1');
    await world.connected('n1');
    second = await generated('api-2');
  });
  afterEach(async () => {
    if (running?.exitCode === null && running.signalCode === null) {
      const ended = once(running, 'exit');
      running.kill('SIGKILL');
      await ended;
    }
    running = undefined;
  });
  afterAll(async () => {
    await endAllProcesses();
    await removeTemporaryFolders();
  });

  const refusesOthers = async (kid: string) => {
    expect(await asked(), 'no token').toBe(401);
    expect(await asked(await tokenOf(await anotherKey(kid))), 'another key under the kid').toBe(401);
    expect(await asked(await tokenOf(await anotherKey('unknown'))), 'an unknown kid').toBe(401);
    const otherIssuer = await tokenOf(second, { issuer: 'https://other.example.com' });
    expect(await asked(otherIssuer), 'another issuer').toBe(401);
    expect(await asked(await tokenOf(second, { audience: 'stock' })), 'another audience').toBe(403);
  };

  test('fetches the set of a project: keys of keyplane are accepted until they go, others are refused', async () => {
    const first = await generated('api-1');
    start(await configured());
    const token = await tokenOf(first);
    await becomes(200, token);
    await refusesOthers('api-1');
    await world.api('DELETE', `${jwksPath}api-1/`);
    await becomes(401, token);
    expect(await asked(await tokenOf(second))).toBe(200);
    await becomes(200, await tokenOf(await generated('api-3')));
  });
});
