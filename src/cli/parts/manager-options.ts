import type { Command } from 'commander';
import {
  type ManagerConfig,
  type ManagerFlags,
  managerSettings,
  processEnvironment,
  readManagerConfig,
} from '../../config.ts';

/** Every setting of the manager as a flag of this command. */
export function addManagerOptions(command: Command): Command {
  for (const { flag, placeholder, meaning, variable } of Object.values(managerSettings)) {
    command.option(`--${flag} <${placeholder}>`, `${meaning} [${variable}]`);
  }
  return command;
}

/** @throws SettingError */
export function managerConfigOf(flags: ManagerFlags): ManagerConfig {
  return readManagerConfig(processEnvironment(), flags);
}
