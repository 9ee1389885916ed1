import type { Command } from 'commander';
import { clientCommand } from '../client-command.ts';
import { wrongUsage } from '../failure.ts';
import { type ConnectionFlags, connect } from '../session/connection.ts';
import { readStdin } from '../terminal/input.ts';
import { show } from '../terminal/output.ts';
import { readSecret } from '../terminal/secret.ts';

interface PasswordFlags extends ConnectionFlags {
  readonly passwordStdin?: boolean;
}

/** `keyplane user password`: users change their own password. */
export function addOwnPasswordCommand(user: Command): void {
  clientCommand(user, {
    usage: 'password',
    summary: 'Change your own password; your other sessions end, your tokens stay valid',
    examples: ['user password', 'user password --password-stdin < two-lines.txt'],
  })
    .option(
      '--password-stdin',
      'read the current and the new password from standard input, one per line [KEYPLANE_PASSWORD, KEYPLANE_USER_PASSWORD]',
    )
    .action(async (flags: PasswordFlags) => {
      const passwords =
        flags.passwordStdin && !process.stdin.isTTY ? await passwordsFromStdin() : await askPasswords();
      const { client } = await connect(flags);
      const { username } = await client.getSession();
      const answer = await client.updateUser({ username, body: passwords });
      show(flags, answer, { table: () => `Changed the password of ${username}\n` });
    });
}

async function passwordsFromStdin() {
  const [currentPassword, password, ...rest] = (await readStdin())
    .toString('utf8')
    .replace(/\r?\n$/, '')
    .split(/\r?\n/);
  if (currentPassword === undefined || password === undefined || rest.length > 0) {
    throw wrongUsage('--password-stdin takes two lines: the current password and the new one');
  }
  return { currentPassword, password };
}

async function askPasswords() {
  const one = (text: string, variable: string) =>
    readSecret({ text, variable, stdinFlag: '--password-stdin', fromStdin: false });
  return {
    currentPassword: await one('Current password', 'KEYPLANE_PASSWORD'),
    password: await one('New password', 'KEYPLANE_USER_PASSWORD'),
  };
}
