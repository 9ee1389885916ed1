import type { Command } from 'commander';
import { type ManagerFlags, processEnvironment, readNewMasterKey } from '../../config.ts';
import { addCommand } from '../client-command.ts';
import { addDatabaseSettings, managerConfigOf } from '../processes/setting-options.ts';

interface RotateFlags extends ManagerFlags {
  readonly newMasterKeyFile?: string;
  readonly keepSealed?: boolean;
  readonly finish?: boolean;
  readonly undo?: boolean;
}

/** `keyplane rotate-master-key`: while managers run. After an interruption the same command continues. */
export function addRotateMasterKeyCommand(program: Command): void {
  const command = addCommand(program, {
    usage: 'rotate-master-key',
    summary: 'Replace the master key while managers run, and encrypt everything under a new data key',
    examples: [
      'rotate-master-key',
      'rotate-master-key --new-master-key-file /etc/keyplane/new.key',
      'rotate-master-key --finish',
      'rotate-master-key --undo',
    ],
  })
    .option(
      '--new-master-key-file <FILE>',
      'file with the new key; without it one is created beside master.key [KEYPLANE_NEW_MASTER_KEY_FILE, or the key itself in KEYPLANE_NEW_MASTER_KEY]',
    )
    .option('--keep-sealed', 'keep the data key, and only wrap it under the new master key')
    .option('--finish', 'when all managers have the new key: end the validity of the old one')
    .option('--undo', 'before it is finished: end the validity of the new key');
  addDatabaseSettings(command).action(async (flags: RotateFlags) => {
    const { newMasterKeyFile, keepSealed = false, finish = false, undo = false, ...settings } = flags;
    const newMasterKey = readNewMasterKey(processEnvironment(), newMasterKeyFile);
    const config = managerConfigOf(settings);
    const { finishRotation, rotateMasterKey, undoRotation } = await import('../../compose/rotation.ts');
    if (finish || undo) {
      const changed = await (finish ? finishRotation(config) : undoRotation(config));
      const done = finish
        ? 'Finished: the old master key no longer opens anything in this database.'
        : 'Undone: the new master key opens nothing in this database.';
      process.stdout.write(`${changed ? done : 'No rotation of the master key is in progress.'}\n`);
      return;
    }
    const order = { newMasterKey, reseal: !keepSealed };
    const { resealed, keyFileSwapped } = await rotateMasterKey(config, order);
    process.stdout.write(`${nextSteps(resealed, keyFileSwapped)}\n`);
  });
}

function nextSteps(resealed: number, keyFileSwapped: boolean): string {
  const where = keyFileSwapped
    ? 'master.key in the data directory is the new key, master.key.old the old one. Earlier backups open only with the old one: keep a copy of it with them.'
    : 'Set the new key for all managers (KEYPLANE_MASTER_KEY or KEYPLANE_MASTER_KEY_FILE), and keep the old one with earlier backups.';
  return [
    `The old and the new master key both work now; ${resealed} values were encrypted again.`,
    where,
    'Restart each manager with the new key, then run this command with --finish.',
    'Nodes are not affected: each encrypts its copy under its own key.',
  ].join('\n');
}
