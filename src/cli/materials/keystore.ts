import type { Command } from 'commander';
import type { Keystore, KeystoreEntry } from '../../../clients/typescript/src/index.ts';
import { timeText } from '../../runtime/time-text.ts';
import { deployingCommand, groupCommand, projectCommand } from '../client-command.ts';
import { wrongUsage } from '../failure.ts';
import { addPasswordOptions, type PasswordFlags, readKeystorePasswords } from '../files/keystore-password.ts';
import { splitNames } from '../flag-values.ts';
import { connectToProject, type ProjectFlags } from '../session/connection.ts';
import { showDeployed } from '../terminal/deployment-result.ts';
import { readInput } from '../terminal/input.ts';
import { type ListOutput, showList } from '../terminal/output.ts';
import { listFormats } from '../terminal/output-format.ts';
import { withProgress } from '../terminal/progress.ts';
import { addMaterialCommands, type MaterialType } from './material-commands.ts';
import { addReplacementOptions, type ReplacementFlags, referencePolicy } from './replacement-options.ts';
import { targetEnvironments } from './target-environments.ts';

interface KeystoreFlags extends ReplacementFlags, PasswordFlags {}

const keystores: MaterialType<Keystore, Keystore['keyStoreEnvironmentList'][number]> = {
  group: 'keystore',
  word: 'keystore',
  names: 'keystores',
  columns: [
    { head: 'ENVIRONMENT', value: ({ entry }) => entry.environmentName },
    { head: 'TYPE', value: ({ entry }) => entry.keyStoreType },
    { head: 'ALIAS', value: ({ entry }) => entry.alias },
  ],
  entriesOf: ({ keyStoreEnvironmentList }) => keyStoreEnvironmentList,
  list: (client, query) => client.listKeystores(query),
  get: (client, projectName, keystoreName) => client.getKeystore({ projectName, keystoreName }),
  delete: (client, projectName, keystoreName) => client.deleteKeystore({ projectName, keystoreName }),
  references: (client, projectName, keystoreName) =>
    client.listKeystoreReferences({ projectName, keystoreName }),
};

/** `keyplane keystore`: keystores of a project. */
export function addKeystoreCommand(program: Command): void {
  const group = groupCommand(
    program,
    'keystore',
    'Keystores of a project (JKS, PKCS#12), from which JWKs are created',
  );
  addKeystoreCreate(group);
  addKeystoreUpdate(group);
  addMaterialCommands(group, keystores);
  addKeystoreEntries(group);
  addKeystoreInspect(group);
}

function addKeystoreCreate(group: Command): void {
  const command = deployingCommand(group, {
    usage: 'create <NAME> <FILE>',
    summary: 'Store a keystore (JKS or PKCS#12) and deploy it; - reads standard input',
    examples: [
      'keystore create orders orders.p12',
      'keystore create orders orders.jks --environment production --password-stdin < password.txt',
    ],
  });
  addPasswordOptions(command)
    .option('--environment <NAMES>', 'separated by commas (default: all of the project)')
    .option('--description <TEXT>', 'free text')
    .action(async (name: string, path: string, flags: KeystoreFlags) => {
      const entry = await readKeystore(path, flags);
      const connection = await connectToProject(flags);
      const { client, projectName } = connection;
      const environments = await targetEnvironments(connection, flags.environment);
      const keyStoreEnvironmentList = environments.map((environmentName) => ({ environmentName, ...entry }));
      const body = { name, description: flags.description, keyStoreEnvironmentList };
      const work = client.createKeystore({ projectName, body });
      const answer = await withProgress('Storing the keystore', work);
      await showDeployed(client, flags, { answer, done: `Created keystore ${name}` });
    });
}

