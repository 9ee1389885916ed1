import type { Command } from 'commander';
import type { Key, NewKey, ReplaceKey } from '../../../clients/typescript/src/index.ts';
import { deployingCommand, groupCommand, projectCommand } from '../client-command.ts';
import { wrongUsage } from '../failure.ts';
import { addPassphraseOptions, type PassphraseFlags, requireOneUseOfStdin } from '../files/key-passphrase.ts';
import { choiceOption, splitNames } from '../flag-values.ts';
import { connectToProject, type ProjectFlags } from '../session/connection.ts';
import { unchecked } from '../session/unchecked.ts';
import { showDeployed } from '../terminal/deployment-result.ts';
import { readInput } from '../terminal/input.ts';
import { show } from '../terminal/output.ts';
import { documentFormats } from '../terminal/output-format.ts';
import { withProgress } from '../terminal/progress.ts';
import { factLines } from '../terminal/table.ts';
import { addMaterialCommands, type MaterialType } from './material-commands.ts';
import { addReplacementOptions, type ReplacementFlags, referencePolicy } from './replacement-options.ts';
import { targetEnvironments } from './target-environments.ts';

interface KeyFlags extends ReplacementFlags, PassphraseFlags {
  readonly secret?: string;
}

const keys: MaterialType<Key, Key['cryptoKeyInfoEnvironmentList'][number]> = {
  group: 'key',
  word: 'key',
  names: 'keys',
  columns: [
    { head: 'TYPE', value: ({ material }) => material.keyType },
    { head: 'ALGORITHM', value: ({ material }) => material.algorithm },
    { head: 'ENVIRONMENT', value: ({ entry }) => entry.environmentName },
    { head: 'ALIAS', value: ({ entry }) => entry.alias },
  ],
  entriesOf: ({ cryptoKeyInfoEnvironmentList }) => cryptoKeyInfoEnvironmentList,
  list: (client, query) => client.listKeys(query),
  get: (client, projectName, keyName) => client.getKey({ projectName, keyName }),
  delete: (client, projectName, keyName) => client.deleteKey({ projectName, keyName }),
  references: (client, projectName, keyName) => client.listKeyReferences({ projectName, keyName }),
};

/** `keyplane key`: keys of a project. */
export function addKeyCommand(program: Command): void {
  const group = groupCommand(
    program,
    'key',
    'Keys of a project, from which JWKs are created; their content is never shown',
  );
  addKeyCreate(group);
  addKeyUpdate(group);
  addMaterialCommands(group, keys);
  addKeyInspect(group);
}

function addKeyCreate(group: Command): void {
  const command = deployingCommand(group, {
    usage: 'create <NAME> <FILE>',
    summary:
      'Store a private or public key (PEM or DER), or with --secret raw bytes, and deploy it; - reads standard input',
    examples: [
      'key create orders orders.key',
      'key create orders encrypted.key --passphrase-file passphrase.txt',
      'key create sessions secret.bin --secret AES',
    ],
  });
  addPassphraseOptions(command)
    .addOption(secretOption())
    .option('--environment <NAMES>', 'separated by commas (default: all of the project)')
    .option('--description <TEXT>', 'free text')
    .action(async (name: string, file: string, flags: KeyFlags) => {
      const key = await readKey(file, flags);
      const connection = await connectToProject(flags);
      const { client, projectName } = connection;
      const environments = await targetEnvironments(connection, flags.environment);
      const body = unchecked<NewKey>({
        name,
        description: flags.description,
        ...keyBody(key, environments),
      });
      const work = client.createKey({ projectName, body });
      const answer = await withProgress('Storing the key', work);
      await showDeployed(client, flags, { answer, done: `Created key ${name}` });
    });
}

function addKeyUpdate(group: Command): void {
  const command = deployingCommand(group, {
    usage: 'update <NAME> <FILE>',
    summary: 'Replace a key; - reads standard input',
    examples: ['key update orders orders-2027.key --update-jwks --wait'],
    completes: ['keys'],
  }).addOption(secretOption());
  addReplacementOptions(addPassphraseOptions(command)).action(
    async (name: string, file: string, flags: KeyFlags) => {
      const key = await readKey(file, flags);
      const { client, projectName } = await connectToProject(flags);
      const { resultList } = await client.getKey({ projectName, keyName: name });
      const before = (resultList[0]?.cryptoKeyInfoEnvironmentList ?? []).map(
        ({ environmentName }) => environmentName,
      );
      const environments = flags.environment === undefined ? before : splitNames(flags.environment);
      const body = unchecked<ReplaceKey>({ description: flags.description, ...keyBody(key, environments) });
      const work = client.updateKey({ projectName, keyName: name, ...referencePolicy(flags), body });
      const answer = await withProgress('Replacing the key', work);
      await showDeployed(client, flags, { answer, done: `Updated key ${name}` });
    },
  );
}

function addKeyInspect(group: Command): void {
  const command = projectCommand(group, {
    usage: 'inspect <FILE>',
    summary: 'Let the manager read a key file without storing it; - reads standard input',
    examples: ['key inspect orders.key', 'key inspect encrypted.key --passphrase-stdin < passphrase.txt'],
    formats: documentFormats,
  });
  addPassphraseOptions(command).action(async (file: string, flags: ProjectFlags & PassphraseFlags) => {
    const { content, passphrase } = await readKey(file, flags);
    const { client, projectName } = await connectToProject(flags);
    const answer = await client.inspectKey({ projectName, body: { content, passphrase } });
    const table = () =>
      answer.resultList
        .map(({ keyType, type, curve, size }) =>
          factLines([
            ['Kind', keyType],
            ['Type', type],
            ['Curve', curve],
            ['Bits', size],
          ]),
        )
        .join('\n');
    show(flags, answer, { table });
  });
}

function secretOption() {
  const description = 'the file is a secret key of raw bytes for this algorithm';
  return choiceOption('--secret <ALGORITHM>', description, ['AES', 'DES', 'DESede', 'RSA']);
}

interface KeyFile {
  readonly keyType: Key['keyType'];
  readonly algorithm?: string;
  /** Secret unless it is a public key. */
  readonly content: string;
  readonly passphrase?: string;
}

async function readKey(
  path: string,
  flags: PassphraseFlags & { readonly secret?: string },
): Promise<KeyFile> {
  requireOneUseOfStdin(path, flags);
  const { secret } = flags;
  const bytes = await readInput(path);
  if (secret !== undefined)
    return { keyType: 'SECRET_KEY', algorithm: secret, content: bytes.toString('base64') };
  const { readSourceFile, kindName } = await import('../files/source-file.ts');
  const { withPassphrase } = await import('../files/key-passphrase.ts');
  const file = await withPassphrase(readSourceFile(bytes, 'KEY'), path, flags);
  if (file.kind === 'PRIVATE_KEY' || file.kind === 'PUBLIC_KEY') {
    const { kind: keyType, content, passphrase } = file;
    return { keyType, content, ...(passphrase !== undefined && { passphrase }) };
  }
  throw wrongUsage(`${path} is ${kindName(file)}: a key is required; raw bytes need --secret`);
}

function keyBody({ content, passphrase, ...key }: KeyFile, environments: readonly string[]) {
  return {
    ...key,
    cryptoKeyInfoEnvironmentList: environments.map((environmentName) => ({
      environmentName,
      content,
      passphrase,
    })),
  };
}
