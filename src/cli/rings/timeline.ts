import type { Command } from 'commander';
import type { KeyRingTransition } from '../../../clients/typescript/src/index.ts';
import { timeText } from '../../runtime/time-text.ts';
import { projectCommand } from '../client-command.ts';
import { wrongUsage } from '../failure.ts';
import { connectToProject, type ProjectFlags } from '../session/connection.ts';
import { type ListOutput, showList } from '../terminal/output.ts';
import { addTimingOptions, type PolicyFlags, timingQueryOf } from './policy-flags.ts';

const view: ListOutput<KeyRingTransition> = {
  columns: [
    { head: 'TIME', value: ({ at }) => timeText(at) },
    { head: 'VERSION', value: ({ version }) => version },
    { head: 'KID', value: ({ kid }) => kid },
    { head: 'FROM', value: ({ from }) => from },
    { head: 'TO', value: ({ to }) => to },
    { head: 'PLANNED', value: ({ planned }) => planned },
    { head: 'CAUSE', value: ({ cause }) => cause },
  ],
  name: ({ kid, version }) => kid ?? String(version),
};

export function addRingTimeline(ring: Command): void {
  const command = projectCommand(ring, {
    usage: 'timeline <NAME>',
    summary: 'Show past and planned transitions; with --dry-run as another policy would have them',
    examples: ['ring timeline api-signing', 'ring timeline api-signing --dry-run --rotation-interval 30d'],
    completes: ['key rings'],
  }).option('--dry-run', 'plan with the flags of the policy; nothing is stored');
  addTimingOptions(command).action(
    async (name: string, flags: ProjectFlags & PolicyFlags & { readonly dryRun?: boolean }) => {
      const query = timingQueryOf(flags);
      if (Object.keys(query).length > 0 && !flags.dryRun) {
        throw wrongUsage('Flags of the policy need --dry-run; `keyplane ring update` changes the policy');
      }
      const { client, projectName } = await connectToProject(flags);
      showList(flags, await client.getKeyRingTimeline({ projectName, ringName: name, ...query }), view);
    },
  );
}
