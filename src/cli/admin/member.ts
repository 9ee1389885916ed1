import type { Command } from 'commander';
import type { Member } from '../../../clients/typescript/src/index.ts';
import { addListOptions, groupCommand, type ListFlags, projectCommand } from '../client-command.ts';
import { allItems } from '../session/all-items.ts';
import { connectToProject, type ProjectFlags } from '../session/connection.ts';
import { type ListOutput, show, showList } from '../terminal/output.ts';
import { listFormats } from '../terminal/output-format.ts';
import { rolesHelp, rolesOf } from './roles.ts';

const view: ListOutput<Member> = {
  columns: [
    { head: 'USERNAME', value: ({ username }) => username },
    { head: 'ROLES', value: ({ roles }) => roles.join(', ') },
  ],
  name: ({ username }) => username,
};

/** `keyplane member`: the users of a project and their roles. */
export function addMemberCommand(program: Command): void {
  const group = groupCommand(program, 'member', 'Members of a project and their roles');
  const list = projectCommand(group, {
    usage: 'list',
    summary: 'List the members of a project',
    examples: ['member list --project MyProject'],
    formats: listFormats,
  });
  addListOptions(list).action(async (flags: ProjectFlags & ListFlags) => {
    const { client, projectName } = await connectToProject(flags);
    const answer = await allItems(flags, (query) => client.listMembers({ projectName, ...query }));
    showList(flags, answer, view);
  });
  projectCommand(group, {
    usage: 'set <USERNAME>',
    summary: 'Make a user a member of a project with exactly these roles',
    examples: ['member set alice --roles security,deploy --project MyProject'],
    completes: ['users'],
  })
    .requiredOption('--roles <ROLES>', rolesHelp)
    .action(async (username: string, flags: ProjectFlags & { readonly roles: string }) => {
      const roles = rolesOf(flags.roles, '--roles');
      const { client, projectName } = await connectToProject(flags);
      const answer = await client.putMember({ projectName, username, body: { roles } });
      show(flags, answer, {
        table: () => `${username} is a member of ${projectName}: ${roles.join(', ')}\n`,
      });
    });
  projectCommand(group, {
    usage: 'remove <USERNAME>',
    summary: 'Remove a user from a project',
    examples: ['member remove alice --project MyProject'],
    completes: ['members'],
  }).action(async (username: string, flags: ProjectFlags) => {
    const { client, projectName } = await connectToProject(flags);
    const answer = await client.deleteMember({ projectName, username });
    show(flags, answer, { table: () => `Removed ${username} from project ${projectName}\n` });
  });
}
