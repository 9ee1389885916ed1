import { type Command, Option } from 'commander';
import {
  type ManagerConfig,
  type ManagerFlags,
  managerSettings,
  processEnvironment,
  readManagerConfig,
  warningsOf,
} from '../../config.ts';

type SettingName = keyof typeof managerSettings;

/** Secrets. As arguments every user of the machine can read them, so only the files are in the help. */
const secretNames: readonly SettingName[] = ['masterKey', 'adminPassword'];
/** What a command needs that works on the database beside managers. */
const databaseNames: readonly SettingName[] = ['dataDir', 'databaseUrl', 'masterKeyFile'];

/** Every setting of the manager as a flag of this command. */
export function addManagerSettings(command: Command): Command {
  const names = Object.keys(managerSettings) as SettingName[];
  return addSettings(command, names);
}

/** The settings for the location of the database and of the master key. */
export function addDatabaseSettings(command: Command): Command {
  return addSettings(command, databaseNames);
}

function addSettings(command: Command, names: readonly SettingName[]): Command {
  command.optionsGroup('Settings:');
  for (const name of names) {
    const { flag, placeholder, meaning, variable } = managerSettings[name];
    const option = new Option(`--${flag} <${placeholder}>`, `${meaning} [${variable}]`);
    command.addOption(option.hideHelp(secretNames.includes(name)));
  }
  return command.optionsGroup('Options:');
}

/** Prints a warning for secrets on the command line. @throws SettingError */
export function managerConfigOf(flags: ManagerFlags): ManagerConfig {
  for (const warning of warningsOf(flags)) process.stderr.write(`keyplane: warning: ${warning}\n`);
  return readManagerConfig(processEnvironment(), flags);
}
