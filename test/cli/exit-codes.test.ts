import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { exitCode } from '../../src/cli/failure.ts';
import { startHttpServer } from '../support/http-servers.ts';
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

const code = async (...args: string[]) => (await cli.run(args)).code;
const generate = ['jwk', 'generate', 'made', '--type', 'EC', '--curve', 'P-256'];

describe('the exit code', () => {
  test('is 5 if a change is stored and a node does not have it, and the output reports that', async () => {
    const result = await cli.run(generate);
    expect(result.code).toBe(5);
    expect(result.stdout).toContain('No node is registered in this environment');
    expect(result.stderr).toContain('The change is stored');
    expect(await code('jwk', 'get', 'made')).toBe(0);
  });

  test('is 1 if the manager rejects a request, with the error of the manager', async () => {
    const result = await cli.run(generate);
    expect(result).toMatchObject({ code: 1, stderr: expect.stringContaining('is already exist!') });
  });

  test('is 2 for an error that the command finds without the manager', async () => {
    expect(await code('jwk', 'lst')).toBe(2);
    expect(await code('jwk', 'list', '--nope')).toBe(2);
    expect(await code('jwk', 'generate', 'x')).toBe(2);
    expect(await code('jwk', 'create', 'x')).toBe(2);
    expect(await code('jwk', 'create', 'x', '--from-cert', 'a', '--from-key', 'b')).toBe(2);
    expect(await code('jwk', 'create', 'x', '--from-file', '/nowhere')).toBe(2);
    expect(await code('jwk', 'list', '--url', 'ftp://x')).toBe(2);
  });

  test('is 3 if no user is signed in, a token is no longer valid, or a role is missing', async () => {
    const run = (settings: Record<string, string>) =>
      cli.run(['jwk', 'list', '-p', 'MyProject'], { settings });
    expect((await run({ KEYPLANE_TOKEN: '' })).code).toBe(3);
    expect(await run({ KEYPLANE_TOKEN: 'kp_gone' })).toMatchObject({
      code: 3,
      stderr: 'keyplane: Invalid token: sign in with `keyplane login`\n',
    });
    const reader = await world.as('reader', { project: 'MyProject', roles: ['ROLE_MANAGE_PROXIES'] });
    expect(await run({ KEYPLANE_TOKEN: reader.token })).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('You do not have permission'),
    });
  });

  test('is 4 for a JWK, a material or a project that does not exist', async () => {
    expect(await code('jwk', 'get', 'nobody')).toBe(4);
    expect(await code('jwk', 'delete', 'nobody', '--yes')).toBe(4);
    expect(await code('keystore', 'get', 'nobody')).toBe(4);
    expect(await code('jwk', 'list', '--project', 'Nowhere')).toBe(4);
  });

  test('is 6 where no manager answers', async () => {
    expect(await code('project', 'list', '--url', 'http://127.0.0.1:1')).toBe(6);
    const busy = await startHttpServer((_request, response) => response.writeHead(502).end());
    expect(await code('project', 'list', '--url', busy.origin)).toBe(6);
    await busy.close();
  });

  test('goes with an error that a program can read, where it asked for JSON', async () => {
    const { stdout, stderr } = await cli.run(['jwk', 'get', 'nobody', '--json']);
    expect(stdout).toBe('');
    expect(JSON.parse(stderr)).toMatchObject({
      error: 'bad_request',
      error_description: 'JWK (name: nobody) is not found!',
    });
  });

  test('is the one that docs/cli.md documents', async () => {
    const page = await readFile(join(import.meta.dirname, '../../docs/cli.md'), 'utf8');
    const listed = [...page.matchAll(/^\| `(\d+)` \|/gm)].map(([, number]) => Number(number));
    expect(listed).toEqual(Object.values(exitCode));
  });
});
