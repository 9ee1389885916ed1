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
    name: 'start',
    summary: 'Start a manager and two nodes on this machine, to try keyplane',
    load: async () => (await import('./parts/quickstart.ts')).addQuickstartCommand,
  },
  {
    name: 'serve',
    summary: 'Start the manager',
    load: async () => (await import('./parts/serve.ts')).addServeCommand,
  },
  {
    name: 'node',
    summary: 'Start one node; `node list`, `node forget` and `node readmit` are about those that are known',
    load: async (args) => {
      const { addNodeVerbs, nodeVerbs } = await import('./admin/node.ts');
      const isVerb = args.some((arg, index) => args[index - 1] === 'node' && nodeVerbs.includes(arg));
      return isVerb ? addNodeVerbs : (await import('./parts/node.ts')).addNodeCommand;
    },
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
    name: 'rotate-identity',
    summary: 'Replace the key by which nodes know this installation, while managers run',
    load: async () => (await import('./upkeep/rotate-identity.ts')).addRotateIdentityCommand,
  },
  {
    name: 'doctor',
    summary: 'Look for what is wrong, beside managers that run; exit code 0 fine, 1 findings, 2 can not look',
    load: async () => (await import('./upkeep/doctor.ts')).addDoctorCommand,
  },
];

const account: readonly CommandRow[] = [
  {
    name: 'login',
    summary: 'Sign in at a manager and keep a personal token for the commands that follow',
    load: async () => (await import('./account/login.ts')).addLoginCommand,
  },
  {
    name: 'logout',
    summary: 'Revoke the token of a profile and forget the profile',
    load: async () => (await import('./account/logout.ts')).addLogoutCommand,
  },
  {
    name: 'profile',
    summary: 'The installations that you are signed in at',
    load: async () => (await import('./account/profile.ts')).addProfileCommand,
  },
  {
    name: 'status',
    summary: 'Show projects, environments with their nodes, what is about to expire and what fails',
    load: async () => (await import('./general/status.ts')).addStatusCommand,
  },
];

const keys: readonly CommandRow[] = [
  {
    name: 'jwk',
    summary: 'JSON Web Keys of a project',
    load: async () => (await import('./jwk/jwk.ts')).addJwkCommand,
  },
  {
    name: 'cert',
    summary: 'Certificates of a project, which JWKs are made from',
    load: async () => (await import('./materials/cert.ts')).addCertCommand,
  },
  {
    name: 'key',
    summary: 'Keys of a project, which JWKs are made from; never shown again',
    load: async () => (await import('./materials/key.ts')).addKeyCommand,
  },
  {
    name: 'keystore',
    summary: 'Keystores of a project (JKS, PKCS#12), which JWKs are made from',
    load: async () => (await import('./materials/keystore.ts')).addKeystoreCommand,
  },
  {
    name: 'lint',
    summary: 'Tell what is wrong with a JWK, JWK Set, certificate, key or keystore, without a manager',
    load: async () => (await import('./lint/lint.ts')).addLintCommand,
  },
];

const administration: readonly CommandRow[] = [
  {
    name: 'project',
    summary: 'Projects, which JWKs belong to',
    load: async () => (await import('./admin/project.ts')).addProjectCommand,
  },
  {
    name: 'member',
    summary: 'Members of a project and their roles',
    load: async () => (await import('./admin/member.ts')).addMemberCommand,
  },
  {
    name: 'env',
    summary: 'Environments, and the tokens with which nodes join them',
    load: async () => (await import('./admin/env.ts')).addEnvCommand,
  },
  {
    name: 'user',
    summary: 'Users, who sign in',
    load: async () => (await import('./admin/user.ts')).addUserCommand,
  },
  {
    name: 'token',
    summary: 'Your personal API tokens',
    load: async () => (await import('./admin/token.ts')).addTokenCommand,
  },
  {
    name: 'audit',
    summary: 'Show the audit record, newest first, a page at a time',
    load: async () => (await import('./admin/audit.ts')).addAuditCommand,
  },
  {
    name: 'api',
    summary: 'Call any operation of the API by its name in openapi.json and print the answer',
    load: async () => (await import('./general/api.ts')).addApiCommand,
  },
];

const shell: readonly CommandRow[] = [
  {
    name: 'completion',
    summary: 'Print the completion script for bash, zsh or fish',
    load: async () => (await import('./shell/completion.ts')).addCompletionCommand,
  },

  {
    name: 'openapi',
    summary: 'Print the OpenAPI description of the API',
    load: async () => (await import('./openapi.ts')).addOpenApiCommand,
  },
];

export const commandGroups: readonly CommandGroup[] = [
  { heading: 'Sign in and look:', rows: account },
  { heading: 'Keys:', rows: keys },
  { heading: 'Administration:', rows: administration },
  { heading: 'Start the parts:', rows: parts },
  { heading: 'Look after them:', rows: upkeep },
  { heading: 'About keyplane:', rows: shell },
];
