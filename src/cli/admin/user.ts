import type { Command } from 'commander';
import type { User } from '../../../clients/typescript/src/index.ts';
import { timeText } from '../../runtime/time-text.ts';
import {
  addConfirmOption,
  addListOptions,
  type ConfirmFlags,
  clientCommand,
  groupCommand,
  type ListFlags,
} from '../client-command.ts';
import { wrongUsage } from '../failure.ts';
import { allItems } from '../session/all-items.ts';
import { type ConnectionFlags, connect } from '../session/connection.ts';
import { type ListOutput, show, showList } from '../terminal/output.ts';
import { listFormats } from '../terminal/output-format.ts';
import { confirm } from '../terminal/prompt.ts';
import { readSecret } from '../terminal/secret.ts';
import { addOwnPasswordCommand } from './own-password.ts';
import { addUserTokenCommand } from './user-token.ts';

interface UserFlags extends ConnectionFlags {
  readonly admin?: boolean;
  readonly password?: boolean;
  readonly passwordStdin?: boolean;
}

const passwordHelp = 'read the password from standard input [KEYPLANE_USER_PASSWORD]';

const view: ListOutput<User> = {
  columns: [
    { head: 'USERNAME', value: ({ username }) => username },
    { head: 'ADMIN', value: ({ admin }) => admin },
    { head: 'CREATED', value: ({ createdAt }) => timeText(createdAt) },
    { head: 'UPDATED', isWide: true, value: ({ updatedAt }) => timeText(updatedAt) },
  ],
  name: ({ username }) => username,
};

/** `keyplane user`: the users who sign in. */
export function addUserCommand(program: Command): void {
  const group = groupCommand(program, 'user', 'Users');
  const list = clientCommand(group, {
    usage: 'list',
    summary: 'List the users',
    examples: ['user list', 'user list --output name'],
    formats: listFormats,
  });
  addListOptions(list).action(async (flags: ConnectionFlags & ListFlags) => {
    const { client } = await connect(flags);
    const answer = await allItems(flags, (query) => client.listUsers(query));
    showList(flags, answer, view);
  });
  clientCommand(group, {
    usage: 'create <USERNAME>',
    summary: 'Create a user; asks for the password',
    examples: ['user create alice', 'user create root --admin --password-stdin < password.txt'],
  })
    .option('--admin', 'an administrator')
    .option('--password-stdin', passwordHelp)
    .action(async (username: string, flags: UserFlags) => {
      const { client } = await connect(flags);
      const password = await passwordOf(username, flags);
      const answer = await client.createUser({ body: { username, password, admin: flags.admin } });
      show(flags, answer, {
        table: () => `Created user ${username}. Grant roles with: keyplane member set ${username} …\n`,
      });
    });
  addChanges(group);
  addOwnPasswordCommand(group);
  addUserTokenCommand(group);
}

function addChanges(group: Command): void {
  clientCommand(group, {
    usage: 'update <USERNAME>',
    summary:
      'Reset the password of a user, which ends their sessions and tokens, or change whether they are an administrator',
    examples: ['user update alice --password', 'user update alice --admin', 'user update alice --no-admin'],
    completes: ['users'],
  })
    .option('--admin', 'make the user an administrator')
    .option('--no-admin', 'the user is no longer an administrator')
    .option('--password', 'ask for a new password')
    .option('--password-stdin', passwordHelp)
    .action(async (username: string, flags: UserFlags) => {
      const isPassword = flags.password === true || flags.passwordStdin === true;
      if (!isPassword && flags.admin === undefined) {
        throw wrongUsage('One of --password, --password-stdin, --admin, --no-admin is required');
      }
      const { client } = await connect(flags);
      const password = isPassword ? await passwordOf(username, flags) : undefined;
      const answer = await client.updateUser({ username, body: { password, admin: flags.admin } });
      show(flags, answer, { table: () => `Updated user ${username}\n` });
    });
  const remove = clientCommand(group, {
    usage: 'delete <USERNAME>',
    summary: 'Delete a user with their tokens and sessions',
    examples: ['user delete alice', 'user delete alice --yes'],
    completes: ['users'],
  });
  addConfirmOption(remove).action(async (username: string, flags: ConnectionFlags & ConfirmFlags) => {
    const { client } = await connect(flags);
    await confirm(`Delete user ${username}?`, flags.yes);
    const answer = await client.deleteUser({ username });
    show(flags, answer, { table: () => `Deleted user ${username}\n` });
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
