import type { Command } from 'commander';
import { addCommand, nounCommand } from '../client-command.ts';
import { wrongUsage } from '../failure.ts';
import { readProfiles, writeProfiles } from '../session/profiles-file.ts';
import { show, write } from '../terminal/output.ts';
import { textTable } from '../terminal/table.ts';

/** `keyplane profile`: the installations that one is signed in at. */
export function addProfileCommand(program: Command): void {
  const noun = nounCommand(program, 'profile', 'The installations that you are signed in at');
  addCommand(noun, {
    usage: 'list',
    summary: 'List the profiles; the one that is taken by itself is marked',
    examples: ['profile list', 'profile list --json'],
  })
    .option('--json', 'print them as JSON, without their tokens')
    .action(async (flags: { readonly json?: boolean }) => {
      const { current, profiles } = await readProfiles();
      const listed = Object.entries(profiles).map(([name, { url, username, project }]) => {
        return { name, current: name === current, url, username, project: project ?? null };
      });
      show(flags, listed, () =>
        textTable(
          ['NAME', 'CURRENT', 'URL', 'USERNAME', 'PROJECT'],
          listed.map((one) => [one.name, one.current, one.url, one.username, one.project]),
        ),
      );
    });
  addCommand(noun, {
    usage: 'use <NAME>',
    summary: 'Take this profile where none is named, and its project if one is given',
    examples: ['profile use production', 'profile use production --project MyProject'],
  })
    .option('-p, --project <NAME>', 'the project that commands are about where none is named')
    .action(async (name: string, { project }: { readonly project?: string }) => {
      const { profiles } = await readProfiles();
      const chosen = Object.hasOwn(profiles, name) ? profiles[name] : undefined;
      if (!chosen)
        throw wrongUsage(`There is no profile ${name}; there are: ${Object.keys(profiles).join(', ')}`);
      const changed = { ...chosen, ...(project !== undefined && { project }) };
      await writeProfiles({ current: name, profiles: { ...profiles, [name]: changed } });
      write(`Profile ${name} is taken from now on: ${chosen.url} as ${chosen.username}\n`);
    });
}
