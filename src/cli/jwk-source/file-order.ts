import type { Algorithm } from '../../../clients/typescript/src/index.ts';
import { CliFailure, wrongUsage } from '../failure.ts';
import { refuseOneInputForTwo, withPassphrase } from '../files/key-passphrase.ts';
import { readKeystorePasswords } from '../files/keystore-password.ts';
import { type JwkFile, kindName, readSourceFile } from '../files/source-file.ts';
import { storeMaterial } from '../materials/store-material.ts';
import { targetEnvironments } from '../materials/target-environments.ts';
import type { ProjectConnection } from '../session/connection.ts';
import { unchecked } from '../session/unchecked.ts';
import { readInput } from '../terminal/input.ts';
import { note } from '../terminal/output.ts';
import { withProgress } from '../terminal/progress.ts';
import { chooseAlgorithm, useTypeOf } from './choose-algorithm.ts';
import { chooseAlias, chooseKid } from './choose-key.ts';
import { keysOfFile } from './keys-of-file.ts';
import type { SourceOrder } from './source-body.ts';
import type { SourceFlags } from './source-flags.ts';

/**
 * A file is looked at here first, by the manager's own rules, so that nothing is stored of what no JWK can be made of.
 * A JWK or JWK Set goes as it is; anything else is stored under a name, and the JWK is made from that.
 */
export async function orderFile(
  connection: ProjectConnection,
  name: string,
  flags: SourceFlags,
): Promise<SourceOrder> {
  const path = flags.fromFile ?? '';
  if (path === '-' && flags.passwordStdin) {
    throw wrongUsage('Standard input is either the file or the password: give KEYPLANE_KEYSTORE_PASSWORD');
  }
  refuseOneInputForTwo(path, flags);
  const file = await withPassphrase(readSourceFile(await readInput(path)), path, flags);
  note(`${path === '-' ? 'Standard input' : path} is ${kindName(file)}`);
  if ('document' in file) return { body: await copyPasteBody(file, flags) };
  const passwords = file.kind === 'KEYSTORE' ? await readKeystorePasswords(path, flags) : undefined;
  const look = (aliasName?: string) => {
    const options = { ...(passwords && { passwords }), ...(aliasName !== undefined && { aliasName }) };
    return withProgress('Reading the file', keysOfFile(file, { ...options, public: flags.public === true }));
  };
  const aliasName = file.kind === 'KEYSTORE' ? (flags.alias ?? (await chooseAlias(await look()))) : undefined;
  const [key] = await look(aliasName);
  if (key?.problem) throw new CliFailure(key.problem);
  const demand = await chooseAlgorithm(flags, key?.algorithms ?? null);
  const environments = await targetEnvironments(connection, flags.environment);
  const materialName = flags.materialName ?? name;
  const stored = await storeMaterial(connection, { name: materialName, environments, file, passwords });
  note(`${stored.what} is stored for ${environments.join(', ')}`);
  const isPublic = file.kind === 'PRIVATE_KEY' && flags.public === true;
  const body = {
    ...stored.reference,
    ...(isPublic && { sourceType: 'PUBLIC_KEY' as const }),
    ...{ environmentName: environments[0], aliasName, ...demand, kid: flags.kid },
  };
  const again = `${stored.flag} ${materialName} --algorithm ${demand.algorithm}`;
  return {
    body,
    stored: { ...stored, again: aliasName === undefined ? again : `${again} --alias ${aliasName}` },
  };
}

async function copyPasteBody(file: JwkFile, flags: SourceFlags) {
  for (const flag of ['alias', 'environment'] as const) {
    if (flags[flag] !== undefined) throw wrongUsage(`--${flag} does not go with ${kindName(file)}`);
  }
  const usage = { useType: useTypeOf(flags.use), algorithm: unchecked<Algorithm>(flags.algorithm) };
  const kid = flags.kid ?? (await chooseKid(await keysOfFile(file, {})));
  return { sourceType: 'COPY_PASTE' as const, jwkStr: file.text, kid, ...usage };
}
