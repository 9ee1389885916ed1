import { chmod } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestManager, type TestManager } from '../support/manager.ts';
import { type CommandLine, commandLine } from './support/command-line.ts';

const expiring = 28;
const dayMs = 86_400_000;

let world: TestManager;
let cli: CommandLine;
beforeAll(async () => {
  world = await startTestManager({ environments: ['production'] });
  await chmod(world.config.dataDir, 0o700);
  for (let index = 0; index < expiring; index += 1) {
    const expirationTime = new Date(Date.now() + (index + 1) * (dayMs / 2)).toISOString();
    const body = { name: `key-${index}`, type: 'OCT', oct: { keySize: 256, expirationTime } };
    expect((await world.api('POST', '/apiops/projects/MyProject/jwks/generate', body)).status).toBe(200);
  }
  const { databaseUrl } = world.config;
  cli = await commandLine({
    KEYPLANE_DATA_DIR: world.config.dataDir,
    ...(databaseUrl !== undefined && { KEYPLANE_DATABASE_URL: databaseUrl }),
  });
});
afterAll(async () => {
  await cli.close();
  await world.close();
});

describe('keyplane doctor', () => {
  test('groups keys that expire, with a count, three examples and one fix, and ends with code 0', async () => {
    const { code, stdout } = await cli.run(['doctor']);
    const [title, ...lines] = stdout.split('\n');
    expect(title).toBe('warning: JWKs that expire within 30 days (keys, 28)');
    expect(lines[0]).toMatch(
      /^ {2}JWK key-0 of project MyProject expires at \d{4}-\d\d-\d\d \d\d:\d\d UTC\.$/,
    );
    expect(lines[3]).toBe('  … and 25 more; --output wide lists all');
    expect(lines[4]).toMatch(/^ {2}fix: Rotate: create a replacement now/);
    expect(lines[6]).toMatch(/^28 warnings\. Checked: /);
    expect(code).toBe(0);
    expect((await cli.ok(['doctor', '-o', 'wide'])).match(/ expires at /g)).toHaveLength(expiring);
  });

  test('ends with code 1 for warnings where --fail-on warning asks for it', async () => {
    expect((await cli.run(['doctor', '--fail-on', 'Warning'])).code).toBe(1);
    expect((await cli.run(['doctor', '--fail-on', 'never'])).code).toBe(2);
  });

  test('prints groups and all findings as JSON', async () => {
    const answer = await cli.json(['doctor']);
    expect(answer).toMatchObject({ fine: false, failed: false });
    expect(answer.findings).toHaveLength(expiring);
    expect(answer.groups).toEqual([
      {
        severity: 'warning',
        topic: 'keys',
        summary: 'JWKs that expire within 30 days',
        count: expiring,
        examples: answer.findings.slice(0, 3).map(({ problem }: { problem: string }) => problem),
        advice: [answer.findings[0].advice],
      },
    ]);
  });

  test('lists errors first, and ends with code 1 for them', async () => {
    await chmod(world.config.dataDir, 0o755);
    const { code, stdout } = await cli.run(['doctor']);
    await chmod(world.config.dataDir, 0o700);
    expect(stdout).toMatch(/^error: Files and folders that other users can access \(machine, 1\)\n/);
    expect(stdout).toMatch(/\n1 error, 28 warnings\. Checked: /);
    expect(code).toBe(1);
  });

  test('ends with code 2 where it cannot check', async () => {
    const result = await cli.run(['doctor', '--data-dir', cli.configFolder]);
    expect(result).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^keyplane: The installation cannot be checked: /),
    });
  });
});

describe('the help of a command on the database', () => {
  test.each(['backup --out x', 'restore', 'doctor', 'rotate-master-key', 'rotate-identity'])(
    'of %s has no flag of the manager that serves',
    async (line) => {
      const [name = '', ...rest] = line.split(' ');
      const help = await cli.ok([name, '--help']);
      expect(help).toContain('--data-dir <DIR>');
      expect(help).toContain('--master-key-file <FILE>');
      expect(help).not.toMatch(/--rate-limit-user|--url-allow|--admin-password|--port|--master-key </);
      const failed = await cli.run([name, ...rest, '--port', '1']);
      expect(failed).toMatchObject({ code: 2, stderr: expect.stringContaining("unknown option '--port'") });
    },
  );

  test('of serve shows no flag for a secret', async () => {
    const help = await cli.ok(['serve', '--help']);
    expect(help).toContain('--rate-limit-user <N>');
    expect(help).toContain('--admin-password-file <FILE>');
    expect(help).not.toMatch(/--admin-password <|--master-key </);
  });
});
