import type { Command } from 'commander';
import type { ManagerFlags } from '../../config.ts';
import { addCommand } from '../client-command.ts';
import { addDatabaseSettings, managerConfigOf } from '../processes/setting-options.ts';

/** `keyplane rotate-identity`: while managers run. */
export function addRotateIdentityCommand(program: Command): void {
  const command = addCommand(program, {
    usage: 'rotate-identity',
    summary: 'Replace the identity key of the installation while managers run',
    examples: ['rotate-identity --data-dir /var/lib/keyplane'],
  });
  addDatabaseSettings(command).action(async (settings: ManagerFlags) => {
    const config = managerConfigOf(settings);
    const { replaceIdentity } = await import('../../compose/operations.ts');
    const { from, to } = await replaceIdentity(config);
    process.stdout.write(
      [
        `The identity of this installation is ${to} now; it was ${from}.`,
        'Managers use it from now on. Nodes accept it when they connect again, because the former one signed it.',
        'Enrollment tokens that were created before are valid for 30 more days.',
        '',
      ].join('\n'),
    );
  });
}
