import type { Command } from 'commander';
import type { KeyplaneClient, Project } from '../../../clients/typescript/src/index.ts';
import { defaultPublishedKeyTypes, publicKeyTypeNames } from '../../jose/key-types.ts';
import { timeText } from '../../runtime/time-text.ts';
import {
  addConfirmOption,
  addListOptions,
  type ConfirmFlags,
  clientCommand,
  groupCommand,
  type ListFlags,
} from '../client-command.ts';
import { splitNames } from '../flag-values.ts';
import { allItems } from '../session/all-items.ts';
import { type ConnectionFlags, connect } from '../session/connection.ts';
import { type ListOutput, show, showList } from '../terminal/output.ts';
import { listFormats } from '../terminal/output-format.ts';
import { confirm } from '../terminal/prompt.ts';

interface DescribedFlags extends ConnectionFlags {
  readonly description?: string;
}

interface CreateFlags extends DescribedFlags {
  readonly publishKeyTypes?: string;
}

interface UpdateFlags extends CreateFlags {
  readonly historicalKeyRing?: string;
}

const view: ListOutput<Project> = {
  columns: [
    { head: 'NAME', value: ({ name }) => name },
    { head: 'CREATED', value: ({ createdAt }) => timeText(createdAt) },
    { head: 'HISTORICAL KEY RING', isWide: true, value: (one) => one.historicalKeyRingName },
    { head: 'KEY TYPES', isWide: true, value: ({ publishKeyTypes }) => publishKeyTypes.join(', ') },
    { head: 'UPDATED', isWide: true, value: ({ updatedAt }) => timeText(updatedAt) },
    { head: 'ID', isWide: true, value: ({ id }) => id },
    { head: 'DESCRIPTION', value: ({ description }) => description },
  ],
  name: ({ name }) => name,
};

const publishKeyTypesText = `key types in its JWK Set, separated by commas, of ${publicKeyTypeNames.join(', ')} (default: ${defaultPublishedKeyTypes.join(', ')})`;

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
    .option('--publish-key-types <TYPES>', publishKeyTypesText)
    .action(async (name: string, flags: CreateFlags) => {
      const { client } = await connect(flags);
      const { description, publishKeyTypes } = flags;
      const body = {
        name,
        description,
        ...(publishKeyTypes !== undefined && { publishKeyTypes: [...splitNames(publishKeyTypes)] }),
      };
      const answer = await client.createProject({ body });
      show(flags, answer, { table: () => `Created project ${name}\n` });
    });
  addChanges(group);
}

function addChanges(group: Command): void {
  clientCommand(group, {
    usage: 'update <NAME>',
    summary:
      'Change the description of a project, which is removed without any option, its key ring or its key types',
    examples: [
      'project update Orders --description "keys of the order service"',
      'project update Orders --historical-key-ring api-signing',
      'project update Orders --publish-key-types EC',
    ],
    completes: ['projects'],
  })
    .option('--description <TEXT>', 'free text')
    .option(
      '--historical-key-ring <NAME>',
      'the key ring that signs its historical keys; none: its only one for signatures. The description stays',
    )
    .option('--publish-key-types <TYPES>', `${publishKeyTypesText}; default: those. The description stays`)
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

/** A change of something else alone keeps the description, which the API removes where it is absent. */
async function changeOf(client: KeyplaneClient, name: string, flags: UpdateFlags) {
  const { description, historicalKeyRing, publishKeyTypes } = flags;
  const changes = {
    ...(historicalKeyRing !== undefined && {
      historicalKeyRingName: historicalKeyRing === 'none' ? null : historicalKeyRing,
    }),
    ...(publishKeyTypes !== undefined && {
      publishKeyTypes: publishKeyTypes === 'default' ? null : [...splitNames(publishKeyTypes)],
    }),
  };
  if (description !== undefined || Object.keys(changes).length === 0) return { description, ...changes };
  const { resultList } = await client.listProjects({ search: name });
  const present = resultList.find((project) => project.name === name)?.description;
  return { description: present ?? undefined, ...changes };
}
