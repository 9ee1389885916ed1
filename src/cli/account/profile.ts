import type { Command } from 'commander';
import { addCommand, groupCommand } from '../client-command.ts';
import { wrongUsage } from '../failure.ts';
import { readProfiles, writeProfiles } from '../session/profiles-file.ts';
import { type ListOutput, showItems, write } from '../terminal/output.ts';
import { addOutputOptions, listFormats, type OutputFlags } from '../terminal/output-format.ts';

interface ListedProfile {
  readonly name: string;
  readonly current: boolean;
  readonly url: string;
  readonly username: string;
  readonly project: string | null;
}

const view: ListOutput<ListedProfile> = {
  columns: [
    { head: 'NAME', value: ({ name }) => name },
    { head: 'CURRENT', value: ({ current }) => current },
    { head: 'URL', value: ({ url }) => url },
    { head: 'USERNAME', value: ({ username }) => username },
    { head: 'PROJECT', value: ({ project }) => project },
  ],
  name: ({ name }) => name,
};

/** `keyplane profile`: the installations where the user is signed in. */
export function addProfileCommand(program: Command): void {
  const group = groupCommand(program, 'profile', 'The installations where you are signed in');
  const list = addCommand(group, {
    usage: 'list',
    summary: 'List the profiles and mark the current one',
    examples: ['profile list', 'profile list --output name'],
  });
  addOutputOptions(list, listFormats).action(async (flags: OutputFlags) => {
    const { current, profiles } = await readProfiles();
    const items = Object.entries(profiles).map(([name, { url, username, project }]) => {
      return { name, current: name === current, url, username, project: project ?? null };
    });
    showItems(flags, { answer: items, items }, view);
  });
  addCommand(group, {
    usage: 'use <NAME>',
    summary: 'Make a profile the current one, and set its project if one is given',
    examples: ['profile use production', 'profile use production --project MyProject'],
    completes: ['profiles'],
  })
    .option('-p, --project <NAME>', 'project of commands that name none')
    .action(async (name: string, { project }: { readonly project?: string }) => {
      const { profiles } = await readProfiles();
      const chosen = Object.hasOwn(profiles, name) ? profiles[name] : undefined;
      if (!chosen)
        throw wrongUsage(
          `Profile ${name} does not exist. Profiles: ${Object.keys(profiles).join(', ') || 'none'}`,
        );
      const changed = { ...chosen, ...(project !== undefined && { project }) };
      await writeProfiles({ current: name, profiles: { ...profiles, [name]: changed } });
      write(`The current profile is ${name}: ${chosen.url} as ${chosen.username}\n`);
    });
}
