import type { Command } from 'commander';
import { addListOptions, clientCommand, type ListFlags, nounCommand } from '../client-command.ts';
import { wrongUsage } from '../failure.ts';
import { type ConnectionFlags, connect } from '../session/connection.ts';
import { everyItem } from '../session/every-item.ts';
import { show } from '../terminal/output.ts';
import { confirm } from '../terminal/prompt.ts';
import { rolesHelp, rolesOf } from './roles.ts';
import { tokenTable } from './token-table.ts';

interface TokenFlags extends ConnectionFlags {
  readonly expires?: string;
  readonly expiresInDays?: string;
  readonly neverExpires?: boolean;
  readonly project?: readonly string[];
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
    show(flags, answer, () => tokenTable(answer.resultList));
  });
  clientCommand(noun, {
    usage: 'create <NAME>',
    summary: 'Make a token; it is shown once',
    examples: [
      'token create ci --expires-in-days 30',
      'token create ci --project Orders=security,deploy > token.txt',
      'token create backup --never-expires',
    ],
  })
    .option('--expires <TIME>', 'until when it is valid, such as 2030-01-31T12:00:00Z')
    .option('--expires-in-days <DAYS>', 'how long it is valid (default: 90)')
    .option('--never-expires', 'it is valid until it is revoked')
    .option(
      '--project <NAME=ROLES>',
      `narrows the token to a project and to roles there, ${rolesHelp}; may be given several times`,
      (one: string, others: readonly string[] = []) => [...others, one],
    )
    .action(async (name: string, flags: TokenFlags) => {
      const body = { name, expiresAt: expiryOf(flags), projects: flags.project?.map(narrowedProject) };
      const { client } = await connect(flags);
      const answer = await client.createToken({ body });
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

/** Undefined: as the manager decides; null: never. */
function expiryOf({ expires, expiresInDays, neverExpires }: TokenFlags): string | null | undefined {
  const given = [expires, expiresInDays, neverExpires].filter((flag) => flag !== undefined);
  if (given.length > 1) {
    throw wrongUsage('Only one of --expires, --expires-in-days and --never-expires can be given');
  }
  if (neverExpires) return null;
  if (expiresInDays === undefined) return expires;
  if (!/^[1-9]\d{0,4}$/.test(expiresInDays)) {
    throw wrongUsage('--expires-in-days takes a whole number of days');
  }
  return new Date(Date.now() + Number(expiresInDays) * dayMs).toISOString();
}

function narrowedProject(text: string) {
  const [, projectName, roles] = /^([^=]+)=(.+)$/.exec(text) ?? [];
  if (projectName === undefined || roles === undefined) {
    throw wrongUsage(`--project takes a project and its roles, such as Orders=security,deploy, not ${text}`);
  }
  return { projectName, roles: rolesOf(roles, '--project') };
}
