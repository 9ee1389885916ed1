import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { ManagerFlags } from '../../config.ts';
import { addCommand } from '../client-command.ts';
import { wrongUsage } from '../failure.ts';
import { prepareDataDir } from '../processes/data-dir.ts';
import { addDatabaseSettings, managerConfigOf } from '../processes/setting-options.ts';
import { rowCounts } from './row-counts.ts';

interface RestoreFlags extends ManagerFlags {
  readonly in?: string;
  readonly announce?: boolean;
  readonly replace?: boolean;
  readonly check?: boolean;
}

/** `keyplane restore`: a backup into an empty database of either kind, while all managers are stopped. */
export function addRestoreCommand(program: Command): void {
  const command = addCommand(program, {
    usage: 'restore',
    summary: 'Restore a backup into an empty database, SQLite or PostgreSQL',
    examples: [
      'restore --in keyplane.backup --check',
      'restore --in keyplane.backup --data-dir /var/lib/keyplane',
      'restore --announce',
    ],
  })
    .option('--in <FILE>', 'the backup')
    .option('--replace', 'delete everything in the database first')
    .option(
      '--announce',
      'instead of --in: a copy of the database was restored with other tools, and nodes must start over',
    )
    .option('--check', 'only check that the backup is complete and opens');
  addDatabaseSettings(command).action(async (flags: RestoreFlags) => {
    const { in: given, announce: isAnnounced = false, replace = false, check = false, ...settings } = flags;
    if ((given === undefined) !== isAnnounced) throw wrongUsage('One of --in and --announce is required');
    const config = managerConfigOf(settings);
    const { announce, restore, verifyBackUp } = await import('../../compose/operations.ts');
    if (given === undefined) {
      await announce(config);
      process.stdout.write('Announced: nodes receive a full snapshot when they connect.\n');
      return;
    }
    const file = resolve(given);
    if (!check) await prepareDataDir(config.dataDir);
    const { facts, rows } = check
      ? await verifyBackUp(config, file)
      : await restore(config, { file, replace });
    const what = check ? 'Complete and encrypted under this master key: the backup' : 'Restored the backup';
    process.stdout.write(
      `${what} of ${facts.createdAt} (keyplane ${facts.version}, schema version ${facts.schemaVersion}): ${rowCounts(rows)}\n`,
    );
    if (check) return;
    process.stdout.write(
      'Users, roles and tokens are as of the backup: repeat later revocations. Nodes receive a full snapshot when they connect.\n',
    );
  });
}
