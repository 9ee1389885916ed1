import type { Command } from 'commander';
import {
  addConfirmOption,
  addListOptions,
  type ConfirmFlags,
  clientCommand,
  groupCommand,
  type ListFlags,
} from '../client-command.ts';
import { wrongUsage } from '../failure.ts';
import { futureTimeOption, wholeNumberOption } from '../flag-values.ts';
import { allItems } from '../session/all-items.ts';
import { type ConnectionFlags, connect } from '../session/connection.ts';
import { show, showList } from '../terminal/output.ts';
import { listFormats } from '../terminal/output-format.ts';
import { confirm } from '../terminal/prompt.ts';
import { rolesHelp, rolesOf } from './roles.ts';
import { tokenView } from './token-view.ts';

interface TokenFlags extends ConnectionFlags {
  readonly expires?: string;
  readonly expiresInDays?: number;
  readonly neverExpires?: boolean;
  readonly project?: readonly string[];
}

const dayMs = 86_400_000;

/** `keyplane token`: personal API tokens of the user who is signed in. */
export function addTokenCommand(program: Command): void {
  const group = groupCommand(program, 'token', 'Your personal API tokens');
  const list = clientCommand(group, {
    usage: 'list',
    summary: 'List your tokens, without the tokens themselves',
    examples: ['token list', 'token list --output wide'],
    formats: listFormats,
  });
  addListOptions(list).action(async (flags: ConnectionFlags & ListFlags) => {
    const { client } = await connect(flags);
    showList(flags, await allItems(flags, (query) => client.listTokens(query)), tokenView);
  });
  addTokenCreate(group);
  const remove = clientCommand(group, {
    usage: 'delete <NAME>',
    summary: 'Revoke a token',
    examples: ['token delete ci', 'token delete ci --yes'],
    completes: ['tokens'],
  });
  addConfirmOption(remove).action(async (name: string, flags: ConnectionFlags & ConfirmFlags) => {
    const { client } = await connect(flags);
    await confirm(`Revoke token ${name}?`, flags.yes);
    const answer = await client.deleteToken({ tokenName: name });
    show(flags, answer, { table: () => `Revoked token ${name}\n` });
  });
}

function addTokenCreate(group: Command): void {
  clientCommand(group, {
    usage: 'create <NAME>',
    summary: 'Create a token; it is shown once',
    examples: [
      'token create ci --expires 30d',
      'token create ci --project Orders=security,deploy > token.txt',
      'token create backup --never-expires',
    ],
  })
    .addOption(futureTimeOption('--expires <TIME>', 'ISO 8601, or from now such as 30d (default: 90d)'))
    .addOption(wholeNumberOption('--expires-in-days <DAYS>', 'the same in days', { least: 1, most: 99_999 }))
    .option('--never-expires', 'it is valid until it is revoked')
    .option(
      '--project <NAME=ROLES>',
      `narrows the token to a project and to roles in it, ${rolesHelp}; repeatable`,
      (one: string, others: readonly string[] = []) => [...others, one],
    )
    .action(async (name: string, flags: TokenFlags) => {
      const body = { name, expiresAt: expiryOf(flags), projects: flags.project?.map(narrowedProject) };
      const { client } = await connect(flags);
      const answer = await client.createToken({ body });
      show(flags, answer, { table: () => `${answer.token}\n` });
    });
}

/** Undefined: the manager decides; null: never. */
function expiryOf({ expires, expiresInDays, neverExpires }: TokenFlags): string | null | undefined {
  const given = [expires, expiresInDays, neverExpires].filter((flag) => flag !== undefined);
  if (given.length > 1) {
    throw wrongUsage('Only one of --expires, --expires-in-days and --never-expires is accepted');
  }
  if (neverExpires) return null;
  return expiresInDays === undefined ? expires : new Date(Date.now() + expiresInDays * dayMs).toISOString();
}

function narrowedProject(text: string) {
  const [, projectName, roles] = /^([^=]+)=(.+)$/.exec(text) ?? [];
  if (projectName === undefined || roles === undefined) {
    throw wrongUsage(`--project takes a project and its roles, such as Orders=security,deploy, not ${text}`);
  }
  return { projectName, roles: rolesOf(roles, '--project') };
}
