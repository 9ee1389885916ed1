import { execFile } from 'node:child_process';
import { readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { apiOf } from '../support/manager.ts';
import { eventually } from './support/eventually.ts';
import { endAllProcesses, type KeyplaneProcess, keyplane } from './support/keyplane-process.ts';
import { closed, freePorts, isFree, listening } from './support/ports.ts';
import { removeTemporaryFolders, temporaryFolder } from './support/temporary-folder.ts';

interface Printed {
  readonly console: string;
  readonly production: string;
  readonly staging: string;
  readonly token: string;
  /** The first command, as it would be pasted. */
  readonly create: string;
  /** The addresses of the operations, in the order of the environments. */
  readonly operations: readonly string[];
  /** The two commands that sign and verify. */
  readonly signAndVerify: string;
  readonly demoToken: string;
  readonly exampleName: string;
}

let port: number;
let dataDir: string;
beforeAll(async () => {
  port = await freePorts(5);
  dataDir = join(await temporaryFolder(), 'data');
});
afterAll(async () => {
  await endAllProcesses();
  await removeTemporaryFolders();
});

let running: KeyplaneProcess;

async function start(): Promise<Printed> {
  running = keyplane(['quickstart', '--data-dir', dataDir, '--port', String(port)], { channel: true });
  await running.says(/Ctrl\+C/);
  const text = running.stdout();
  const [, consoleUrl = ''] = /Console +(\S+)/.exec(text) ?? [];
  const [, production = ''] = /production +(\S+)/.exec(text) ?? [];
  const [, staging = ''] = /staging +(\S+)/.exec(text) ?? [];
  const [, token = ''] = /API token +(\S+)/.exec(text) ?? [];
  const [create = ''] = /^curl -X POST[\s\S]*?'\n/m.exec(text) ?? [];
  const [, exampleName = ''] = /"name":"([^"]+)"/.exec(create) ?? [];
  const operations = [...text.matchAll(/^ +Operations +(\S+) +\(\w+\)$/gm)].map(([, at = '']) => at);
  const [signAndVerify = ''] = /^JWS=[\s\S]*?(?=\n\nOr )/m.exec(text) ?? [];
  const [, demoToken = ''] = /Bearer (kpa_\S+)'/.exec(signAndVerify) ?? [];
  return {
    console: consoleUrl,
    production,
    staging,
    token,
    create,
    operations,
    signAndVerify,
    demoToken,
    exampleName,
  };
}

/** Runs what was printed in a shell, as a person who pastes it. */
async function paste(command: string): Promise<unknown> {
  const { stdout } = await promisify(execFile)('sh', [
    '-c',
    `${command.trimEnd()} --silent --fail-with-body`,
  ]);
  return JSON.parse(stdout);
}

const deployed = {
  success: true,
  deploymentResult: {
    success: true,
    message: 'Deployment completed successfully',
    environmentResults: [
      { environmentName: 'production', success: true, message: 'Deployed successfully' },
      { environmentName: 'staging', success: true, message: 'Deployed successfully' },
    ],
  },
};

async function keysOf(address: string): Promise<string[]> {
  const { keys } = (await (await fetch(address)).json()) as { keys: { kid: string }[] };
  return keys.map(({ kid }) => kid).sort();
}

async function accessUrls(token: string): Promise<Record<string, string>> {
  const { body } = await apiOf(`http://127.0.0.1:${port}`, token)('GET', '/apiops/environments/');
  const environments = body.resultList as { name: string; accessUrl: string }[];
  return Object.fromEntries(environments.map(({ name, accessUrl }) => [name, accessUrl]));
}

