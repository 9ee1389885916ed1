// From the flags of `jwk create` and `jwk update` to what the API is asked for. What only one thing can be meant by is
// taken and told; what is left open is asked for, or ends the command where nobody can be asked.

import type { Algorithm } from '../../../clients/typescript/src/index.ts';
import { exactlyOne } from '../client-command.ts';
import { CliFailure, exitCode, wrongUsage } from '../failure.ts';
import type { ProjectConnection } from '../session/connection.ts';
import { unchecked } from '../session/unchecked.ts';
import { note } from '../terminal/output.ts';
import { isInteractive } from '../terminal/prompt.ts';
import { chooseAlgorithm, useTypeOf } from './choose-algorithm.ts';
import { chooseAlias, chooseKid } from './choose-key.ts';
import type { SourceBody, SourceOrder } from './source-body.ts';
import { type SourceFlags, sourceFlagNames } from './source-flags.ts';

/** @param name of the JWK; what is stored of a file has it too unless it is given another */
export async function orderSource(
  connection: ProjectConnection,
  name: string,
  flags: SourceFlags,
): Promise<SourceOrder> {
  switch (exactlyOne({ ...flags }, sourceFlagNames)) {
    case 'from-url':
      return { body: await urlBody(connection, flags) };
    case 'from-file': {
      const { orderFile } = await import('./file-order.ts');
      return orderFile(connection, name, flags);
    }
    default:
      return { body: await storedBody(connection, flags) };
  }
}

async function urlBody({ client, projectName }: ProjectConnection, flags: SourceFlags): Promise<SourceBody> {
  const body: SourceBody = {
    sourceType: 'URL',
    url: flags.fromUrl,
    refreshInterval: flags.refresh,
    useType: useTypeOf(flags.use),
    algorithm: unchecked<Algorithm>(flags.algorithm),
    urlOptionConnectTimeout: wholeNumber(flags.connectTimeout, '--connect-timeout'),
    urlOptionReadTimeout: wholeNumber(flags.readTimeout, '--read-timeout'),
    urlOptionSizeLimit: wholeNumber(flags.sizeLimit, '--size-limit'),
  };
  if (flags.kid !== undefined || !isInteractive()) return { ...body, kid: flags.kid };
  const { refreshInterval: _later, useType: _use, algorithm: _algorithm, ...look } = body;
  const { resultList } = await client.inspectJwkSource({ projectName, body: unchecked(look) });
  return { ...body, kid: await chooseKid(resultList) };
}

/** A certificate, key or keystore that the project has already. */
async function storedBody(connection: ProjectConnection, flags: SourceFlags): Promise<SourceBody> {
  const { client, projectName } = connection;
  const named: SourceBody = {
    ...(flags.fromCert !== undefined && {
      sourceType: 'CERTIFICATE' as const,
      certificateName: flags.fromCert,
    }),
    ...(flags.fromKey !== undefined && {
      sourceType: await keySourceType(connection, flags),
      keyName: flags.fromKey,
    }),
    ...(flags.fromKeystore !== undefined && {
      sourceType: 'KEYSTORE' as const,
      keyStoreName: flags.fromKeystore,
    }),
    environmentName: flags.environment ?? (await onlyEnvironment(connection, flags)),
  };
  const look = async (aliasName?: string) =>
    (await client.inspectJwkSource({ projectName, body: unchecked({ ...named, aliasName }) })).resultList;
  const isKeystore = flags.fromKeystore !== undefined;
  const aliasName = isKeystore ? (flags.alias ?? (await chooseAlias(await look()))) : undefined;
  const [key] = flags.algorithm !== undefined && flags.use !== undefined ? [] : await look(aliasName);
  if (key?.problem) throw new CliFailure(key.problem);
  const demand = await chooseAlgorithm(flags, key?.algorithms ?? null);
  return { ...named, aliasName, ...demand, kid: flags.kid };
}

async function keySourceType(
  { client, projectName }: ProjectConnection,
  flags: SourceFlags,
): Promise<'PUBLIC_KEY' | 'PRIVATE_KEY'> {
  if (flags.public) return 'PUBLIC_KEY';
  const { resultList } = await client.getKey({ projectName, keyName: flags.fromKey ?? '' });
  return resultList[0]?.keyType === 'PUBLIC_KEY' ? 'PUBLIC_KEY' : 'PRIVATE_KEY';
}

/** The one environment that it has material for. */
async function onlyEnvironment(
  { client, projectName }: ProjectConnection,
  flags: SourceFlags,
): Promise<string> {
  const names = await environmentsOfMaterial({ client, projectName }, flags);
  const [only] = names;
  if (only === undefined) throw new CliFailure('It has material for no environment', exitCode.notFound);
  if (names.length > 1) {
    throw wrongUsage(`The material of which environment? Add --environment with one of: ${names.join(', ')}`);
  }
  note(`Environment ${only}: the only one that it has material for`);
  return only;
}

async function environmentsOfMaterial(
  { client, projectName }: Pick<ProjectConnection, 'client' | 'projectName'>,
  { fromCert, fromKey, fromKeystore }: SourceFlags,
): Promise<readonly string[]> {
  if (fromCert !== undefined) {
    const { resultList } = await client.getCertificate({ projectName, certificateName: fromCert });
    return resultList.flatMap((one) =>
      one.certificateEnvironmentList.map(({ environmentName }) => environmentName),
    );
  }
  if (fromKey !== undefined) {
    const { resultList } = await client.getKey({ projectName, keyName: fromKey });
    return resultList.flatMap((one) =>
      one.cryptoKeyInfoEnvironmentList.map(({ environmentName }) => environmentName),
    );
  }
  const { resultList } = await client.getKeystore({ projectName, keystoreName: fromKeystore ?? '' });
  return resultList.flatMap((one) =>
    one.keyStoreEnvironmentList.map(({ environmentName }) => environmentName),
  );
}

function wholeNumber(text: string | undefined, flag: string): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw wrongUsage(`${flag} takes a whole number, not ${text}`);
}
