// What a node loads before its first request: every module that it does not need is memory of every node.

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from 'vitest';

const started = ['../../src/cli/processes/node.ts', '../../src/log.ts', '../../src/node/start-node.ts'];

const script = `
import { registerHooks } from 'node:module';
const loaded = [];
registerHooks({ load(url, context, next) { loaded.push(url); return next(url, context); } });
let formatters = 0;
for (const name of ['RelativeTimeFormat', 'DateTimeFormat', 'NumberFormat', 'Collator']) {
  Intl[name] = new Proxy(Intl[name], { construct(...args) { formatters += 1; return Reflect.construct(...args); } });
}
for (const url of process.argv.slice(1)) await import(url);
process.stdout.write(JSON.stringify({ loaded, builtIn: process.moduleLoadList, formatters }));
`;

let modules: {
  readonly loaded: readonly string[];
  readonly builtIn: readonly string[];
  readonly formatters: number;
};

beforeAll(async () => {
  const urls = started.map((file) => new URL(file, import.meta.url).href);
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '--eval', script, ...urls],
    { cwd: fileURLToPath(new URL('../..', import.meta.url)), maxBuffer: 16 * 1024 * 1024 },
  );
  modules = JSON.parse(stdout);
});

describe('a node that was started with none of its options', () => {
  test('loads neither operations nor the Kubernetes signer nor client commands', () => {
    expect(modules.loaded.some((url) => url.endsWith('/src/node/start-node.ts'))).toBe(true);
    const unwanted = /\/(start-operations|operations-server|grpc-server)\.ts$|\/src\/cli\/admin\/node\.ts$/;
    expect(modules.loaded.filter((url) => unwanted.test(url))).toEqual([]);
  });

  test('loads no package of the manager', () => {
    const unwanted = /\/node_modules\/(zod|kysely|fastify|pg|better-sqlite3|node-forge|ajv|undici)\//;
    expect(modules.loaded.some((url) => url.includes('/node_modules/ws/'))).toBe(true);
    expect(modules.loaded.filter((url) => unwanted.test(url))).toEqual([]);
  });

  test("loads neither Node's HTTP client nor HTTP/2, and creates no formatter of languages", () => {
    expect(modules.builtIn).toContain('NativeModule http');
    expect(modules.builtIn.filter((name) => /undici|NativeModule http2/.test(name))).toEqual([]);
    expect(modules.formatters).toBe(0);
  });
});