/** Process of a node, out of the lock on its data directory. */
async function processOf(environment: string): Promise<number | undefined> {
  const path = join(dataDir, 'nodes', `${environment}-1`, 'node.lock');
  const lock = await readlink(path).catch(() => undefined);
  return lock === undefined ? undefined : Number.parseInt(lock, 10);
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function expectNothingLeft(): Promise<void> {
  for (const own of [port, port + 1, port + 2]) expect(await isFree(own), `port ${own} is free`).toBe(true);
}

describe('npm start, on a machine that has never seen keyplane', () => {
  let first: Printed;
  let printed: Printed;

  test('prints where everything is and a curl that, pasted, makes a JWK live on both nodes', async () => {
    first = await start();
    expect(first).toMatchObject({
      console: `http://127.0.0.1:${port}/`,
      production: `http://127.0.0.1:${port + 1}/.well-known/jwks.json`,
      staging: `http://127.0.0.1:${port + 2}/.well-known/jwks.json`,
      exampleName: 'my-jwk',
    });
    expect((await fetch(first.console)).status).toBe(200);
    expect(await paste(first.create)).toEqual(deployed);
    const onProduction = await keysOf(first.production);
    // The one that was created, and two of the key ring.
    expect(onProduction).toHaveLength(3);
    expect(await keysOf(first.staging)).toEqual(onProduction);
    expect(running.stderr(), 'nothing to worry about is printed').toBe('');
  });

  test('prints commands that, pasted, sign at one node and verify at the other', async () => {
    expect(first.operations).toEqual([`http://127.0.0.1:${port + 3}`, `http://127.0.0.1:${port + 4}`]);
    const { stdout } = await promisify(execFile)('sh', ['-c', first.signAndVerify]);
    expect(JSON.parse(stdout)).toMatchObject({ valid: true, keyState: 'ACTIVE', claims: { sub: 'ada' } });
    const api = apiOf(`http://127.0.0.1:${port}`, first.token);
    const { body } = await api('GET', '/apiops/projects/MyProject/applications/demo/');
    const [{ expiresAt, grants }] = body.resultList;
    expect(Date.parse(expiresAt) - Date.now()).toBeLessThanOrEqual(24 * 3600 * 1000);
    expect(grants).toEqual([{ keyRingName: 'demo-signing', operations: ['SIGN', 'VERIFY'] }]);
  });

  test('gives the environments the addresses of their nodes, for the addresses of JWK Sets in the console', async () => {
    const addresses = await accessUrls(first.token);
    expect(addresses).toEqual({
      production: `http://127.0.0.1:${port + 1}`,
      staging: `http://127.0.0.1:${port + 2}`,
    });
    const api = apiOf(`http://127.0.0.1:${port}`, first.token);
    const change = { description: 'mine', accessUrl: 'https://keys.example' };
    expect((await api('PUT', '/apiops/environments/staging/', change)).status).toBe(200);
    const stale = { description: 'mine too', accessUrl: 'http://127.0.0.1:9' };
    expect((await api('PUT', '/apiops/environments/production/', stale)).status).toBe(200);
  });

  test('ends with code 0 on SIGINT and leaves nothing behind', async () => {
    expect(await running.stop('SIGINT')).toEqual({ code: 0, signal: null });
    await expectNothingLeft();
  });

  test('finds all its data at the next start, takes the first token still, and prints a curl that works again', async () => {
    const startedAt = performance.now();
    printed = await start();
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    console.info(`a further start over the same data was ready after ${seconds} s`);
    expect(printed.exampleName).toBe('my-jwk-2');
    expect(await accessUrls(first.token)).toEqual({
      production: `http://127.0.0.1:${port + 1}`,
      staging: 'https://keys.example',
    });
    expect(printed.token).not.toBe(first.token);
    expect(await keysOf(printed.production)).toHaveLength(3);
    const { stdout } = await promisify(execFile)('sh', ['-c', printed.signAndVerify]);
    expect(JSON.parse(stdout)).toMatchObject({ valid: true });
    const old = printed.signAndVerify.replaceAll(printed.demoToken, first.demoToken);
    const withOld = await promisify(execFile)('sh', ['-c', old]);
    expect(JSON.parse(withOld.stdout)).toMatchObject({ error: 'unauthorized_client' });
    const api = apiOf(`http://127.0.0.1:${port}`, first.token);
    const { body } = await api('GET', '/apiops/projects/MyProject/jwks/');
    const names = body.resultList.map(({ name }: { name: string }) => name);
    expect(names).toEqual(['demo-signing.1', 'demo-signing.2', 'my-jwk']);
    expect(await paste(printed.create)).toEqual(deployed);
    expect(await keysOf(printed.staging)).toHaveLength(4);
    expect(running.stdout()).not.toContain('shown once');
  });

  test('starts a node again that was killed, which serves what it had', async () => {
    const before = await keysOf(printed.production);
    const victim = (await processOf('production')) ?? 0;
    process.kill(victim, 'SIGKILL');
    await eventually(
      async () => ![victim, undefined].includes(await processOf('production')),
      'another node is there',
    );
    await eventually(async () => !(await isFree(port + 1)), 'it serves');
    expect(await keysOf(printed.production)).toEqual(before);
  });

  test('ends with code 0 on SIGTERM', async () => {
    expect(await running.stop('SIGTERM')).toEqual({ code: 0, signal: null });
    await expectNothingLeft();
  });

  test('takes its nodes along when it is killed outright', async () => {
    await start();
    const nodes = [await processOf('production'), await processOf('staging')];
    expect(nodes.every((pid) => pid !== undefined && isRunning(pid))).toBe(true);
    process.kill(running.pid, 'SIGKILL');
    await eventually(() => !nodes.some((pid) => isRunning(pid ?? 0)), 'the nodes end');
    await expectNothingLeft();
  });

  test('names the port that is in use if a node cannot have its own, and leaves no process running', async () => {
    const squatter = await listening(port + 2);
    const failing = keyplane(['quickstart', '--data-dir', dataDir, '--port', String(port)], {
      channel: true,
    });
    expect(await failing.ended).toEqual({ code: 1, signal: null });
    const line = `^keyplane: KEYPLANE_PORT is ${port}, and the nodes take the next two ports: .* ${port + 2} .*\n$`;
    expect(failing.stderr()).toMatch(new RegExp(line));
    if (squatter) await closed(squatter);
    await expectNothingLeft();
  });

  test('starts a node without operations where their port is not free, and says so in one line', async () => {
    const squatter = await listening(port + 3);
    const started = await start();
    // Another pipe than the one with the line that says it is ready.
    await eventually(() => running.stderr().endsWith('\n'), 'the line is there');
    expect(running.stderr()).toBe(
      `keyplane: port ${port + 3} is not free: the node of production starts without operations\n`,
    );
    expect(started.operations).toEqual([`http://127.0.0.1:${port + 4}`]);
    expect(await running.stop('SIGINT')).toEqual({ code: 0, signal: null });
    if (squatter) await closed(squatter);
  });

  test('ends cleanly when it is stopped before it is ready', async () => {
    running = keyplane(['quickstart', '--data-dir', dataDir, '--port', String(port)]);
    await eventually(async () => !(await isFree(port)), 'the manager listens');
    expect(await running.stop('SIGINT')).toEqual({ code: 0, signal: null });
    await expectNothingLeft();
  });
});
