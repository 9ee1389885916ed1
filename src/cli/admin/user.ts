import type { Command } from 'commander';
import { addListOptions, clientCommand, type ListFlags, nounCommand } from '../client-command.ts';
import { wrongUsage } from '../failure.ts';
import { type ConnectionFlags, connect } from '../session/connection.ts';
import { everyItem } from '../session/every-item.ts';
import { show } from '../terminal/output.ts';
import { confirm } from '../terminal/prompt.ts';
import { readSecret } from '../terminal/secret.ts';
import { dayOf, textTable } from '../terminal/table.ts';
import { addOwnPasswordCommand } from './own-password.ts';
import { addUserTokenCommand } from './user-token.ts';

interface UserFlags extends ConnectionFlags {
  readonly admin?: boolean;
  readonly password?: boolean;
  readonly passwordStdin?: boolean;
}

const passwordHelp = 'the password comes on standard input [KEYPLANE_USER_PASSWORD]';

/** `keyplane user`: who may sign in. */
export function addUserCommand(program: Command): void {
  const noun = nounCommand(program, 'user', 'Users, who sign in');
  const list = clientCommand(noun, {
    usage: 'list',
    summary: 'List the users',
    examples: ['user list', 'user list --json'],
  });
  addListOptions(list).action(async (flags: ConnectionFlags & ListFlags) => {
    const { client } = await connect(flags);
    const answer = await everyItem(flags, (query) => client.listUsers(query));
    show(flags, answer, () =>
      textTable(
        ['USERNAME', 'ADMIN', 'CREATED'],
        answer.resultList.map(({ username, admin, createdAt }) => [username, admin, dayOf(createdAt)]),
      ),
    );
  });
  clientCommand(noun, {
    usage: 'create <USERNAME>',
    summary: 'Make a user; the password is asked for',
    examples: ['user create alice', 'user create root --admin --password-stdin < password.txt'],
  })
    .option('--admin', 'may do everything')
    .option('--password-stdin', passwordHelp)
    .action(async (username: string, flags: UserFlags) => {
      const { client } = await connect(flags);
      const password = await passwordOf(username, flags);
      const answer = await client.createUser({ body: { username, password, admin: flags.admin } });
      show(
        flags,
        answer,
        () => `Created user ${username}. Give them roles: keyplane member set ${username} …\n`,
      );
    });
  addChanges(noun);
  addOwnPasswordCommand(noun);
  addUserTokenCommand(noun);
}

function addChanges(noun: Command): void {
  clientCommand(noun, {
    usage: 'update <USERNAME>',
    summary:
      'Reset the password of a user, which ends their sessions and tokens, or make them an administrator or none',
    examples: ['user update alice --password', 'user update alice --admin', 'user update alice --no-admin'],
  })
    .option('--admin', 'may do everything from now on')
    .option('--no-admin', 'may do what their roles allow')
    .option('--password', 'ask for the new password')
    .option('--password-stdin', passwordHelp)
    .action(async (username: string, flags: UserFlags) => {
      const isPassword = flags.password === true || flags.passwordStdin === true;
      if (!isPassword && flags.admin === undefined) {
        throw wrongUsage('One of --password, --password-stdin, --admin, --no-admin is needed');
      }
      const { client } = await connect(flags);
      const password = isPassword ? await passwordOf(username, flags) : undefined;
      const answer = await client.updateUser({ username, body: { password, admin: flags.admin } });
      show(flags, answer, () => `Updated user ${username}\n`);
    });
  clientCommand(noun, {
    usage: 'delete <USERNAME>',
    summary: 'Delete a user with their tokens and sessions',
    examples: ['user delete alice', 'user delete alice --yes'],
  })
    .option('-y, --yes', 'do not ask')
    .action(async (username: string, flags: ConnectionFlags & { readonly yes?: boolean }) => {
      const { client } = await connect(flags);
      await confirm(`Delete user ${username}?`, flags.yes);
      const answer = await client.deleteUser({ username });
      show(flags, answer, () => `Deleted user ${username}\n`);
    });
}

function passwordOf(username: string, flags: UserFlags): Promise<string> {
  return readSecret({
    text: `New password of ${username}`,
    variable: 'KEYPLANE_USER_PASSWORD',
    stdinFlag: '--password-stdin',
    fromStdin: flags.passwordStdin,
  });
}
