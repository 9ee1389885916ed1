import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { ManagerFlags } from '../../config.ts';
import { addCommand } from '../client-command.ts';
import { addDatabaseSettings, managerConfigOf } from '../processes/setting-options.ts';
import { rowCounts } from './row-counts.ts';

/** `keyplane backup`: the whole database in one encrypted file, while managers run. */
export function addBackupCommand(program: Command): void {
  const command = addCommand(program, {
    usage: 'backup',
    summary: 'Back up the database into one file, encrypted under the master key',
    examples: [
      'backup --out keyplane-2026-11-29.backup',
      'backup --out /backups/keyplane.backup --data-dir /var/lib/keyplane',
    ],
  }).requiredOption('--out <FILE>', 'the file to write; it must not exist');
  addDatabaseSettings(command).action(
    async ({ out, ...settings }: ManagerFlags & { readonly out: string }) => {
      const file = resolve(out);
      const config = managerConfigOf(settings);
      const { backUp } = await import('../../compose/operations.ts');
      const { createdAt, schemaVersion, rows } = await backUp(config, file);
      const { size } = await stat(file);
      process.stdout.write(
        `Backup of ${createdAt} in ${file} (${size} bytes, schema version ${schemaVersion}): ${rowCounts(rows)}\n` +
          'Only the master key opens it. Keep the two apart.\n',
      );
    },
  );
}
