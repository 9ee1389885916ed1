// Every command of the command line: its one line of help, and the file that is loaded once it is chosen.
// Nothing else is loaded then: `--help` and a list are over before the rest would have been read.

import type { Command } from 'commander';

export interface CommandRow {
  readonly name: string;
  readonly summary: string;
  /** Adds the command with all that it can do. */
  readonly load: (args: readonly string[]) => Promise<(program: Command) => void>;
}

export interface CommandGroup {
  readonly heading: string;
  readonly rows: readonly CommandRow[];
}

const parts: readonly CommandRow[] = [
  {
    name: 'quickstart',
    summary: 'Start a manager and two nodes to try keyplane with',
    load: async () => (await import('./parts/quickstart.ts')).addQuickstartCommand,
  },
  {
    name: 'serve',
    summary: 'Start the manager',
    load: async () => (await import('./parts/serve.ts')).addServeCommand,
  },
  {
    name: 'node',
    summary: 'Start one node; its enrollment token is read from KEYPLANE_NODE_TOKEN',
    load: async () => (await import('./parts/node.ts')).addNodeCommand,
  },
];

const upkeep: readonly CommandRow[] = [
  {
    name: 'backup',
    summary: 'Write all that the database holds into one file, sealed under the master key',
    load: async () => (await import('./upkeep/backup.ts')).addBackupCommand,
  },
  {
    name: 'restore',
    summary: 'Put a backup into an empty database, SQLite or PostgreSQL',
    load: async () => (await import('./upkeep/restore.ts')).addRestoreCommand,
  },
  {
    name: 'rotate-master-key',
    summary: 'Change the master key while managers run, and seal everything under a new data key',
    load: async () => (await import('./upkeep/rotate-master-key.ts')).addRotateMasterKeyCommand,
  },
  {
    name: 'doctor',
    summary: 'Look for what is wrong, beside managers that run; exit code 0 fine, 1 findings, 2 can not look',
    load: async () => (await import('./upkeep/doctor.ts')).addDoctorCommand,
  },
];

const shell: readonly CommandRow[] = [
  {
    name: 'openapi',
    summary: 'Print the OpenAPI description of the API',
    load: async () => (await import('./openapi.ts')).addOpenApiCommand,
  },
];

export const commandGroups: readonly CommandGroup[] = [
  { heading: 'Start the parts:', rows: parts },
  { heading: 'Look after them:', rows: upkeep },
  { heading: 'About keyplane:', rows: shell },
];
