import { execFile } from 'node:child_process';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
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

test('bash offers files where a file is wanted, and the values that an option takes', async () => {
  expect(await offered('keyplane lint ')).toContain('compopt -o default');
  expect(await offered('keyplane jwk create orders --from-file ')).toEqual(['compopt -o default']);
  expect(await offered('keyplane jwk list --type ')).toEqual(['RSA', 'EC', 'OKP', 'OCT']);
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

test('there are scripts for zsh and fish too, and for no shell that is not known', async () => {
  expect(await cli.ok(['completion', 'zsh'])).toContain('compdef _keyplane keyplane');
  expect(await cli.ok(['completion', 'fish'])).toContain('complete -c keyplane');
  expect((await cli.run(['completion', 'csh'])).code).toBe(2);
});
