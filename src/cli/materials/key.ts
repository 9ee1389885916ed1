import type { Command } from 'commander';
import type { Key, NewKey, ReplaceKey } from '../../../clients/typescript/src/index.ts';
import { nounCommand, projectCommand } from '../client-command.ts';
import { wrongUsage } from '../failure.ts';
import { addPassphraseOptions, type PassphraseFlags, refuseOneInputForTwo } from '../files/key-passphrase.ts';
import { connectToProject, type ProjectFlags } from '../session/connection.ts';
import { unchecked } from '../session/unchecked.ts';
import { showDeployed } from '../terminal/deployment.ts';
import { readInput } from '../terminal/input.ts';
import { show } from '../terminal/output.ts';
import { withProgress } from '../terminal/progress.ts';
import { factLines } from '../terminal/table.ts';
import { addMaterialVerbs } from './material-verbs.ts';
import {
  addReplacementOptions,
  type ReplacementFlags,
  referencePolicy,
  splitNames,
} from './replacement-flags.ts';
import { targetEnvironments } from './target-environments.ts';

interface KeyFlags extends ReplacementFlags, PassphraseFlags {
  readonly secret?: string;
}

/** `keyplane key`: keys of a project. */
export function addKeyCommand(program: Command): void {
  const noun = nounCommand(program, 'key', 'Keys of a project, which JWKs are made from; never shown again');
  addKeyCreate(noun);
  addKeyUpdate(noun);
  addMaterialVerbs<Key>(noun, {
    ...{ noun: 'key', word: 'key', head: ['NAME', 'TYPE', 'ALGORITHM', 'ENVIRONMENT', 'ALIAS'] },
    rowsOf: (key) =>
      key.cryptoKeyInfoEnvironmentList.map(({ environmentName, alias }) => [
        ...[key.name, key.keyType, key.algorithm, environmentName, alias],
      ]),
    list: (client, query) => client.listKeys(query),
    get: (client, projectName, keyName) => client.getKey({ projectName, keyName }),
    delete: (client, projectName, keyName) => client.deleteKey({ projectName, keyName }),
    references: (client, projectName, keyName) => client.listKeyReferences({ projectName, keyName }),
  });
  addKeyInspect(noun);
}

function addKeyCreate(noun: Command): void {
  const command = projectCommand(noun, {
    usage: 'create <NAME> <FILE>',
    summary: 'Store a private or public key (PEM or DER), or with --secret raw bytes; - is standard input',
    examples: [
      'key create orders orders.key',
      'key create orders encrypted.key --passphrase-file passphrase.txt',
      'key create sessions secret.bin --secret AES',
    ],
  });
  addPassphraseOptions(command)
    .option('--secret <ALGORITHM>', 'the file is a secret key of raw bytes: AES, DES, DESede or RSA')
    .option('--environment <NAMES>', 'separated by commas (default: all that the project reaches)')
    .option('--description <TEXT>', 'for people to read')
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
      showDeployed(flags, await withProgress('Storing the key', work), `Created key ${name}`);
    });
}

function addKeyUpdate(noun: Command): void {
  const command = projectCommand(noun, {
    usage: 'update <NAME> <FILE>',
    summary: 'Replace a key; - is standard input',
    examples: ['key update orders orders-2027.key --update-jwks'],
  }).option('--secret <ALGORITHM>', 'the file is a secret key of raw bytes: AES, DES, DESede or RSA');
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
      showDeployed(flags, await withProgress('Replacing the key', work), `Updated key ${name}`);
    },
  );
}

function addKeyInspect(noun: Command): void {
  const command = projectCommand(noun, {
    usage: 'inspect <FILE>',
    summary: 'Let the manager look into a key file, and store nothing; - is standard input',
    examples: ['key inspect orders.key', 'key inspect encrypted.key --passphrase-stdin < passphrase.txt'],
  });
  addPassphraseOptions(command).action(async (file: string, flags: ProjectFlags & PassphraseFlags) => {
    const { content, passphrase } = await readKey(file, flags);
    const { client, projectName } = await connectToProject(flags);
    const answer = await client.inspectKey({ projectName, body: { content, passphrase } });
    show(flags, answer, () =>
      answer.resultList
        .map(({ keyType, type, curve, size }) =>
          factLines([
            ['Kind', keyType],
            ['Type', type],
            ['Curve', curve],
            ['Bits', size],
          ]),
        )
        .join('\n'),
    );
  });
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
  refuseOneInputForTwo(path, flags);
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
  throw wrongUsage(`${path} is ${kindName(file)}, and a key is wanted; raw bytes take --secret`);
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
