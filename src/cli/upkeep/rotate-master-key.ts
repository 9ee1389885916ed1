import type { Command } from 'commander';
import { type ManagerFlags, processEnvironment, readNewMasterKey } from '../../config.ts';
import { addManagerOptions, managerConfigOf } from '../parts/manager-options.ts';

interface RotateFlags extends ManagerFlags {
  readonly newMasterKeyFile?: string;
  readonly keepSealed?: boolean;
  readonly finish?: boolean;
  readonly undo?: boolean;
}

/** `keyplane rotate-master-key`: beside managers that run. Cut off anywhere, the same command goes on. */
export function addRotateMasterKeyCommand(program: Command): void {
  const command = program
    .command('rotate-master-key')
    .description('Change the master key while managers run, and seal everything under a new data key')
    .option(
      '--new-master-key-file <FILE>',
      'the new key; without it one is made beside master.key [KEYPLANE_NEW_MASTER_KEY_FILE, or the key itself in KEYPLANE_NEW_MASTER_KEY]',
    )
    .option('--keep-sealed', 'leave what is sealed under its data key; only wrap that anew')
    .option('--finish', 'once all managers have the new key: the old one opens nothing any more')
    .option('--undo', 'before it is finished: the new key opens nothing any more');
  addManagerOptions(command).action(async (flags: RotateFlags) => {
    const { newMasterKeyFile, keepSealed = false, finish = false, undo = false, ...settings } = flags;
    const newMasterKey = readNewMasterKey(processEnvironment(), newMasterKeyFile);
    const config = managerConfigOf(settings);
    const { finishRotation, rotateMasterKey, undoRotation } = await import(
      '../../compose/compose-rotation.ts'
    );
    if (finish || undo) {
      const changed = await (finish ? finishRotation(config) : undoRotation(config));
      const done = finish
        ? 'Finished: the old master key opens nothing in this database any more.'
        : 'Taken back: the new master key opens nothing in this database.';
      process.stdout.write(`${changed ? done : 'No change of the master key was under way.'}\n`);
      return;
    }
    const order = { newMasterKey, sealAnew: !keepSealed };
    const { sealedAnew, keyFileSwapped } = await rotateMasterKey(config, order);
    process.stdout.write(`${nextSteps(sealedAnew, keyFileSwapped)}\n`);
  });
}

function nextSteps(sealedAnew: number, keyFileSwapped: boolean): string {
  const where = keyFileSwapped
    ? 'master.key in the data directory is the new key, master.key.old the old one. Backups made before open with the old one only: keep a copy of it with them.'
    : 'Set the new key for all managers (KEYPLANE_MASTER_KEY or KEYPLANE_MASTER_KEY_FILE), and keep the old one with the backups made before.';
  return [
    `The old and the new master key both work now; ${sealedAnew} values were sealed anew.`,
    where,
    'Start each manager again with the new key, then run this command with --finish.',
    "Nodes are not touched: each node's copy is sealed under a key of its own.",
  ].join('\n');
}
