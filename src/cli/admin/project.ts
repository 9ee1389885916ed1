import type { Command } from 'commander';
import { addListOptions, clientCommand, type ListFlags, nounCommand } from '../client-command.ts';
import { type ConnectionFlags, connect } from '../session/connection.ts';
import { everyItem } from '../session/every-item.ts';
import { show } from '../terminal/output.ts';
import { confirm } from '../terminal/prompt.ts';
import { dayOf, textTable } from '../terminal/table.ts';

interface DescribedFlags extends ConnectionFlags {
  readonly description?: string;
}

/** `keyplane project`: what JWKs and their materials belong to. */
export function addProjectCommand(program: Command): void {
  const noun = nounCommand(program, 'project', 'Projects, which JWKs belong to');
  const list = clientCommand(noun, {
    usage: 'list',
    summary: 'List the projects that you may see',
    examples: ['project list', 'project list --json'],
  });
  addListOptions(list).action(async (flags: ConnectionFlags & ListFlags) => {
    const { client } = await connect(flags);
    const answer = await everyItem(flags, (query) => client.listProjects(query));
    show(flags, answer, () =>
      textTable(
        ['NAME', 'CREATED', 'DESCRIPTION'],
        answer.resultList.map(({ name, createdAt, description }) => [name, dayOf(createdAt), description]),
      ),
    );
  });
  clientCommand(noun, {
    usage: 'create <NAME>',
    summary: 'Make a project',
    examples: ['project create Orders', 'project create Orders --description "keys of the order service"'],
  })
    .option('--description <TEXT>', 'for people to read')
    .action(async (name: string, flags: DescribedFlags) => {
      const { client } = await connect(flags);
      const answer = await client.createProject({ body: { name, description: flags.description } });
      show(flags, answer, () => `Created project ${name}\n`);
    });
  addChanges(noun);
}

function addChanges(noun: Command): void {
  clientCommand(noun, {
    usage: 'update <NAME>',
    summary: 'Give a project another description, or with none take it away',
    examples: ['project update Orders --description "keys of the order service"'],
  })
    .option('--description <TEXT>', 'for people to read')
    .action(async (name: string, flags: DescribedFlags) => {
      const { client } = await connect(flags);
      const answer = await client.updateProject({
        projectName: name,
        body: { description: flags.description },
      });
      show(flags, answer, () => `Updated project ${name}\n`);
    });
  clientCommand(noun, {
    usage: 'delete <NAME>',
    summary: 'Delete a project with all its JWKs and materials, on every node too',
    examples: ['project delete Orders', 'project delete Orders --yes'],
  })
    .option('-y, --yes', 'do not ask')
    .action(async (name: string, flags: ConnectionFlags & { readonly yes?: boolean }) => {
      const { client } = await connect(flags);
      await confirm(`Delete project ${name} with all its JWKs and materials, on every node too?`, flags.yes);
      const answer = await client.deleteProject({ projectName: name });
      show(flags, answer, () => `Deleted project ${name}\n`);
    });
}
