import type { Command } from 'commander';
import type { KeyRing } from '../../../clients/typescript/src/index.ts';
import { timeText } from '../../runtime/time-text.ts';
import {
  addListOptions,
  addUnusedOption,
  type ListFlags,
  projectCommand,
  type UnusedFlags,
  unusedForDaysOf,
} from '../client-command.ts';
import { allItems } from '../session/all-items.ts';
import { connectToProject, type ProjectFlags } from '../session/connection.ts';
import { type ListOutput, showList } from '../terminal/output.ts';
import { listFormats } from '../terminal/output-format.ts';

const view: ListOutput<KeyRing> = {
  columns: [
    { head: 'NAME', value: ({ name }) => name },
    { head: 'TYPE', value: ({ type }) => type },
    { head: 'STATE', value: ({ state }) => state },
    { head: 'ROTATES', value: ({ rotationInterval }) => rotationInterval ?? 'by hand' },
    { head: 'NEXT ROTATION', value: ({ nextRotationAt }) => timeText(nextRotationAt) },
    { head: 'LATE SINCE', value: ({ lateSince }) => timeText(lateSince) },
    { head: 'CREATED', isWide: true, value: ({ createdAt }) => timeText(createdAt) },
    { head: 'DESCRIPTION', isWide: true, value: ({ description }) => description },
  ],
  name: ({ name }) => name,
};

export function addRingList(ring: Command): void {
  const command = projectCommand(ring, {
    usage: 'list',
    summary: 'List the key rings of a project',
    examples: ['ring list', 'ring list --search signing --output wide', 'ring list --output name'],
    formats: listFormats,
  });
  addUnusedOption(addListOptions(command)).action(async (flags: ProjectFlags & ListFlags & UnusedFlags) => {
    const { client, projectName } = await connectToProject(flags);
    showList(
      flags,
      await allItems(flags, (query) =>
        client.listKeyRings({ projectName, ...unusedForDaysOf(flags), ...query }),
      ),
      view,
    );
  });
}
