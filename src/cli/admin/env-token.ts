import type { Command } from 'commander';
import { addListOptions, clientCommand, type ListFlags } from '../client-command.ts';
import { type ConnectionFlags, connect } from '../session/connection.ts';
import { everyItem } from '../session/every-item.ts';
import { note, show } from '../terminal/output.ts';
import { confirm } from '../terminal/prompt.ts';
import { shortTime, textTable } from '../terminal/table.ts';

/** `keyplane env token`: with which nodes join an environment. */
export function addEnvTokenCommand(env: Command): void {
  const noun = env.command('token').description('Enrollment tokens, with which nodes join an environment');
  clientCommand(noun, {
    usage: 'create <ENVIRONMENT>',
    summary: 'Make a token with which any number of nodes join; it is shown once',
    examples: ['env token create production', 'env token create production --name rack-7'],
  })
    .option('--name <NAME>', 'for people to tell it from others')
    .action(async (environmentName: string, flags: ConnectionFlags & { readonly name?: string }) => {
      const { client, url } = await connect(flags);
      const answer = await client.createEnrollmentToken({ environmentName, body: { name: flags.name } });
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
        ['ID', 'NAME', 'CREATED'],
        answer.resultList.map(({ id, name, createdAt }) => [id, name, shortTime(createdAt)]),
      ),
    );
  });
  clientCommand(noun, {
    usage: 'revoke <ENVIRONMENT> <ID>',
    summary: 'Revoke an enrollment token; nodes that joined with it are cut off',
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
