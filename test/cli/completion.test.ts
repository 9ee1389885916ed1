import { execFile } from 'node:child_process';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startHttpServer } from '../support/http-servers.ts';
import { startTestManager } from '../support/manager.ts';
import { temporaryFolder } from '../system/support/temporary-folder.ts';
import { type CommandLine, commandLine, mainFile } from './support/command-line.ts';

let cli: CommandLine;
let folder: string;
beforeAll(async () => {
  cli = await commandLine();
  folder = await temporaryFolder();
  // Completion is for a command that the shell finds by its name.
  const command = join(folder, 'keyplane');
  await writeFile(command, `#!/bin/sh\nexec '${process.execPath}' '${mainFile}' "$@"\n`);
  await chmod(command, 0o755);
});
afterAll(() => cli.close());

/** What bash offers at the end of this line, having read the script as its users do. */
async function offered(line: string): Promise<readonly string[]> {
  const words = line.split(' ');
  const program = `eval "$(keyplane completion bash)"
COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}
compopt() { echo "compopt $*"; }
_keyplane
printf '%s\\n' "\${COMPREPLY[@]}"`;
  const env = { ...process.env, PATH: `${folder}:${process.env.PATH}`, XDG_CONFIG_HOME: folder };
  const { stdout } = await promisify(execFile)('bash', ['--norc', '-c', program], { env });
  return stdout.split('\n').filter((text) => text !== '');
}

test('bash offers commands, verbs and options of what is being typed', async () => {
  expect(await offered('keyplane key')).toEqual(['key', 'keystore']);
  expect(await offered('keyplane jwk ')).toEqual(
    expect.arrayContaining(['create', 'generate', 'list', 'history']),
  );
  expect(await offered('keyplane jwk create orders --from-k')).toEqual(['--from-key', '--from-keystore']);
  expect(await offered('keyplane env token ')).toEqual(expect.arrayContaining(['create', 'list', 'revoke']));
  expect(await offered('keyplane node l')).toEqual(['list']);
});

test('bash offers files for a file argument, and the values that an option takes', async () => {
  expect(await offered('keyplane lint ')).toContain('compopt -o default');
  expect(await offered('keyplane jwk create orders --from-file ')).toEqual(['compopt -o default']);
  expect(await offered('keyplane jwk list --type ')).toEqual(['RSA', 'EC', 'OKP', 'AKP', 'OCT']);
  expect(await offered('keyplane completion ')).toEqual(['bash', 'zsh', 'fish']);
});

test('bash offers the profiles that there are', async () => {
  const { profilesFile } = cli;
  const profile = { url: 'https://one.example', username: 'a', token: 'kp_t', tokenName: null };
  const script = `mkdir -p "$(dirname '${profilesFile}')" && umask 077 && cat > '${profilesFile}'`;
  const child = execFile('bash', ['-c', script]);
  child.stdin?.end(JSON.stringify({ current: 'one', profiles: { one: profile, other: profile } }));
  await new Promise((resolve) => child.once('close', resolve));
  expect(await cli.ok(['__complete', 'jwk', 'list', '--profile', 'o'])).toBe('one\nother\n');
});

test('zsh and fish have scripts too, and an unknown shell has none', async () => {
  expect(await cli.ok(['completion', 'zsh'])).toContain('compdef _keyplane keyplane');
  expect(await cli.ok(['completion', 'fish'])).toContain('complete -c keyplane');
  expect((await cli.run(['completion', 'csh'])).code).toBe(2);
});

