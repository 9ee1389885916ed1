import type { Command } from 'commander';
import {
  type ManagerConfig,
  type ManagerFlags,
  managerSettings,
  processEnvironment,
  readManagerConfig,
  warningsOf,
} from '../../config.ts';

/** Every setting of the manager as a flag of this command. */
export function addManagerOptions(command: Command): Command {
  for (const { flag, placeholder, meaning, variable } of Object.values(managerSettings)) {
    command.option(`--${flag} <${placeholder}>`, `${meaning} [${variable}]`);
  }
  return command;
}

/** Warns, on stderr, of secrets on the command line. @throws SettingError */
export function managerConfigOf(flags: ManagerFlags): ManagerConfig {
  for (const warning of warningsOf(flags)) process.stderr.write(`keyplane: warning: ${warning}\n`);
  return readManagerConfig(processEnvironment(), flags);
}
