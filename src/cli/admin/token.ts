import type { Command } from 'commander';
import { addListOptions, clientCommand, type ListFlags, nounCommand } from '../client-command.ts';
import { wrongUsage } from '../failure.ts';
import { type ConnectionFlags, connect } from '../session/connection.ts';
import { everyItem } from '../session/every-item.ts';
import { show } from '../terminal/output.ts';
import { confirm } from '../terminal/prompt.ts';
import { shortTime, textTable } from '../terminal/table.ts';

interface TokenFlags extends ConnectionFlags {
  readonly expiresInDays?: string;
}

const dayMs = 86_400_000;

/** `keyplane token`: one's own personal API tokens. */
export function addTokenCommand(program: Command): void {
  const noun = nounCommand(program, 'token', 'Your personal API tokens');
  const list = clientCommand(noun, {
    usage: 'list',
    summary: 'List your tokens; never the tokens themselves',
    examples: ['token list'],
  });
  addListOptions(list).action(async (flags: ConnectionFlags & ListFlags) => {
    const { client } = await connect(flags);
    const answer = await everyItem(flags, (query) => client.listTokens(query));
    show(flags, answer, () =>
      textTable(
        ['NAME', 'CREATED', 'EXPIRES'],
        answer.resultList.map((one) => [
          one.name,
          shortTime(one.createdAt),
          shortTime(one.expiresAt) ?? 'never',
        ]),
      ),
    );
  });
  clientCommand(noun, {
    usage: 'create <NAME>',
    summary: 'Make a token; it is shown once',
    examples: ['token create ci --expires-in-days 30', 'token create ci > token.txt'],
  })
    .option('--expires-in-days <DAYS>', 'how long it is valid (default: without end)')
    .action(async (name: string, flags: TokenFlags) => {
      const expiresAt = expiryOf(flags.expiresInDays);
      const { client } = await connect(flags);
      const answer = await client.createToken({ body: { name, expiresAt } });
      show(flags, answer, () => `${answer.token}\n`);
    });
  clientCommand(noun, {
    usage: 'delete <NAME>',
    summary: 'Revoke a token',
    examples: ['token delete ci', 'token delete ci --yes'],
  })
    .option('-y, --yes', 'do not ask')
    .action(async (name: string, flags: ConnectionFlags & { readonly yes?: boolean }) => {
      const { client } = await connect(flags);
      await confirm(`Revoke token ${name}?`, flags.yes);
      const answer = await client.deleteToken({ tokenName: name });
      show(flags, answer, () => `Revoked token ${name}\n`);
    });
}

function expiryOf(days: string | undefined): string | undefined {
  if (days === undefined) return undefined;
  if (!/^[1-9]\d{0,4}$/.test(days)) throw wrongUsage('--expires-in-days takes a whole number of days');
  return new Date(Date.now() + Number(days) * dayMs).toISOString();
}
