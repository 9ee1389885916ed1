import type { Command } from 'commander';
import { addListOptions, clientCommand, type ListFlags, nounCommand } from '../client-command.ts';
import { type ConnectionFlags, connect } from '../session/connection.ts';
import { everyItem } from '../session/every-item.ts';
import { show } from '../terminal/output.ts';
import { confirm } from '../terminal/prompt.ts';
import { tokenTable } from './token-table.ts';

/** `keyplane user token`: the personal tokens of any user, for administrators. */
export function addUserTokenCommand(user: Command): void {
  const noun = nounCommand(user, 'token', 'Personal API tokens of any user, for administrators');
  const list = clientCommand(noun, {
    usage: 'list <USERNAME>',
    summary: 'List the tokens of a user; never the tokens themselves',
    examples: ['user token list alice'],
  });
  addListOptions(list).action(async (username: string, flags: ConnectionFlags & ListFlags) => {
    const { client } = await connect(flags);
    const answer = await everyItem(flags, (query) => client.listUserTokens({ username, ...query }));
    show(flags, answer, () => tokenTable(answer.resultList));
  });
  clientCommand(noun, {
    usage: 'revoke <USERNAME> <NAME>',
    summary: 'Revoke a token of a user',
    examples: ['user token revoke alice ci', 'user token revoke alice ci --yes'],
  })
    .option('-y, --yes', 'do not ask')
    .action(
      async (username: string, tokenName: string, flags: ConnectionFlags & { readonly yes?: boolean }) => {
        const { client } = await connect(flags);
        await confirm(`Revoke token ${tokenName} of ${username}?`, flags.yes);
        const answer = await client.revokeUserToken({ username, tokenName });
        show(flags, answer, () => `Revoked token ${tokenName} of ${username}\n`);
      },
    );
}
