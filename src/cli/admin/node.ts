import type { Command } from 'commander';
import type { EnvironmentNode } from '../../../clients/typescript/src/index.ts';
import { exactTimeText, timeAndDistance } from '../../runtime/time-text.ts';
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
import { type ListOutput, note, show, showList } from '../terminal/output.ts';
import { isForProgram, listFormats } from '../terminal/output-format.ts';
import { confirm } from '../terminal/prompt.ts';

const view: ListOutput<EnvironmentNode> = {
  columns: [
    { head: 'NAME', value: ({ name }) => name },
    { head: 'CONNECTED', value: ({ connected }) => connected },
    { head: 'REVISION', value: ({ appliedRevision }) => appliedRevision },
    { head: 'LAST SEEN', value: ({ lastSeenAt }) => timeAndDistance(lastSeenAt) },
    { head: 'VERSION', value: ({ version }) => version },
    { head: 'ADDRESS', value: ({ address }) => address },
    { head: 'PRIVATE KEYS', value: ({ privateKeys }) => privateKeys },
    { head: 'SERVE LIMIT', isWide: true, value: ({ serveLimit }) => serveLimit },
    { head: 'EPHEMERAL', isWide: true, value: ({ ephemeral }) => ephemeral },
    { head: 'SIGNS UNTIL', isWide: true, value: ({ signsUntil }) => timeAndDistance(signsUntil) },
    { head: 'CLOCK OFFSET', isWide: true, value: ({ clockOffsetMs }) => offsetText(clockOffsetMs) },
    { head: 'LAST SEEN, EXACT', isWide: true, value: ({ lastSeenAt }) => exactTimeText(lastSeenAt) },
  ],
  name: ({ name }) => name,
};

function offsetText(clockOffsetMs: number | null): string | null {
  return clockOffsetMs === null ? null : `${clockOffsetMs} ms`;
}

/** `keyplane node list`, `node forget` and `node readmit`: nodes that the manager knows. */
export function addNodeCommands(program: Command): void {
  const group = groupCommand(program, 'node', 'Nodes of an environment that the manager knows');
  const list = clientCommand(group, {
    usage: 'list <ENVIRONMENT>',
    summary: 'List the nodes of an environment',
    examples: ['node list production', 'node list production --output json'],
    completes: ['environments'],
    formats: listFormats,
  });
  addListOptions(list).action(async (environmentName: string, flags: ConnectionFlags & ListFlags) => {
    const { client } = await connect(flags);
    const answer = await allItems(flags, (query) => client.listNodes({ environmentName, ...query }));
    showList(flags, answer, view);
  });
  const forget = clientCommand(group, {
    usage: 'forget <ENVIRONMENT> <NAME>',
    summary: 'Remove a node: the manager rejects its key and no change waits for it',
    examples: ['node forget production rack-7', 'node forget production rack-7 --yes'],
    completes: ['environments', 'nodes'],
  });
  addConfirmOption(forget).action(
    async (environmentName: string, nodeName: string, flags: ConnectionFlags & ConfirmFlags) => {
      const { client } = await connect(flags);
      await confirm(`Forget node ${nodeName} of ${environmentName}?`, flags.yes);
      const answer = await client.deleteNode({ environmentName, nodeName });
      show(flags, answer, { table: () => `Forgot node ${nodeName} of ${environmentName}\n` });
      if (!isForProgram(flags)) for (const warning of answer.warnings) note(warning);
    },
  );
  clientCommand(group, {
    usage: 'readmit <ENVIRONMENT> <NAME>',
    summary: 'Accept the key of a node again that was removed or whose token was revoked',
    examples: ['node readmit production rack-7'],
    completes: ['environments'],
  }).action(async (environmentName: string, nodeName: string, flags: ConnectionFlags) => {
    const { client } = await connect(flags);
    const answer = await client.readmitNode({ environmentName, nodeName });
    show(flags, answer, { table: () => `Readmitted node ${nodeName} of ${environmentName}\n` });
  });
}
