import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { ManagerFlags } from '../config.ts';
import { prepareDataDir } from './data-dir.ts';
import { addManagerOptions, managerConfigOf } from './manager-options.ts';
import { rowCounts } from './row-counts.ts';

interface RestoreFlags extends ManagerFlags {
  readonly in: string;
  readonly replace?: boolean;
  readonly check?: boolean;
}

/** `keyplane restore`: a backup into an empty database, of either kind. All managers are stopped meanwhile. */
export function addRestoreCommand(program: Command): void {
  const command = program
    .command('restore')
    .description('Put a backup into an empty database, SQLite or PostgreSQL')
    .requiredOption('--in <FILE>', 'the backup')
    .option('--replace', 'remove all that the database holds')
    .option('--check', 'only read the backup and say whether it is whole');
  addManagerOptions(command).action(async (flags: RestoreFlags) => {
    const { in: given, replace = false, check = false, ...settings } = flags;
    const file = resolve(given);
    const config = managerConfigOf(settings);
    const { restore, verifyBackUp } = await import('../compose-operations.ts');
    if (!check) await prepareDataDir(config.dataDir);
    const { facts, rows } = check
      ? await verifyBackUp(config, file)
      : await restore(config, { file, replace });
    const what = check ? 'Whole and sealed under this master key: the backup' : 'Restored the backup';
    process.stdout.write(
      `${what} of ${facts.createdAt} (keyplane ${facts.version}, schema version ${facts.schemaVersion}): ${rowCounts(rows)}\n`,
    );
    if (check) return;
    process.stdout.write(
      'Users, roles and tokens are what they were then: revoke again what was revoked since. Nodes are given everything anew.\n',
    );
  });
}
