import type { Command } from 'commander';
import type { KeyplaneClient, Project } from '../../../clients/typescript/src/index.ts';
import { timeText } from '../../runtime/time-text.ts';
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
import { type ListView, show, showList } from '../terminal/output.ts';
import { listFormats } from '../terminal/output-format.ts';
import { confirm } from '../terminal/prompt.ts';

interface DescribedFlags extends ConnectionFlags {
  readonly description?: string;
}

interface UpdateFlags extends DescribedFlags {
  readonly historicalKeyRing?: string;
}

const view: ListView<Project> = {
  columns: [
    { head: 'NAME', value: ({ name }) => name },
    { head: 'CREATED', value: ({ createdAt }) => timeText(createdAt) },
    { head: 'HISTORICAL KEY RING', isWide: true, value: (one) => one.historicalKeyRingName },
    { head: 'UPDATED', isWide: true, value: ({ updatedAt }) => timeText(updatedAt) },
    { head: 'ID', isWide: true, value: ({ id }) => id },
    { head: 'DESCRIPTION', value: ({ description }) => description },
  ],
  name: ({ name }) => name,
};

/** `keyplane project`: the projects that JWKs and materials belong to. */
export function addProjectCommand(program: Command): void {
  const group = groupCommand(program, 'project', 'Projects, to which JWKs belong');
  const list = clientCommand(group, {
    usage: 'list',
    summary: 'List the projects to which you have access',
    examples: ['project list', 'project list --output name'],
    formats: listFormats,
  });
  addListOptions(list).action(async (flags: ConnectionFlags & ListFlags) => {
    const { client } = await connect(flags);
    const answer = await allItems(flags, (query) => client.listProjects(query));
    showList(flags, answer, view);
  });
  clientCommand(group, {
    usage: 'create <NAME>',
    summary: 'Create a project',
    examples: ['project create Orders', 'project create Orders --description "keys of the order service"'],
  })
    .option('--description <TEXT>', 'free text')
    .action(async (name: string, flags: DescribedFlags) => {
      const { client } = await connect(flags);
      const answer = await client.createProject({ body: { name, description: flags.description } });
      show(flags, answer, { table: () => `Created project ${name}\n` });
    });
  addChanges(group);
}

function addChanges(group: Command): void {
  clientCommand(group, {
    usage: 'update <NAME>',
    summary: 'Change the description of a project, which is removed without any option, or its key ring',
    examples: [
      'project update Orders --description "keys of the order service"',
      'project update Orders --historical-key-ring api-signing',
    ],
    completes: ['projects'],
  })
    .option('--description <TEXT>', 'free text')
    .option(
      '--historical-key-ring <NAME>',
      'the key ring that signs its historical keys; none: its only one for signatures. The description stays',
    )
    .action(async (name: string, flags: UpdateFlags) => {
      const { client } = await connect(flags);
      const answer = await client.updateProject({
        projectName: name,
        body: await changeOf(client, name, flags),
      });
      show(flags, answer, { table: () => `Updated project ${name}\n` });
    });
  const remove = clientCommand(group, {
    usage: 'delete <NAME>',
    summary: 'Delete a project with all its JWKs and materials, and undeploy them from every node',
    examples: ['project delete Orders', 'project delete Orders --yes'],
    completes: ['projects'],
  });
  addConfirmOption(remove).action(async (name: string, flags: ConnectionFlags & ConfirmFlags) => {
    const { client } = await connect(flags);
    await confirm(
      `Delete project ${name} with all its JWKs and materials and undeploy them from every node?`,
      flags.yes,
    );
    const answer = await client.deleteProject({ projectName: name });
    show(flags, answer, { table: () => `Deleted project ${name}\n` });
  });
}

/** A change of the key ring alone keeps the description, which the API removes where it is absent. */
async function changeOf(client: KeyplaneClient, name: string, flags: UpdateFlags) {
  const { description, historicalKeyRing } = flags;
  if (historicalKeyRing === undefined) return { description };
  const historicalKeyRingName = historicalKeyRing === 'none' ? null : historicalKeyRing;
  if (description !== undefined) return { description, historicalKeyRingName };
  const { resultList } = await client.listProjects({ search: name });
  const present = resultList.find((project) => project.name === name)?.description;
  return { description: present ?? undefined, historicalKeyRingName };
}
