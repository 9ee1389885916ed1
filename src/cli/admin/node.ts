import type { Command } from 'commander';
import { addListOptions, clientCommand, type ListFlags, nounCommand } from '../client-command.ts';
import { type ConnectionFlags, connect } from '../session/connection.ts';
import { everyItem } from '../session/every-item.ts';
import { show } from '../terminal/output.ts';
import { confirm } from '../terminal/prompt.ts';
import { shortTime, textTable } from '../terminal/table.ts';

/** What `keyplane node` does beside starting one. */
export const nodeVerbs = Object.freeze(['list', 'forget']);

/** `keyplane node list` and `node forget`: nodes as the manager knows them. */
export function addNodeVerbs(program: Command): void {
  const noun = nounCommand(program, 'node', 'Nodes of an environment, as the manager knows them');
  const list = clientCommand(noun, {
    usage: 'list <ENVIRONMENT>',
    summary: 'List the nodes of an environment',
    examples: ['node list production', 'node list production --json'],
  });
  addListOptions(list).action(async (environmentName: string, flags: ConnectionFlags & ListFlags) => {
    const { client } = await connect(flags);
    const answer = await everyItem(flags, (query) => client.listNodes({ environmentName, ...query }));
    show(flags, answer, () =>
      textTable(
        ['NAME', 'CONNECTED', 'REVISION', 'LAST SEEN', 'VERSION'],
        answer.resultList.map((one) => [
          ...[one.name, one.connected, one.appliedRevision, shortTime(one.lastSeenAt), one.version],
        ]),
      ),
    );
  });
  clientCommand(noun, {
    usage: 'forget <ENVIRONMENT> <NAME>',
    summary: 'Forget a node that is gone for good, so that no change waits for it',
    examples: ['node forget production rack-7', 'node forget production rack-7 --yes'],
  })
    .option('-y, --yes', 'do not ask')
    .action(
      async (
        environmentName: string,
        nodeName: string,
        flags: ConnectionFlags & { readonly yes?: boolean },
      ) => {
        const { client } = await connect(flags);
        await confirm(`Forget node ${nodeName} of ${environmentName}?`, flags.yes);
        const answer = await client.deleteNode({ environmentName, nodeName });
        show(flags, answer, () => `Forgot node ${nodeName} of ${environmentName}\n`);
      },
    );
}
