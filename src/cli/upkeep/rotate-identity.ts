import type { Command } from 'commander';
import type { ManagerFlags } from '../../config.ts';
import { addManagerOptions, managerConfigOf } from '../parts/manager-options.ts';

/** `keyplane rotate-identity`: beside managers that run. */
export function addRotateIdentityCommand(program: Command): void {
  const command = program
    .command('rotate-identity')
    .description('Replace the key by which nodes know this installation, while managers run');
  addManagerOptions(command).action(async (settings: ManagerFlags) => {
    const config = managerConfigOf(settings);
    const { replaceIdentity } = await import('../../compose/compose-identity.ts');
    const { from, to } = await replaceIdentity(config);
    process.stdout.write(
      [
        `The identity of this installation is ${to} now; it was ${from}.`,
        'Managers use it from now on. Nodes accept it when they connect again, because the former one signed it.',
        'Enrollment tokens from before are valid for 30 days more.',
        '',
      ].join('\n'),
    );
  });
}
