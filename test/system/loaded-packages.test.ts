// What a process has loaded by the time that it is ready: packages that only some requests need would take megabytes of
// every manager and node.

import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { childEnvironment } from '../../src/config.ts';
import { enrollmentTokenText } from '../../src/protocol/enrollment-token.ts';

const mainFile = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
/** Of no installation. */
const token = enrollmentTokenText(randomBytes(32), randomBytes(32).toString('base64url'));
/** Says of each module that it is loaded. */
const watcher = `data:text/javascript,${encodeURIComponent(`
  import { writeSync } from 'node:fs';
  import { registerHooks } from 'node:module';
  process.on('SIGUSR2', () => writeSync(2, 'internals ' + process.moduleLoadList.join(' ') + '\\n'));
  registerHooks({ load(url, context, next) { writeSync(2, 'loaded ' + url + '\\n'); return next(url, context); } });
`)}`;

/** Node's own HTTP client, which the global fetch and WebSocket use. */
const builtInClient = 'deps/undici/undici';

/** Names of the packages, sorted, and of that client of Node.js. */
async function packagesOf(command: readonly string[]): Promise<readonly string[]> {
  const dataDir = await mkdtemp(join(tmpdir(), 'keyplane-test-'));
  const child = spawn(process.execPath, ['--import', watcher, mainFile, ...command, '--data-dir', dataDir], {
    env: childEnvironment({ KEYPLANE_NODE_TOKEN: token }),
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = new Promise((resolve) => child.once('close', resolve));
  onTestFinished(async () => {
    child.kill();
    await ended;
    await rm(dataDir, { recursive: true, force: true });
  });
  let said = '';
  for await (const text of child.stderr.setEncoding('utf8')) {
    said += text;
    if (/^internals .*\n/m.test(said)) break;
    if (/ is ready: http/.test(said)) child.kill('SIGUSR2');
  }
  expect(said).toMatch(/^internals .*\n/m);
  const names = said.matchAll(/^loaded \S*\/node_modules\/((?:@[^/]+\/)?[^/\s]+)/gm);
  const packages = [...new Set([...names].map(([, name]) => name ?? ''))].sort();
  return said.includes(builtInClient) ? [...packages, builtInClient] : packages;
}

test('a manager that is asked for nothing yet has loaded nothing that waits for a request', async () => {
  const packages = await packagesOf(['serve', '--port', '0']);
  expect(packages).toEqual(expect.arrayContaining(['better-sqlite3', 'fastify', 'zod']));
  const later = ['@fastify/swagger', 'ajv', 'fflate', 'node-forge', 'pg', 'undici', 'yaml', builtInClient];
  expect(packages.filter((name) => later.includes(name))).toEqual([]);
});

test('a node loads no package of the manager alone, and no HTTP client', async () => {
  const place = ['--manager', 'http://127.0.0.1:9', '--environment', 'e', '--name', 'n', '--port', '0'];
  expect(await packagesOf(['node', ...place])).toEqual(expect.arrayContaining(['prom-client', 'ws']));
  const managers = ['better-sqlite3', 'fastify', 'kysely', 'zod', builtInClient];
  expect((await packagesOf(['node', ...place])).filter((name) => managers.includes(name))).toEqual([]);
});