describe('values of flags', () => {
  const complete = async (...words: string[]) =>
    (await cli.ok(['__complete', ...words])).split('\n').filter((line) => line !== '');

  test('are offered in the case that was typed, with = too, and after a comma', async () => {
    expect(await complete('jwk', 'generate', 'x', '--type', 'r')).toEqual(['rSA']);
    expect(await complete('jwk', 'generate', 'x', '--curve', 'P-')).toEqual(['P-256', 'P-384', 'P-521']);
    expect(await complete('jwk', 'generate', 'x', '--curve=Ed2')).toEqual(['--curve=Ed25519']);
    expect(await complete('jwk', 'generate', 'x', '--curve', '=', 'Ed2')).toEqual(['Ed25519']);
    expect(await complete('jwk', 'generate', 'x', '--use', '=')).toEqual(['sig', 'enc']);
    expect(await complete('member', 'set', 'ada', '--roles', 'security,dep')).toEqual(['security,deploy']);
    expect(await complete('jwk', 'list', '--output', '')).toEqual(['table', 'wide', 'name', 'json', 'yaml']);
    expect(await complete('jwk', 'list', '--source', 'KEY')).toEqual(['KEYSTORE']);
  });

  test('are algorithms of the key type and use of the line', async () => {
    const line = ['jwk', 'generate', 'x', '--algorithm'];
    expect(await complete(...line, 'RS')).toEqual(expect.arrayContaining(['RS256', 'RSA-OAEP-256']));
    const ofEc = await complete('jwk', 'generate', 'x', '--type', 'EC', '--use', 'sig', '--algorithm', '');
    expect(ofEc).toEqual(['ES256', 'ES384', 'ES512', 'ES256K']);
  });
});

describe('names', () => {
  test('come from the manager: of objects, of nodes in an environment, and only existing ones', async () => {
    const world = await startTestManager({ environments: ['production', 'staging'] });
    await world.api('POST', '/apiops/projects/MyProject/jwks/generate', {
      name: 'orders',
      type: 'EC',
      ec: { curveType: 'P256' },
    });
    const node = await world.addNode('production', 'rack-7');
    const settings = {
      KEYPLANE_URL: world.url,
      KEYPLANE_TOKEN: world.api.token,
      KEYPLANE_COMPLETION_TIMEOUT: '60000',
    };
    const complete = async (...words: string[]) => cli.ok(['__complete', ...words], { settings });
    try {
      const inProject = ['--project', 'MyProject'];
      expect(await complete('jwk', 'get', ...inProject, 'or')).toBe('orders\n');
      expect(await complete('jwk', 'create', ...inProject, 'or')).toBe('');
      expect(await complete('jwk', 'list', '--project', 'My')).toBe('MyProject\n');
      expect(await complete('node', 'list', '')).toBe('production\nstaging\n');
      expect(await complete('node', 'forget', 'production', '')).toBe('rack-7\n');
      expect(await complete('cert', 'create', 'c', 'f', '--environment', 'production,s')).toBe(
        'production,staging\n',
      );
    } finally {
      await node.close();
      await world.close();
    }
  });

  test('are left out silently if no user is signed in or the manager does not answer', async () => {
    expect(await cli.run(['__complete', 'jwk', 'get', ''])).toEqual({ code: 0, stdout: '', stderr: '' });
    const silent = await startHttpServer(() => undefined);
    const settings = { KEYPLANE_URL: silent.origin, KEYPLANE_TOKEN: 'kp_x', KEYPLANE_PROJECT: 'MyProject' };
    try {
      const result = await cli.run(['__complete', 'jwk', 'get', ''], { settings });
      expect(result).toEqual({ code: 0, stdout: '', stderr: '' });
    } finally {
      await silent.close();
    }
  });

  test('that could mean something to a shell are not offered', async () => {
    const item = (name: string) => ({ name });
    const evil = await startHttpServer((_request, response) => {
      response.setHeader('content-type', 'application/json');
      const resultList = [item('fine'), item('$(reboot)'), item('a b'), item('\u001b[2J')];
      response.end(JSON.stringify({ success: true, resultList, resultCount: 4 }));
    });
    const settings = {
      KEYPLANE_URL: evil.origin,
      KEYPLANE_TOKEN: 'kp_x',
      KEYPLANE_PROJECT: 'MyProject',
      KEYPLANE_COMPLETION_TIMEOUT: '60000',
    };
    try {
      expect(await cli.ok(['__complete', 'jwk', 'get', ''], { settings })).toBe('fine\n');
    } finally {
      await evil.close();
    }
  });
});
