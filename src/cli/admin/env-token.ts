import type { Command } from 'commander';
import type { EnrollmentToken } from '../../../clients/typescript/src/index.ts';
import { timeText } from '../../runtime/time-text.ts';
import {
  addConfirmOption,
  addListOptions,
  type ConfirmFlags,
  clientCommand,
  groupCommand,
  type ListFlags,
} from '../client-command.ts';
import { futureTimeOption, wholeNumberOption } from '../flag-values.ts';
import { allItems } from '../session/all-items.ts';
import { type ConnectionFlags, connect } from '../session/connection.ts';
import { type ListOutput, note, show, showList } from '../terminal/output.ts';
import { isForProgram, listFormats } from '../terminal/output-format.ts';
import { confirm } from '../terminal/prompt.ts';

interface TokenFlags {
  readonly name?: string;
  readonly expiresAt?: string;
  readonly maxNodes?: number;
  readonly privateKeys?: boolean;
}

const view: ListOutput<EnrollmentToken> = {
  columns: [
    { head: 'ID', value: ({ id }) => id },
    { head: 'NAME', value: ({ name }) => name },
    { head: 'CREATED', value: ({ createdAt }) => timeText(createdAt) },
    { head: 'EXPIRES', value: ({ expiresAt }) => timeText(expiresAt) ?? 'never' },
    { head: 'NODES', value: ({ registeredNodes, maxNodes }) => `${registeredNodes}/${maxNodes ?? 'any'}` },
    { head: 'PRIVATE KEYS', value: ({ privateKeys }) => privateKeys },
  ],
  name: ({ id }) => id,
};

/** `keyplane env token`: the tokens with which nodes join an environment. */
export function addEnvTokenCommand(env: Command): void {
  const group = groupCommand(env, 'token', 'Enrollment tokens, with which nodes join an environment');
  addTokenCreate(group);
  const list = clientCommand(group, {
    usage: 'list <ENVIRONMENT>',
    summary: 'List the enrollment tokens of an environment, without the tokens themselves',
    examples: ['env token list production'],
    completes: ['environments'],
    formats: listFormats,
  });
  addListOptions(list).action(async (environmentName: string, flags: ConnectionFlags & ListFlags) => {
    const { client } = await connect(flags);
    const answer = await allItems(flags, (query) =>
      client.listEnrollmentTokens({ environmentName, ...query }),
    );
    showList(flags, answer, view);
  });
  const revoke = clientCommand(group, {
    usage: 'revoke <ENVIRONMENT> <ID>',
    summary: 'Revoke an enrollment token and bar the nodes that joined with it',
    examples: ['env token revoke production 019a…'],
    completes: ['environments', 'enrollment tokens'],
  });
  addConfirmOption(revoke).action(
    async (environmentName: string, tokenId: string, flags: ConnectionFlags & ConfirmFlags) => {
      const { client } = await connect(flags);
      await confirm(`Revoke enrollment token ${tokenId} of ${environmentName}?`, flags.yes);
      const answer = await client.deleteEnrollmentToken({ environmentName, tokenId });
      show(flags, answer, { table: () => `Revoked enrollment token ${tokenId}\n` });
    },
  );
}

function addTokenCreate(group: Command): void {
  clientCommand(group, {
    usage: 'create <ENVIRONMENT>',
    summary: 'Create a token with which nodes join; it is shown once',
    examples: [
      'env token create production',
      'env token create production --name rack-7 --max-nodes 1 --expires-at 7d',
      'env token create production --private-keys',
    ],
    completes: ['environments'],
  })
    .option('--name <NAME>', 'a name to recognise it by')
    .addOption(
      futureTimeOption('--expires-at <TIME>', 'no node joins after it: ISO 8601, or from now such as 7d'),
    )
    .addOption(
      wholeNumberOption('--max-nodes <COUNT>', 'how many node keys can ever be registered with it', {
        least: 1,
        most: 9_999_999,
      }),
    )
    .option('--private-keys', 'its nodes get private keys and keystores, not only public parts')
    .action(async (environmentName: string, flags: ConnectionFlags & TokenFlags) => {
      const { client, url } = await connect(flags);
      const { name, expiresAt, maxNodes, privateKeys } = flags;
      const body = { name, expiresAt, maxNodes, privateKeys };
      const answer = await client.createEnrollmentToken({ environmentName, body });
      show(flags, answer, { table: () => `${answer.token}\n` });
      if (isForProgram(flags)) return;
      const nodeFlags = `--environment ${environmentName} --name NAME --port PORT --data-dir DIR`;
      const { cliCommand } = await client.getSession();
      note(`Start a node: KEYPLANE_NODE_TOKEN=… ${cliCommand} node --manager ${url} ${nodeFlags}`);
    });
}
