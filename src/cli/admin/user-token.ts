import type { Command } from 'commander';
import {
  addConfirmOption,
  addListOptions,
  type ConfirmFlags,
  clientCommand,
  groupCommand,
  type ListFlags,
} from '../client-command.ts';
import { allItems } from '../session/all-items.ts';
import { type ConnectionFlags, connect } from '../session/connection.ts';
import { show, showList } from '../terminal/output.ts';
import { listFormats } from '../terminal/output-format.ts';
import { confirm } from '../terminal/prompt.ts';
import { tokenView } from './token-view.ts';

/** `keyplane user token`: personal tokens of any user, for administrators. */
export function addUserTokenCommand(user: Command): void {
  const group = groupCommand(user, 'token', 'Personal API tokens of any user, for administrators');
  const list = clientCommand(group, {
    usage: 'list <USERNAME>',
    summary: 'List the tokens of a user, without the tokens themselves',
    examples: ['user token list alice'],
    completes: ['users'],
    formats: listFormats,
  });
  addListOptions(list).action(async (username: string, flags: ConnectionFlags & ListFlags) => {
    const { client } = await connect(flags);
    const answer = await allItems(flags, (query) => client.listUserTokens({ username, ...query }));
    showList(flags, answer, tokenView);
  });
  const revoke = clientCommand(group, {
    usage: 'revoke <USERNAME> <NAME>',
    summary: 'Revoke a token of a user',
    examples: ['user token revoke alice ci', 'user token revoke alice ci --yes'],
    completes: ['users', 'tokens of a user'],
  });
  addConfirmOption(revoke).action(
    async (username: string, tokenName: string, flags: ConnectionFlags & ConfirmFlags) => {
      const { client } = await connect(flags);
      await confirm(`Revoke token ${tokenName} of ${username}?`, flags.yes);
      const answer = await client.revokeUserToken({ username, tokenName });
      show(flags, answer, { table: () => `Revoked token ${tokenName} of ${username}\n` });
    },
  );
}
