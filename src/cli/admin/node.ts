import type { Command } from 'commander';
import { addListOptions, clientCommand, type ListFlags, nounCommand } from '../client-command.ts';
import { type ConnectionFlags, connect } from '../session/connection.ts';
import { everyItem } from '../session/every-item.ts';
import { note, show } from '../terminal/output.ts';
import { confirm } from '../terminal/prompt.ts';
import { shortTime, textTable } from '../terminal/table.ts';

/** What `keyplane node` does beside starting one. */
export const nodeVerbs = Object.freeze(['list', 'forget', 'readmit']);

/** `keyplane node list`, `node forget` and `node readmit`: nodes as the manager knows them. */
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
        ['NAME', 'CONNECTED', 'REVISION', 'LAST SEEN', 'VERSION', 'ADDRESS', 'PRIVATE KEYS'],
        answer.resultList.map((one) => [
          ...[one.name, one.connected, one.appliedRevision, shortTime(one.lastSeenAt), one.version],
          ...[one.address, one.privateKeys],
        ]),
      ),
    );
  });
  clientCommand(noun, {
    usage: 'forget <ENVIRONMENT> <NAME>',
    summary: 'Remove a node: its key is rejected, and no change waits for it',
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
        if (!flags.json) for (const warning of answer.warnings) note(warning);
      },
    );
  clientCommand(noun, {
    usage: 'readmit <ENVIRONMENT> <NAME>',
    summary: 'Accept the key of a node again that was removed or whose token was revoked',
    examples: ['node readmit production rack-7'],
  }).action(async (environmentName: string, nodeName: string, flags: ConnectionFlags) => {
    const { client } = await connect(flags);
    const answer = await client.readmitNode({ environmentName, nodeName });
    show(flags, answer, () => `Readmitted node ${nodeName} of ${environmentName}\n`);
  });
}
