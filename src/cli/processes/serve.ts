import type { Command } from 'commander';
import type { ManagerFlags } from '../../config.ts';
import { addCommand } from '../client-command.ts';
import { prepareDataDir } from './data-dir.ts';
import { notifyParent } from './parent-process.ts';
import { releaseCompileCache } from './release-compile-cache.ts';
import { addManagerSettings, managerConfigOf } from './setting-options.ts';
import { exitAfterDeadline, stopSignal } from './stop-signal.ts';
import { holdYoungGeneration, letYoungGenerationGrow } from './young-generation.ts';

/** `keyplane serve`: only the manager, which creates only the first user. Its log goes to standard output. */
export function addServeCommand(program: Command): void {
  const command = addCommand(program, {
    usage: 'serve',
    summary: 'Start the manager',
    examples: [
      'serve',
      'serve --data-dir /var/lib/keyplane --host 0.0.0.0 --tls-cert cert.pem --tls-key key.pem',
      'serve --master-key-file /etc/keyplane/master.key --admin-password-file /etc/keyplane/admin.txt',
    ],
  });
  addManagerSettings(command).action(async (flags: ManagerFlags) => {
    holdYoungGeneration();
    const config = managerConfigOf(flags);
    const stopped = stopSignal();
    void exitAfterDeadline(stopped);
    const { createLog } = await import('../../log.ts');
    const { startManager } = await import('../../compose/manager.ts');
    releaseCompileCache();
    await prepareDataDir(config.dataDir);
    const manager = await startManager(config, createLog('keyplane'));
    if (manager.firstAdmin?.password !== undefined) {
      const { username, password } = manager.firstAdmin;
      process.stderr.write(`Created the first user: ${username}, password ${password} (shown once)\n`);
    }
    process.stderr.write(`keyplane is ready: ${manager.url}/\n`);
    letYoungGenerationGrow();
    await notifyParent({ ready: manager.url });
    await stopped;
    await manager.close();
  });
}
