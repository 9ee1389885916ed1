import type { Command } from 'commander';
import type { Keystore, KeystoreEntry } from '../../../clients/typescript/src/index.ts';
import { nounCommand, projectCommand } from '../client-command.ts';
import { wrongUsage } from '../failure.ts';
import { type PasswordFlags, passwordHelp, readKeystorePasswords } from '../files/keystore-password.ts';
import { connectToProject, type ProjectFlags } from '../session/connection.ts';
import { showDeployed } from '../terminal/deployment.ts';
import { readInput } from '../terminal/input.ts';
import { show } from '../terminal/output.ts';
import { withProgress } from '../terminal/progress.ts';
import { dayOf, textTable } from '../terminal/table.ts';
import { addMaterialVerbs } from './material-verbs.ts';
import {
  addReplacementOptions,
  type ReplacementFlags,
  referencePolicy,
  splitNames,
} from './replacement-flags.ts';
import { targetEnvironments } from './target-environments.ts';

interface KeystoreFlags extends ReplacementFlags, PasswordFlags {}

/** `keyplane keystore`: keystores of a project. */
export function addKeystoreCommand(program: Command): void {
  const noun = nounCommand(
    program,
    'keystore',
    'Keystores of a project (JKS, PKCS#12), which JWKs are made from',
  );
  addKeystoreCreate(noun);
  addKeystoreUpdate(noun);
  addMaterialVerbs<Keystore>(noun, {
    ...{ noun: 'keystore', word: 'keystore', head: ['NAME', 'ENVIRONMENT', 'TYPE', 'ALIAS'] },
    rowsOf: ({ name, keyStoreEnvironmentList }) =>
      keyStoreEnvironmentList.map((one) => [name, one.environmentName, one.keyStoreType, one.alias]),
    list: (client, query) => client.listKeystores(query),
    get: (client, projectName, keystoreName) => client.getKeystore({ projectName, keystoreName }),
    delete: (client, projectName, keystoreName) => client.deleteKeystore({ projectName, keystoreName }),
    references: (client, projectName, keystoreName) =>
      client.listKeystoreReferences({ projectName, keystoreName }),
  });
  addKeystoreEntries(noun);
}

function addKeystoreCreate(noun: Command): void {
  projectCommand(noun, {
    usage: 'create <NAME> <FILE>',
    summary: 'Store a keystore and deploy it; its type is worked out; - is standard input',
    examples: [
      'keystore create orders orders.p12',
      'keystore create orders orders.jks --environment production --password-stdin < password.txt',
    ],
  })
    .option('--password-stdin', passwordHelp)
    .option('--environment <NAMES>', 'separated by commas (default: all that the project reaches)')
    .option('--description <TEXT>', 'for people to read')
    .action(async (name: string, path: string, flags: KeystoreFlags) => {
      const entry = await readKeystore(path, flags);
      const connection = await connectToProject(flags);
      const { client, projectName } = connection;
      const environments = await targetEnvironments(connection, flags.environment);
      const keyStoreEnvironmentList = environments.map((environmentName) => ({ environmentName, ...entry }));
      const body = { name, description: flags.description, keyStoreEnvironmentList };
      const work = client.createKeystore({ projectName, body });
      showDeployed(flags, await withProgress('Storing the keystore', work), `Created keystore ${name}`);
    });
}

function addKeystoreUpdate(noun: Command): void {
  const command = projectCommand(noun, {
    usage: 'update <NAME> <FILE>',
    summary: 'Replace a keystore; - is standard input',
    examples: ['keystore update orders orders-2027.p12 --update-jwks'],
  }).option('--password-stdin', passwordHelp);
  addReplacementOptions(command).action(async (name: string, path: string, flags: KeystoreFlags) => {
    const entry = await readKeystore(path, flags);
    const { client, projectName } = await connectToProject(flags);
    const { resultList } = await client.getKeystore({ projectName, keystoreName: name });
    const before = (resultList[0]?.keyStoreEnvironmentList ?? []).map(
      ({ environmentName }) => environmentName,
    );
    const environments = flags.environment === undefined ? before : splitNames(flags.environment);
    const keyStoreEnvironmentList = environments.map((environmentName) => ({ environmentName, ...entry }));
    const body = { description: flags.description, keyStoreEnvironmentList };
    const work = client.updateKeystore({ projectName, keystoreName: name, ...referencePolicy(flags), body });
    showDeployed(flags, await withProgress('Replacing the keystore', work), `Updated keystore ${name}`);
  });
}

function addKeystoreEntries(noun: Command): void {
  projectCommand(noun, {
    usage: 'entries <NAME>',
    summary: 'List what a stored keystore holds, alias by alias',
    examples: ['keystore entries orders --environment production'],
  })
    .option('--environment <NAME>', 'whose file is looked at (default: the first it has one for)')
    .action(async (keystoreName: string, flags: ProjectFlags & { readonly environment?: string }) => {
      const { client, projectName } = await connectToProject(flags);
      const first = async () => {
        const { resultList } = await client.getKeystore({ projectName, keystoreName });
        return resultList[0]?.keyStoreEnvironmentList[0]?.environmentName;
      };
      const environmentName = flags.environment ?? (await first()) ?? '';
      const work = client.listKeystoreEntries({ projectName, keystoreName, environmentName });
      const answer = await withProgress('Opening the keystore', work);
      show(flags, answer, () => entriesTable(answer.resultList));
    });
  projectCommand(noun, {
    usage: 'inspect <FILE>',
    summary: 'Let the manager look into a keystore file, and store nothing; - is standard input',
    examples: ['keystore inspect orders.p12', 'keystore inspect orders.jks --password-stdin < password.txt'],
  })
    .option('--password-stdin', passwordHelp)
    .action(async (path: string, flags: ProjectFlags & PasswordFlags) => {
      const body = await readKeystore(path, flags);
      const { client, projectName } = await connectToProject(flags);
      const answer = await withProgress(
        'Opening the keystore',
        client.inspectKeystore({ projectName, body }),
      );
      show(flags, answer, () => entriesTable(answer.resultList));
    });
}

function entriesTable(entries: readonly KeystoreEntry[]): string {
  return textTable(
    ['ALIAS', 'KIND', 'KEY', 'SUBJECT', 'VALID UNTIL', 'PROBLEM'],
    entries.map((one) => [
      ...[one.alias, one.kind, [one.algorithm ?? one.type, one.curve ?? one.size].filter(Boolean).join(' ')],
      ...[one.subjectDn, dayOf(one.notAfter), one.problem],
    ]),
  );
}

async function readKeystore(path: string, flags: PasswordFlags) {
  if (path === '-' && flags.passwordStdin) {
    throw wrongUsage('Standard input is either the file or the password: give KEYPLANE_KEYSTORE_PASSWORD');
  }
  const { readSourceFile, kindName } = await import('../files/source-file.ts');
  const file = readSourceFile(await readInput(path));
  if (file.kind !== 'KEYSTORE') throw wrongUsage(`${path} is ${kindName(file)}, and a keystore is wanted`);
  const passwords = await readKeystorePasswords(path, flags);
  return { file: file.bytes.toString('base64'), keyStoreType: file.type, ...passwords };
}
