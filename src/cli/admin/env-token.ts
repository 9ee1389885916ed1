import { type Command, InvalidArgumentError } from 'commander';
import { addListOptions, clientCommand, type ListFlags } from '../client-command.ts';
import { type ConnectionFlags, connect } from '../session/connection.ts';
import { everyItem } from '../session/every-item.ts';
import { note, show } from '../terminal/output.ts';
import { confirm } from '../terminal/prompt.ts';
import { shortTime, textTable } from '../terminal/table.ts';

interface TokenFlags {
  readonly name?: string;
  readonly expiresAt?: string;
  readonly maxNodes?: number;
  readonly privateKeys?: boolean;
}

function wholeNumber(text: string): number {
  if (/^[1-9]\d{0,6}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('A whole number from 1 on is accepted.');
}

/** `keyplane env token`: with which nodes join an environment. */
export function addEnvTokenCommand(env: Command): void {
  const noun = env.command('token').description('Enrollment tokens, with which nodes join an environment');
  clientCommand(noun, {
    usage: 'create <ENVIRONMENT>',
    summary: 'Make a token with which nodes join; it is shown once',
    examples: [
      'env token create production',
      'env token create production --name rack-7 --max-nodes 1 --expires-at 2030-01-31T12:00:00Z',
      'env token create production --private-keys',
    ],
  })
    .option('--name <NAME>', 'for people to tell it from others')
    .option('--expires-at <TIME>', 'no node joins with it from then on')
    .option('--max-nodes <COUNT>', 'keys of nodes that may ever be registered with it', wholeNumber)
    .option('--private-keys', 'its nodes are given private keys and keystores, not public parts only')
    .action(async (environmentName: string, flags: ConnectionFlags & TokenFlags) => {
      const { client, url } = await connect(flags);
      const { name, expiresAt, maxNodes, privateKeys } = flags;
      const body = { name, expiresAt, maxNodes, privateKeys };
      const answer = await client.createEnrollmentToken({ environmentName, body });
      show(flags, answer, () => `${answer.token}\n`);
      if (flags.json) return;
      const place = `--environment ${environmentName} --name NAME --port PORT --data-dir DIR`;
      note(`Start a node with it: KEYPLANE_NODE_TOKEN=… keyplane node --manager ${url} ${place}`);
    });
  const list = clientCommand(noun, {
    usage: 'list <ENVIRONMENT>',
    summary: 'List the enrollment tokens of an environment; never the tokens themselves',
    examples: ['env token list production'],
  });
  addListOptions(list).action(async (environmentName: string, flags: ConnectionFlags & ListFlags) => {
    const { client } = await connect(flags);
    const answer = await everyItem(flags, (query) =>
      client.listEnrollmentTokens({ environmentName, ...query }),
    );
    show(flags, answer, () =>
      textTable(
        ['ID', 'NAME', 'CREATED', 'EXPIRES', 'NODES', 'PRIVATE KEYS'],
        answer.resultList.map(({ id, name, createdAt, expiresAt, ...token }) => [
          ...[id, name, shortTime(createdAt), shortTime(expiresAt)],
          `${token.registeredNodes}/${token.maxNodes ?? 'any'}`,
          token.privateKeys,
        ]),
      ),
    );
  });
  clientCommand(noun, {
    usage: 'revoke <ENVIRONMENT> <ID>',
    summary: 'Revoke an enrollment token and bar the nodes that joined with it',
    examples: ['env token revoke production 019a…'],
  })
    .option('-y, --yes', 'do not ask')
    .action(
      async (
        environmentName: string,
        tokenId: string,
        flags: ConnectionFlags & { readonly yes?: boolean },
      ) => {
        const { client } = await connect(flags);
        await confirm(`Revoke enrollment token ${tokenId} of ${environmentName}?`, flags.yes);
        const answer = await client.deleteEnrollmentToken({ environmentName, tokenId });
        show(flags, answer, () => `Revoked enrollment token ${tokenId}\n`);
      },
    );
}
