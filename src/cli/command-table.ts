// Every command: its line in the help, and the file that is loaded when it is chosen. No other file is loaded, so that
// `--help` and lists start fast.

import type { Command } from 'commander';
import { nodeSubcommands } from './admin/node-subcommands.ts';

export interface CommandRow {
  readonly name: string;
  readonly summary: string;
  /** Adds the command with its subcommands and flags. */
  readonly load: (args: readonly string[]) => Promise<(program: Command) => void>;
}

export interface CommandGroup {
  readonly heading: string;
  readonly rows: readonly CommandRow[];
}

const processes: readonly CommandRow[] = [
  {
    name: 'start',
    summary: 'Start a manager and two nodes on this machine, to try keyplane',
    load: async () => (await import('./processes/quickstart.ts')).addQuickstartCommand,
  },
  {
    name: 'serve',
    summary: 'Start the manager',
    load: async () => (await import('./processes/serve.ts')).addServeCommand,
  },
  {
    name: 'node',
    summary: 'Start a node; `node list`, `node forget` and `node readmit` manage known nodes',
    load: async (args) => {
      const isSubcommand = args.some(
        (arg, index) => args[index - 1] === 'node' && nodeSubcommands.includes(arg),
      );
      return isSubcommand
        ? (await import('./admin/node.ts')).addNodeCommands
        : (await import('./processes/node.ts')).addNodeCommand;
    },
  },
];

const maintenance: readonly CommandRow[] = [
  {
    name: 'backup',
    summary: 'Back up the database into one file, encrypted under the master key',
    load: async () => (await import('./maintenance/backup.ts')).addBackupCommand,
  },
  {
    name: 'restore',
    summary: 'Restore a backup into an empty database, SQLite or PostgreSQL',
    load: async () => (await import('./maintenance/restore.ts')).addRestoreCommand,
  },
  {
    name: 'rotate-master-key',
    summary: 'Replace the master key while managers run, and encrypt everything under a new data key',
    load: async () => (await import('./maintenance/rotate-master-key.ts')).addRotateMasterKeyCommand,
  },
  {
    name: 'rotate-identity',
    summary: 'Replace the identity key of the installation while managers run',
    load: async () => (await import('./maintenance/rotate-identity.ts')).addRotateIdentityCommand,
  },
  {
    name: 'doctor',
    summary: 'Check an installation for problems while managers run',
    load: async () => (await import('./maintenance/doctor.ts')).addDoctorCommand,
  },
];

const account: readonly CommandRow[] = [
  {
    name: 'login',
    summary: 'Sign in at a manager and store a personal token for later commands',
    load: async () => (await import('./account/login.ts')).addLoginCommand,
  },
  {
    name: 'logout',
    summary: 'Revoke the token of a profile and remove the profile',
    load: async () => (await import('./account/logout.ts')).addLogoutCommand,
  },
  {
    name: 'profile',
    summary: 'The installations where you are signed in',
    load: async () => (await import('./account/profile.ts')).addProfileCommand,
  },
  {
    name: 'status',
    summary: 'Show projects, environments with their nodes, keys that expire and sources that fail',
    load: async () => (await import('./status.ts')).addStatusCommand,
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
    summary: 'Certificates of a project, from which JWKs are created',
    load: async () => (await import('./materials/cert.ts')).addCertCommand,
  },
  {
    name: 'key',
    summary: 'Keys of a project, from which JWKs are created; their content is never shown',
    load: async () => (await import('./materials/key.ts')).addKeyCommand,
  },
  {
    name: 'keystore',
    summary: 'Keystores of a project (JKS, PKCS#12), from which JWKs are created',
    load: async () => (await import('./materials/keystore.ts')).addKeystoreCommand,
  },
  {
    name: 'ring',
    summary: 'Key rings of a project: keys that rotate',
    load: async () => (await import('./rings/ring.ts')).addRingCommand,
  },
  {
    name: 'app',
    summary: 'Applications of a project: programs that use keys at nodes',
    load: async () => (await import('./applications/app.ts')).addAppCommand,
  },
  {
    name: 'usage',
    summary: 'Show which application used which key for what, as nodes reported it',
    load: async () => (await import('./usage.ts')).addUsageCommand,
  },
  {
    name: 'events',
    summary: 'Print the events of a project as JSON Lines, oldest first',
    load: async () => (await import('./events/events.ts')).addEventsCommand,
  },
  {
    name: 'token-profile',
    summary: 'Token profiles of a project: the contents of tokens that nodes issue',
    load: async () => (await import('./token-profiles/token-profile.ts')).addTokenProfileCommand,
  },
  {
    name: 'view',
    summary: 'Views of a project: JWK Sets with a part of its keys',
    load: async () => (await import('./views/view.ts')).addViewCommand,
  },
  {
    name: 'outlet',
    summary: 'Outlets of a project: keys or events, delivered to components in their own form',
    load: async () => (await import('./outlets/outlet.ts')).addOutletCommand,
  },
  {
    name: 'sign',
    summary: 'Have a node sign claims or a payload with the active key of a key ring',
    load: async () => (await import('./operations/sign.ts')).addSignCommand,
  },
  {
    name: 'verify',
    summary: 'Have a node verify a token; exit code 1 where it is not valid',
    load: async () => (await import('./operations/verify.ts')).addVerifyCommand,
  },
  {
    name: 'encrypt',
    summary: 'Have a node encrypt a file or standard input with the active key of a key ring',
    load: async () => (await import('./operations/encrypt.ts')).addEncryptCommand,
  },
  {
    name: 'decrypt',
    summary: 'Have a node decrypt a JWE and write its content',
    load: async () => (await import('./operations/decrypt.ts')).addDecryptCommand,
  },
  {
    name: 'mac',
    summary: 'Have a node compute or verify the MAC (HS256, HS384, HS512) of a file or standard input',
    load: async () => (await import('./operations/mac.ts')).addMacCommand,
  },
  {
    name: 'lint',
    summary: 'Check a JWK, JWK Set, certificate, key or keystore without a manager',
    load: async () => (await import('./lint/lint.ts')).addLintCommand,
  },
];

const administration: readonly CommandRow[] = [
  {
    name: 'project',
    summary: 'Projects, to which JWKs belong',
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
    summary: 'Users',
    load: async () => (await import('./admin/user.ts')).addUserCommand,
  },
  {
    name: 'token',
    summary: 'Your personal API tokens',
    load: async () => (await import('./admin/token.ts')).addTokenCommand,
  },
  {
    name: 'audit',
    summary: 'Show the audit log, newest first, one page at a time',
    load: async () => (await import('./admin/audit.ts')).addAuditCommand,
  },
  {
    name: 'api',
    summary: 'Call an operation of the API by its name in openapi.json and print the response',
    load: async () => (await import('./api.ts')).addApiCommand,
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
  { heading: 'Access:', rows: account },
  { heading: 'Keys:', rows: keys },
  { heading: 'Administration:', rows: administration },
  { heading: 'Run:', rows: processes },
  { heading: 'Maintain:', rows: maintenance },
  { heading: 'Shell:', rows: shell },
];