function addKeystoreUpdate(group: Command): void {
  const command = deployingCommand(group, {
    usage: 'update <NAME> <FILE>',
    summary: 'Replace a keystore; - reads standard input',
    examples: ['keystore update orders orders-2027.p12 --update-jwks --wait'],
    completes: ['keystores'],
  });
  addReplacementOptions(addPasswordOptions(command)).action(
    async (name: string, path: string, flags: KeystoreFlags) => {
      const entry = await readKeystore(path, flags);
      const { client, projectName } = await connectToProject(flags);
      const { resultList } = await client.getKeystore({ projectName, keystoreName: name });
      const before = (resultList[0]?.keyStoreEnvironmentList ?? []).map(
        ({ environmentName }) => environmentName,
      );
      const environments = flags.environment === undefined ? before : splitNames(flags.environment);
      const keyStoreEnvironmentList = environments.map((environmentName) => ({ environmentName, ...entry }));
      const body = { description: flags.description, keyStoreEnvironmentList };
      const work = client.updateKeystore({
        projectName,
        keystoreName: name,
        ...referencePolicy(flags),
        body,
      });
      const answer = await withProgress('Replacing the keystore', work);
      await showDeployed(client, flags, { answer, done: `Updated keystore ${name}` });
    },
  );
}

const entries: ListOutput<KeystoreEntry> = {
  columns: [
    { head: 'ALIAS', value: ({ alias }) => alias },
    { head: 'KIND', value: ({ kind }) => kind },
    {
      head: 'KEY',
      value: ({ algorithm, type, curve, size }) =>
        [algorithm ?? type, curve ?? size].filter(Boolean).join(' '),
    },
    { head: 'SUBJECT', value: ({ subjectDn }) => subjectDn },
    { head: 'CERTIFICATES', isWide: true, value: ({ certificates }) => certificates },
    { head: 'NOT BEFORE', isWide: true, value: ({ notBefore }) => timeText(notBefore) },
    { head: 'EXPIRES', value: ({ notAfter }) => timeText(notAfter) },
    { head: 'PROBLEM', value: ({ problem }) => problem },
  ],
  name: ({ alias }) => alias,
};

function addKeystoreEntries(group: Command): void {
  projectCommand(group, {
    usage: 'entries <NAME>',
    summary: 'List the entries of a stored keystore',
    examples: ['keystore entries orders --environment production'],
    completes: ['keystores'],
    formats: listFormats,
  })
    .option('--environment <NAME>', 'the environment of the file (default: the first that has one)')
    .action(async (keystoreName: string, flags: ProjectFlags & { readonly environment?: string }) => {
      const { client, projectName } = await connectToProject(flags);
      const first = async () => {
        const { resultList } = await client.getKeystore({ projectName, keystoreName });
        return resultList[0]?.keyStoreEnvironmentList[0]?.environmentName;
      };
      const environmentName = flags.environment ?? (await first()) ?? '';
      const work = client.listKeystoreEntries({ projectName, keystoreName, environmentName });
      showList(flags, await withProgress('Opening the keystore', work), entries);
    });
}

function addKeystoreInspect(group: Command): void {
  const command = projectCommand(group, {
    usage: 'inspect <FILE>',
    summary: 'Let the manager read a keystore file without storing it; - reads standard input',
    examples: ['keystore inspect orders.p12', 'keystore inspect orders.jks --password-stdin < password.txt'],
    formats: listFormats,
  });
  addPasswordOptions(command).action(async (path: string, flags: ProjectFlags & PasswordFlags) => {
    const body = await readKeystore(path, flags);
    const { client, projectName } = await connectToProject(flags);
    const work = client.inspectKeystore({ projectName, body });
    showList(flags, await withProgress('Opening the keystore', work), entries);
  });
}

async function readKeystore(path: string, flags: PasswordFlags) {
  if (path === '-' && flags.passwordStdin) {
    throw wrongUsage('Standard input is the file: give the password in KEYPLANE_KEYSTORE_PASSWORD');
  }
  const { readSourceFile, kindName } = await import('../files/source-file.ts');
  const file = readSourceFile(await readInput(path));
  if (file.kind !== 'KEYSTORE') throw wrongUsage(`${path} is ${kindName(file)}: a keystore is required`);
  const passwords = await readKeystorePasswords(path, flags);
  return { file: file.bytes.toString('base64'), keyStoreType: file.type, ...passwords };
}
