import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { operationsFile } from '../../clients/typescript/generate/operations-text.ts';
import { schemasFile } from '../../clients/typescript/generate/schemas-text.ts';
import { startTestManager, type TestManager } from '../support/manager.ts';

const packageFolder = fileURLToPath(new URL('../../clients/typescript/', import.meta.url));
const root = fileURLToPath(new URL('../../', import.meta.url));

let folder: string;
let world: TestManager;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keyplane-client-'));
  world = await startTestManager({ projects: ['MyProject'], environments: ['production'] });
});
afterAll(async () => {
  await world.close();
  await rm(folder, { recursive: true, force: true });
});

test("its operations and schemas are those of the API's description", async () => {
  const api = JSON.parse(await readFile(join(root, 'openapi.json'), 'utf8'));
  for (const [name, text] of [
    ['operations.ts', operationsFile(api)],
    ['schemas.ts', schemasFile(api)],
  ] as const) {
    const committed = await readFile(join(packageFolder, 'src', name), 'utf8');
    const made = spawnSync(
      'biome',
      ['check', '--write', `--stdin-file-path=clients/typescript/src/${name}`],
      {
        cwd: root,
        input: text,
        encoding: 'utf8',
      },
    );
    expect(made.stdout.length).toBeGreaterThan(10_000);
    // Compared as a whole, but not shown as a whole.
    expect(made.stdout === committed, `\`npm run client\` was not run: ${name}`).toBe(true);
  }
});

test('its package builds, and the example of its README runs and prints its documented output', async () => {
  const built = join(folder, 'package');
  const tsc = spawnSync('tsc', ['-p', packageFolder, '--outDir', join(built, 'dist')], { encoding: 'utf8' });
  expect(tsc.stdout).toBe('');
  await writeFile(join(built, 'package.json'), await readFile(join(packageFolder, 'package.json')));
  const modules = join(folder, 'node_modules');
  spawnSync('mkdir', ['-p', modules]);
  await symlink(built, join(modules, 'keyplane-client'));
  const readme = await readFile(join(packageFolder, 'README.md'), 'utf8');
  const [, example = ''] = /```ts\n([\s\S]*?)```/.exec(readme) ?? [];
  const program = join(folder, 'example.mjs');
  await writeFile(program, example);
  const env = { ...process.env, KEYPLANE_URL: world.url, KEYPLANE_TOKEN: world.api.token };
  const { stdout } = await promisify(execFile)(process.execPath, [program], { env });
  const lines = stdout.trim().split('\n');
  expect(lines[0]).toBe('production: No node is registered in this environment');
  expect(lines[1]).toMatch(/^orders-signing EC \S+$/);
  expect(lines[2]).toBe('bad_request JWK (name: no-such-key) is not found!');
  expect(lines).toHaveLength(3);
});
