import type { Command } from 'commander';
import type { ManagerFlags } from '../../config.ts';
import { prepareDataDir } from './data-dir.ts';
import { forgetCompiled } from './forget-compiled.ts';
import { addManagerOptions, managerConfigOf } from './manager-options.ts';
import { tellParent } from './parent-process.ts';
import { endInAnyCase, stopSignal } from './stop-signal.ts';

/** `keyplane serve`: the manager alone, with nothing made but the admin user. Its log goes to standard output. */
export function addServeCommand(program: Command): void {
  const command = program.command('serve').description('Start the manager');
  addManagerOptions(command).action(async (flags: ManagerFlags) => {
    const config = managerConfigOf(flags);
    const stopped = stopSignal();
    void endInAnyCase(stopped);
    const { createLog } = await import('../../log.ts');
    const { startManager } = await import('../../compose.ts');
    forgetCompiled();
    await prepareDataDir(config.dataDir);
    const manager = await startManager(config, createLog('keyplane'));
    if (manager.firstAdmin?.password !== undefined) {
      const { username, password } = manager.firstAdmin;
      process.stderr.write(`Made the first user: ${username}, password ${password} (shown this once)\n`);
    }
    process.stderr.write(`keyplane is ready: ${manager.url}/\n`);
    await tellParent({ ready: manager.url });
    await stopped;
    await manager.close();
  });
}
