import type { Algorithm } from '../../../clients/typescript/src/index.ts';
import { CliFailure, wrongUsage } from '../failure.ts';
import { requireOneUseOfStdin, withPassphrase } from '../files/key-passphrase.ts';
import { readKeystorePasswords } from '../files/keystore-password.ts';
import { type JwkSourceFile, kindName, readSourceFile } from '../files/source-file.ts';
import { storeMaterial } from '../materials/store-material.ts';
import { targetEnvironments } from '../materials/target-environments.ts';
import type { ProjectConnection } from '../session/connection.ts';
import { unchecked } from '../session/unchecked.ts';
import { readInput } from '../terminal/input.ts';
import { note } from '../terminal/output.ts';
import { withProgress } from '../terminal/progress.ts';
import { chooseAlgorithm, useTypeOf } from './choose-algorithm.ts';
import { chooseAlias, chooseKid } from './choose-key.ts';
import { inspectSourceFile } from './inspect-file.ts';
import type { SourceFileRequest } from './source-body.ts';
import type { SourceFlags } from './source-flags.ts';

/**
 * Reads a file by the rules of the manager before anything is sent, so that no file is stored from which no JWK can be
 * created. A JWK or JWK Set is sent as it is; anything else is stored under a name, and the JWK is created from that.
 */
export async function resolveFile(
  connection: ProjectConnection,
  name: string,
  flags: SourceFlags,
): Promise<SourceFileRequest> {
  const path = flags.fromFile ?? '';
  if (path === '-' && flags.passwordStdin) {
    throw wrongUsage('Standard input is the file: give the password in KEYPLANE_KEYSTORE_PASSWORD');
  }
  requireOneUseOfStdin(path, flags);
  const file = await withPassphrase(readSourceFile(await readInput(path)), path, flags);
  note(`${path === '-' ? 'Standard input' : path} is ${kindName(file)}`);
  if ('document' in file) return { body: await copyPasteBody(file, flags) };
  const passwords = file.kind === 'KEYSTORE' ? await readKeystorePasswords(path, flags) : undefined;
  const inspect = (aliasName?: string) => {
    const options = { ...(passwords && { passwords }), ...(aliasName !== undefined && { aliasName }) };
    return withProgress(
      'Reading the file',
      inspectSourceFile(file, { ...options, public: flags.public === true }),
    );
  };
  const aliasName =
    file.kind === 'KEYSTORE' ? (flags.alias ?? (await chooseAlias(await inspect()))) : undefined;
  const [key] = await inspect(aliasName);
  if (key?.problem) throw new CliFailure(key.problem);
  const usage = await chooseAlgorithm(flags, key?.algorithms ?? null);
  const environments = await targetEnvironments(connection, flags.environment);
  const materialName = flags.materialName ?? name;
  const stored = await storeMaterial(connection, { name: materialName, environments, file, passwords });
  note(`${stored.what} is stored in ${environments.join(', ')}`);
  const isPublic = file.kind === 'PRIVATE_KEY' && flags.public === true;
  const body = {
    ...stored.reference,
    ...(isPublic && { sourceType: 'PUBLIC_KEY' as const }),
    environmentName: environments[0],
    aliasName,
    ...usage,
    kid: flags.kid,
  };
  const again = `${stored.flag} ${materialName} --algorithm ${usage.algorithm}`;
  return {
    body,
    stored: { ...stored, again: aliasName === undefined ? again : `${again} --alias ${aliasName}` },
  };
}

async function copyPasteBody(file: JwkSourceFile, flags: SourceFlags) {
  for (const flag of ['alias', 'environment'] as const) {
    if (flags[flag] !== undefined) throw wrongUsage(`--${flag} does not go with ${kindName(file)}`);
  }
  const usage = { useType: useTypeOf(flags.use), algorithm: unchecked<Algorithm>(flags.algorithm) };
  const kid = flags.kid ?? (await chooseKid(await inspectSourceFile(file, {})));
  return { sourceType: 'COPY_PASTE' as const, jwkStr: file.text, kid, ...usage };
}
