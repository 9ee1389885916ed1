import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { ManagerFlags } from '../../config.ts';
import { prepareDataDir } from '../parts/data-dir.ts';
import { addManagerOptions, managerConfigOf } from '../parts/manager-options.ts';
import { rowCounts } from './row-counts.ts';

interface RestoreFlags extends ManagerFlags {
  readonly in?: string;
  readonly announce?: boolean;
  readonly replace?: boolean;
  readonly check?: boolean;
}

/** `keyplane restore`: a backup into an empty database, of either kind. All managers are stopped meanwhile. */
export function addRestoreCommand(program: Command): void {
  const command = program
    .command('restore')
    .description('Put a backup into an empty database, SQLite or PostgreSQL')
    .option('--in <FILE>', 'the backup')
    .option('--replace', 'remove all that the database holds')
    .option(
      '--announce',
      'instead of --in: a copy of the database was put back by hand, and nodes are told so',
    )
    .option('--check', 'only read the backup and say whether it is whole');
  addManagerOptions(command).action(async (flags: RestoreFlags) => {
    const { in: given, announce: isAnnounced = false, replace = false, check = false, ...settings } = flags;
    if ((given === undefined) !== isAnnounced) {
      command.error('error: one of --in and --announce is required', { exitCode: 2 });
    }
    const config = managerConfigOf(settings);
    const { announce, restore, verifyBackUp } = await import('../../compose/compose-operations.ts');
    if (given === undefined) {
      await announce(config);
      process.stdout.write('Announced: nodes are given everything anew, whatever they had.\n');
      return;
    }
    const file = resolve(given);
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
