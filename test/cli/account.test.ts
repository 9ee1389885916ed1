import { chmod, readFile, stat, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startHttpServer } from '../support/http-servers.ts';
import { startTestManager, type TestManager } from '../support/manager.ts';
import { type CommandLine, commandLine } from './support/command-line.ts';

const password = 'correct horse battery';
let world: TestManager;
let cli: CommandLine;
beforeAll(async () => {
  world = await startTestManager({ environments: ['production'] });
});
afterAll(() => world.close());
beforeEach(async () => {
  cli = await commandLine();
  return () => cli.close();
});

const login = ['--username', 'admin', '--password-stdin'];
const signIn = (...more: string[]) =>
  cli.ok(['login', world.url, ...login, ...more], { input: `${password}\n` });
const stored = async () => JSON.parse(await readFile(cli.profilesFile, 'utf8'));

describe('signing in', () => {
  test('keeps a personal token in a file for its owner alone, and not the password', async () => {
    await signIn();
    expect((await stat(cli.profilesFile)).mode & 0o777).toBe(0o600);
    expect((await stat(cli.configFolder)).mode & 0o777).toBe(0o700);
    const text = await readFile(cli.profilesFile, 'utf8');
    expect(text).not.toContain(password);
    const { token, tokenName } = JSON.parse(text).profiles.default;
    expect(token).toMatch(/^kp_/);
    const { resultList } = await cli.json(['token', 'list']);
    const own = resultList.find(({ name }: { name: string }) => name === tokenName);
    expect(Date.parse(own.expiresAt)).toBeLessThanOrEqual(Date.now() + 90 * 86_400_000);
  });

  test('prompts in a terminal for missing values, and never shows the password', async () => {
    const result = await cli.inTerminal(
      ['login', world.url],
      [
        { after: /Username/, type: 'admin\n' },
        { after: /Password of admin/, type: `${password}x\u007f\r` },
      ],
    );
    expect(result.stdout).toContain('Signed in at');
    expect(result.stdout).not.toContain('horse');
    expect(result.code).toBe(0);
  });

  test('fails at once if a value is missing and there is no terminal', async () => {
    const withoutName = await cli.run(['login', world.url]);
    expect(withoutName).toMatchObject({ code: 2, stderr: expect.stringContaining('give --username') });
    const withoutPassword = await cli.run(['login', world.url, '--username', 'admin'], { input: '' });
    expect(withoutPassword.code).toBe(2);
    expect(withoutPassword.stderr).toContain('--password-stdin or KEYPLANE_PASSWORD');
  });

  test('is cancelled by Ctrl+C at the password, with the code of a signal', async () => {
    const result = await cli.inTerminal(
      ['login', world.url, '--username', 'admin'],
      [{ after: /Password of admin/, type: 'corr\u0003' }],
    );
    expect(result.code).toBe(130);
    expect(result.stdout).toContain('Cancelled');
  });

  test('accepts an existing token after it checked the token at the manager', async () => {
    const { token } = world.api;
    expect(await cli.ok(['login', world.url, '--token-stdin'], { input: token })).toContain('as admin');
    const wrong = await cli.run(['login', world.url, '--token-stdin'], { input: 'kp_wrong' });
    expect(wrong.code).toBe(3);
    expect((await stored()).profiles.default.token).toBe(token);
  });

  test('sends no password unencrypted to another machine', async () => {
    const result = await cli.run(['login', 'http://keyplane.example', ...login], { input: password });
    expect(result).toMatchObject({ code: 2, stderr: expect.stringContaining('is not encrypted') });
  });

  test('with a wrong password stores nothing', async () => {
    const result = await cli.run(['login', world.url, ...login], { input: 'wrong' });
    expect(result).toMatchObject({ code: 3, stderr: 'keyplane: Bad credentials\n' });
    await expect(stat(cli.profilesFile)).rejects.toThrow();
  });
});

describe('profiles', () => {
  test('stand for installations, one of which is taken by itself', async () => {
    await signIn('--profile', 'one', '--project', 'MyProject');
    await signIn('--profile', 'two');
    expect((await stored()).current).toBe('two');
    expect(await cli.ok(['profile', 'use', 'one'])).toContain('The current profile is one');
    const listed = await cli.json(['profile', 'list']);
    expect(listed).toMatchObject([
      { name: 'one', current: true, project: 'MyProject' },
      { name: 'two', current: false },
    ]);
    expect(JSON.stringify(listed)).not.toContain('kp_');
    await cli.ok(['jwk', 'list'], { settings: { KEYPLANE_PROFILE: 'two' } });
    const missing = await cli.run(['jwk', 'list', '--profile', 'three']);
    expect(missing).toMatchObject({ code: 2, stderr: expect.stringContaining('Profiles: one, two') });
  });

  test('are refused where others can read them', async () => {
    await signIn();
    await chmod(cli.profilesFile, 0o640);
    const result = await cli.run(['jwk', 'list']);
    expect(result).toMatchObject({ code: 2, stderr: expect.stringContaining('chmod 600') });
  });

  test('that cannot be read are reported', async () => {
    await signIn();
    await writeFile(cli.profilesFile, '{"profiles": {"default": {"url": 1}}}');
    const result = await cli.run(['jwk', 'list']);
    expect(result).toMatchObject({ code: 2, stderr: expect.stringContaining('is not a file of profiles') });
  });

  test('give way to KEYPLANE_URL and KEYPLANE_TOKEN', async () => {
    const settings = { KEYPLANE_URL: world.url, KEYPLANE_TOKEN: world.api.token };
    expect(await cli.ok(['project', 'list'], { settings })).toContain('MyProject');
  });

  test('give their token to no other address', async () => {
    await signIn();
    const otherServer = await startHttpServer((_request, response) => response.end('{}'));
    try {
      const result = await cli.run(['jwk', 'list', '--url', otherServer.origin]);
      expect(result).toMatchObject({ code: 3, stderr: expect.stringContaining('Not signed in at') });
      expect(otherServer.requests).toEqual([]);
    } finally {
      await otherServer.close();
    }
  });
});

test('signing out revokes the token and forgets it', async () => {
  await signIn();
  const { token } = (await stored()).profiles.default;
  expect(await cli.ok(['logout'])).toContain('Signed out');
  expect((await stored()).profiles).toEqual({});
  const settings = { KEYPLANE_URL: world.url, KEYPLANE_TOKEN: token };
  const result = await cli.run(['project', 'list'], { settings });
  expect(result).toMatchObject({ code: 3, stderr: expect.stringContaining('keyplane login') });
  expect((await cli.run(['project', 'list'])).code).toBe(3);
});
