import { access, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { endAllProcesses, keyplane } from '../system/support/keyplane-process.ts';
import { closed, freePorts, listening } from '../system/support/ports.ts';
import { removeTemporaryFolders, temporaryFolder } from '../system/support/temporary-folder.ts';

let folder: string;
beforeAll(async () => {
  folder = await temporaryFolder();
});
afterAll(async () => {
  await endAllProcesses();
  await removeTemporaryFolders();
});

interface WrongSetting {
  readonly settings: Readonly<Record<string, string>>;
  /** The whole line. */
  readonly says: RegExp;
}

const wrong: readonly WrongSetting[] = [
  { settings: { KEYPLANE_HOST: 'not a host' }, says: /KEYPLANE_HOST is "not a host": .* is accepted/ },
  {
    settings: { KEYPLANE_PORT: '80a' },
    says: /KEYPLANE_PORT is "80a": a whole number from 0 to 65535 is accepted/,
  },
  { settings: { KEYPLANE_PORT: '65536' }, says: /KEYPLANE_PORT is "65536": .* is accepted/ },
  {
    settings: { KEYPLANE_DATABASE_URL: 'mysql://u:hunter2@h/d' },
    says: /KEYPLANE_DATABASE_URL is not .* is accepted/,
  },
  {
    settings: { KEYPLANE_MASTER_KEY: 'c2hvcnQ=' },
    says: /KEYPLANE_MASTER_KEY is no key: 32 bytes in base64 .*/,
  },
  {
    settings: {
      KEYPLANE_MASTER_KEY: Buffer.alloc(32).toString('base64'),
      KEYPLANE_MASTER_KEY_FILE: '/dev/null',
    },
    says: /KEYPLANE_MASTER_KEY and KEYPLANE_MASTER_KEY_FILE are both set: one of them, or neither, is accepted/,
  },
  { settings: { KEYPLANE_ADMIN_USER: 'a/b' }, says: /KEYPLANE_ADMIN_USER is "a\/b": .*/ },
  {
    settings: { KEYPLANE_ADMIN_PASSWORD: 'short' },
    says: /KEYPLANE_ADMIN_PASSWORD has 5 characters: 8 to 1024 are accepted/,
  },
  {
    settings: { KEYPLANE_URL_ALLOW: '10.0.0.0/99' },
    says: /KEYPLANE_URL_ALLOW cannot be read: .*10\.0\.0\.0\/99.*/,
  },
  {
    settings: { KEYPLANE_DEPLOY_TIMEOUT: '0' },
    says: /KEYPLANE_DEPLOY_TIMEOUT is "0": a whole number from 1 to 600000 is accepted/,
  },
  {
    settings: { KEYPLANE_RATE_LIMIT_USER: '10/s' },
    says: /KEYPLANE_RATE_LIMIT_USER is "10\/s": a whole number from 0 to 100000000 is accepted/,
  },
  {
    settings: { KEYPLANE_RATE_LIMIT_ADDRESS: 'off' },
    says: /KEYPLANE_RATE_LIMIT_ADDRESS is "off": a whole number from 0 to 100000000 is accepted/,
  },
];

const aNode = [
  'node',
  '--manager',
  'http://m',
  '--environment',
  'e',
  '--name',
  'n',
  '--port',
  '0',
  '--data-dir',
  'd',
];

describe('an invalid setting', () => {
  test.each(wrong)(
    'stops the start with one line, and nothing is created: $says',
    async ({ settings, says }) => {
      const dataDir = join(folder, `never-made-${Object.values(settings)[0]?.replaceAll(/\W/g, '')}`);
      const running = keyplane(['serve'], { settings: { KEYPLANE_DATA_DIR: dataDir, ...settings } });
      expect(await running.ended).toEqual({ code: 2, signal: null });
      expect(running.stderr()).toMatch(new RegExp(`^keyplane: ${says.source}\\n$`));
      expect(running.stdout()).toBe('');
      await expect(access(dataDir)).rejects.toThrow();
    },
  );

  test('shows no secret that it holds', async () => {
    for (const [variable, value] of [
      ['KEYPLANE_DATABASE_URL', 'http://user:pg-secret@host/db'],
      ['KEYPLANE_MASTER_KEY', 'master-secret'],
      ['KEYPLANE_ADMIN_PASSWORD', 'secret!'],
    ] as const) {
      const running = keyplane(['serve'], { settings: { [variable]: value } });
      expect(await running.ended).toMatchObject({ code: 2 });
      expect(running.stderr()).toContain(variable);
      expect(running.stderr()).not.toContain('secret');
    }
  });

  test('is named as a flag where it was given as one, and the flag wins over the variable', async () => {
    const settings = { KEYPLANE_PORT: '8080', KEYPLANE_DATA_DIR: join(folder, 'flags') };
    const running = keyplane(['serve', '--port', '-1'], { settings });
    expect(await running.ended).toMatchObject({ code: 2 });
    expect(running.stderr()).toMatch(/^keyplane: KEYPLANE_PORT \(--port\) is "-1": .*\n$/);
  });

  test.each([
    [['serve', '--prot', '1'], /^keyplane: unknown option '--prot'/],
    [['server'], /^keyplane: unknown command 'server'/],
    [['serve', 'now'], /^keyplane: too many arguments/],
    [['node', '--name', 'n'], /^keyplane: required option '--\w+/],
    [
      ['node', '--port', 'x'],
      /^keyplane: option '--port <PORT>' argument 'x' is invalid\. A whole number from 0 to 65535/,
    ],
    [
      ['node', '--manager', 'ftp://m'],
      /^keyplane: option '--manager <URL>' argument 'ftp:\/\/m' is invalid\. An http or https/,
    ],
    [
      ['node', '--kubernetes-signer-ring', 'accounts'],
      /^keyplane: option '--kubernetes-signer-ring .* A project and a key ring are accepted/,
    ],
    [
      ['node', '--kubernetes-signer-socket-mode', '660x'],
      /^keyplane: option '--kubernetes-signer-socket-mode .* Three octal digits are accepted/,
    ],
    [
      [...aNode, '--kubernetes-signer-socket', '/tmp/s'],
      /^keyplane: --kubernetes-signer-socket and --kubernetes-signer-ring belong together/,
    ],
    [
      [...aNode, '--kubernetes-signer-socket-mode', '0660'],
      /^keyplane: --kubernetes-signer-socket-mode is of --kubernetes-signer-socket/,
    ],
  ] as const)('on the command line (%s) is reported in one or two lines, with code 2', async (args, line) => {
    const running = keyplane(args);
    expect(await running.ended).toEqual({ code: 2, signal: null });
    expect(running.stderr()).toMatch(line);
    expect(running.stderr().trimEnd().split('\n').length).toBeLessThanOrEqual(2);
  });
});

describe('a start that fails because of the machine', () => {
  test('names the port that is in use', async () => {
    const port = await freePorts(1);
    const squatter = await listening(port);
    const running = keyplane(['serve', '--port', String(port), '--data-dir', join(folder, 'squatted')], {
      channel: true,
    });
    expect(await running.ended).toEqual({ code: 1, signal: null });
    expect(running.stderr()).toBe(
      `keyplane: KEYPLANE_PORT is ${port}, which is in use on 127.0.0.1: a free port is accepted\n`,
    );
    if (squatter) await closed(squatter);
  });

  test('reports that a data directory cannot be created', async () => {
    const file = join(folder, 'a-file');
    await writeFile(file, '');
    const running = keyplane(['serve', '--data-dir', join(file, 'data')]);
    expect(await running.ended).toMatchObject({ code: 1 });
    expect(running.stderr()).toMatch(/^keyplane: KEYPLANE_DATA_DIR is .*ENOTDIR.* is accepted\n$/);
  });

  test('reports that a database does not answer, without its password', async () => {
    const port = await freePorts(1);
    const running = keyplane(['serve', '--data-dir', join(folder, 'pg'), '--port', '0'], {
      settings: { KEYPLANE_DATABASE_URL: `postgres://user:pg-secret@127.0.0.1:${port}/db` },
    });
    expect(await running.ended).toMatchObject({ code: 1 });
    expect(running.stderr()).toMatch(/^keyplane: .*KEYPLANE_DATABASE_URL.*\n$/);
    expect(running.stderr()).not.toContain('pg-secret');
  });

  test('does not take another file for its database', async () => {
    const dataDir = join(folder, 'strange');
    await mkdir(dataDir);
    await writeFile(
      join(dataDir, 'keyplane.db'),
      'this is no database, but long enough to be taken for one'.repeat(40),
    );
    const running = keyplane(['serve', '--data-dir', dataDir, '--port', '0']);
    expect(await running.ended).toMatchObject({ code: 1 });
    expect(running.stderr()).toMatch(/^keyplane: The database file .* can not be opened .*\n$/);
    expect(await readdir(dataDir)).not.toContain('master.key');
  });
});

describe('a valid setting', () => {
  test('is taken from a flag rather than from its variable', async () => {
    const dataDir = join(folder, 'by-flag');
    const port = await freePorts(1);
    const running = keyplane(['serve', '--port', String(port), '--data-dir', dataDir], {
      settings: { KEYPLANE_PORT: 'not looked at', KEYPLANE_DATA_DIR: join(folder, 'by-variable') },
    });
    await running.says(new RegExp(`keyplane is ready: http://127\\.0\\.0\\.1:${port}/`));
    expect(await running.stop()).toEqual({ code: 0, signal: null });
    await expect(access(join(folder, 'by-variable'))).rejects.toThrow();
    await access(join(dataDir, 'keyplane.db'));
  });
});
