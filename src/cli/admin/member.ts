import type { Command } from 'commander';
import { addListOptions, type ListFlags, nounCommand, projectCommand } from '../client-command.ts';
import { connectToProject, type ProjectFlags } from '../session/connection.ts';
import { everyItem } from '../session/every-item.ts';
import { show } from '../terminal/output.ts';
import { textTable } from '../terminal/table.ts';
import { rolesHelp, rolesOf } from './roles.ts';

/** `keyplane member`: who may do what in a project. */
export function addMemberCommand(program: Command): void {
  const noun = nounCommand(program, 'member', 'Members of a project and their roles');
  const list = projectCommand(noun, {
    usage: 'list',
    summary: 'List the members of a project',
    examples: ['member list --project MyProject'],
  });
  addListOptions(list).action(async (flags: ProjectFlags & ListFlags) => {
    const { client, projectName } = await connectToProject(flags);
    const answer = await everyItem(flags, (query) => client.listMembers({ projectName, ...query }));
    show(flags, answer, () =>
      textTable(
        ['USERNAME', 'ROLES'],
        answer.resultList.map(({ username, roles }) => [username, roles.join(', ')]),
      ),
    );
  });
  projectCommand(noun, {
    usage: 'set <USERNAME>',
    summary: 'Make a user a member of a project with exactly these roles',
    examples: ['member set alice --roles security,deploy --project MyProject'],
  })
    .requiredOption('--roles <ROLES>', rolesHelp)
    .action(async (username: string, flags: ProjectFlags & { readonly roles: string }) => {
      const roles = rolesOf(flags.roles, '--roles');
      const { client, projectName } = await connectToProject(flags);
      const answer = await client.putMember({ projectName, username, body: { roles } });
      show(flags, answer, () => `${username} is a member of ${projectName}: ${roles.join(', ')}\n`);
    });
  projectCommand(noun, {
    usage: 'remove <USERNAME>',
    summary: 'Take a user out of a project',
    examples: ['member remove alice --project MyProject'],
  }).action(async (username: string, flags: ProjectFlags) => {
    const { client, projectName } = await connectToProject(flags);
    const answer = await client.deleteMember({ projectName, username });
    show(flags, answer, () => `${username} is no member of ${projectName} any more\n`);
  });
}
