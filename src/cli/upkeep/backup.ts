import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { ManagerFlags } from '../../config.ts';
import { addManagerOptions, managerConfigOf } from '../parts/manager-options.ts';
import { rowCounts } from './row-counts.ts';

/** `keyplane backup`: everything in the database into one sealed file, beside managers that run. */
export function addBackupCommand(program: Command): void {
  const command = program
    .command('backup')
    .description('Write all that the database holds into one file, sealed under the master key')
    .requiredOption('--out <FILE>', 'the file to make; it must not be there');
  addManagerOptions(command).action(async ({ out, ...flags }: ManagerFlags & { readonly out: string }) => {
    const file = resolve(out);
    const { backUp } = await import('../../compose/compose-operations.ts');
    const { createdAt, schemaVersion, rows } = await backUp(managerConfigOf(flags), file);
    const { size } = await stat(file);
    process.stdout.write(
      `Backup of ${createdAt} in ${file} (${size} bytes, schema version ${schemaVersion}): ${rowCounts(rows)}\n` +
        'Only the master key opens it. Keep that apart from it.\n',
    );
  });
}
