import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { commandGroups } from '../../src/cli/command-table.ts';
import { startTestManager, type TestManager } from '../support/manager.ts';
import { type CommandLine, commandLine } from './support/command-line.ts';

let world: TestManager;
let cli: CommandLine;
beforeAll(async () => {
  world = await startTestManager({ environments: ['production'] });
  cli = await commandLine({ KEYPLANE_URL: world.url, KEYPLANE_TOKEN: world.api.token });
});
afterAll(async () => {
  await cli.close();
  await world.close();
});

interface Described {
  readonly paths: Record<string, Record<string, { readonly operationId: string }>>;
}

describe('keyplane api', () => {
  test('reaches every operation of openapi.json, by its method and path', async () => {
    const text = await readFile(join(import.meta.dirname, '../../openapi.json'), 'utf8');
    const { paths } = JSON.parse(text) as Described;
    const described = Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(
        ([method, { operationId }]) => `${operationId} ${method.toUpperCase()} ${path}`,
      ),
    );
    const lines = (await cli.ok(['api', '--list'])).trim().split('\n').slice(1);
    const reached = lines.map((line) => line.split(/ {2,}/).slice(0, 3).join(' '));
    expect(described.length).toBeGreaterThan(60);
    expect(reached.sort()).toEqual(described.sort());
  });

  test('calls an operation with parameters of path and query and a body, and prints the answer', async () => {
    const body = { name: 'of-api', type: 'EC', ec: { curveType: 'P256' } };
    const file = join(world.dataDir, 'body.json');
    await writeFile(file, JSON.stringify(body));
    const made = await cli.run([
      'api',
      'generateJwk',
      '--param',
      'projectName=MyProject',
      '--body',
      `@${file}`,
    ]);
    expect(made.code).toBe(5);
    expect(JSON.parse(made.stdout)).toHaveProperty('deploymentResult.success', false);
    const listed = await cli.ok(['api', 'listJwks', '--param', 'projectName=MyProject', '--param', 'size=1']);
    expect(JSON.parse(listed)).toMatchObject({ resultCount: 1, resultList: [{ name: 'of-api' }] });
    const args = ['api', 'createProject', '--body', '-'];
    await cli.ok(args, { input: '{"name": "Piped"}' });
  });

  test('sends forms with files, and signs in without a token', async () => {
    const file = join(world.dataDir, 'uploaded.json');
    await writeFile(file, '{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}');
    const upload = ['--field', 'jwkName=uploaded', '--field', `jwkFile=@${file}`];
    expect(
      (await cli.run(['api', 'importJwkFile', '--param', 'projectName=MyProject', ...upload])).code,
    ).toBe(5);
    const password = join(world.dataDir, 'password.txt');
    await writeFile(password, 'correct horse battery\n');
    const fields = ['grant_type=client_credentials', 'client_id=admin', `client_secret=@${password}`];
    const form = fields.flatMap((field) => ['--field', field]);
    const signedIn = await cli.ok(['api', 'signIn', ...form], { settings: { KEYPLANE_TOKEN: '' } });
    expect(JSON.parse(signedIn)).toMatchObject({ token_type: 'Bearer' });
  });

  test('reaches paths outside the API', async () => {
    expect(JSON.parse(await cli.ok(['api', 'openapi']))).toHaveProperty('openapi', '3.1.0');
    expect(await cli.ok(['api', 'metrics'])).toContain('# HELP');
    expect(await cli.ok(['api', 'health'])).not.toBe('');
    expect(await cli.ok(['api', 'readiness'])).not.toBe('');
  });

  test.each([
    [['api'], 'An operation is required'],
    [['api', 'toString'], 'Operation toString does not exist'],
    [['api', 'getJwk', '--param', 'projectName=MyProject'], '--param jwkName=… is required'],
    [['api', 'listProjects', '--param', 'pag=1'], 'Parameter pag does not exist. Parameters: page'],
    [['api', 'listProjects', '--body', '{}'], 'This operation takes no body'],
    [['api', 'createProject', '--body', '{'], '--body is not valid JSON'],
    [['api', 'signIn', '--body', '{}'], 'use --field'],
    [['api', 'createProject', '--field', 'a=b'], 'use --body'],
  ])('refuses %j before anything is sent', async (args, says) => {
    expect(await cli.run(args)).toMatchObject({ code: 2, stderr: expect.stringContaining(says) });
  });
});

/** Every command that does something, with the words that choose it. */
async function leaves(): Promise<readonly (readonly [words: string, command: Command])[]> {
  const found: [string, Command][] = [];
  const walk = (command: Command, words: string) => {
    if (command.commands.length === 0) found.push([words, command]);
    for (const verb of command.commands) walk(verb, `${words} ${verb.name()}`.trim());
  };
  for (const { rows } of commandGroups) {
    for (const row of rows) {
      for (const args of [[row.name], [row.name, 'list']]) {
        const program = new Command('keyplane');
        (await row.load(args))(program);
        walk(program, '');
      }
    }
  }
  return found;
}

describe('help', () => {
  test('of every command has its summary and examples', async () => {
    const all = await leaves();
    expect(all.length).toBeGreaterThan(70);
    for (const [words, command] of all) {
      expect(command.description(), words).not.toBe('');
      const shown: string[] = [];
      command.configureOutput({ writeOut: (text) => shown.push(text) }).outputHelp();
      expect(shown.join(''), words).toContain(`Examples:\n  $ keyplane ${words}`);
    }
  });

  test('lists every command in one line with the summary of that command', async () => {
    for (const { rows } of commandGroups) {
      for (const row of rows.filter(({ name }) => name !== 'node')) {
        const program = new Command('keyplane');
        (await row.load([row.name]))(program);
        expect(program.commands.map((one) => [one.name(), one.description()])).toEqual([
          [row.name, row.summary],
        ]);
      }
    }
  });

  test('is printed for a command and a subcommand, with code 0', async () => {
    expect(await cli.ok(['jwk', '--help'])).toContain('deployment');
    expect(await cli.ok(['help', 'jwk'])).toContain('deployment');
    expect(await cli.ok(['jwk', 'create', '--help'])).toContain('--from-file <FILE>');
    expect(await cli.ok(['node', 'list', '--help'])).toContain('node list production');
    expect(await cli.ok(['--help'])).toContain('Administration:');
  });
});
