// Turns the flags of `jwk create` and `jwk update` into the request to the API. The only possible choice is made and
// reported; other choices are left to the person, or end the command where there is no terminal to ask on.

import type { Algorithm } from '../../../clients/typescript/src/index.ts';
import { CliFailure, exitCode, wrongUsage } from '../failure.ts';
import { exactlyOne } from '../flag-values.ts';
import type { ProjectConnection } from '../session/connection.ts';
import { unchecked } from '../session/unchecked.ts';
import { note } from '../terminal/output.ts';
import { isInteractive } from '../terminal/prompt.ts';
import { chooseAlgorithm, useTypeOf } from './choose-algorithm.ts';
import { chooseAlias, chooseKid } from './choose-key.ts';
import type { SourceBody, SourceFileRequest } from './source-body.ts';
import { type SourceFlags, sourceFlagNames } from './source-flags.ts';

/** @param name of the JWK, and of material that is stored from a file unless flags name it */
export async function resolveSource(
  connection: ProjectConnection,
  name: string,
  flags: SourceFlags,
): Promise<SourceFileRequest> {
  switch (exactlyOne({ ...flags }, sourceFlagNames)) {
    case 'from-url':
      return { body: await urlBody(connection, flags) };
    case 'from-file': {
      const { resolveFile } = await import('./file-source.ts');
      return resolveFile(connection, name, flags);
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
    urlOptionConnectTimeout: flags.connectTimeout,
    urlOptionReadTimeout: flags.readTimeout,
    urlOptionSizeLimit: flags.sizeLimit,
  };
  if (flags.kid !== undefined || !isInteractive()) return { ...body, kid: flags.kid };
  const { refreshInterval: _refresh, useType: _use, algorithm: _algorithm, ...source } = body;
  const { resultList } = await client.inspectJwkSource({ projectName, body: unchecked(source) });
  return { ...body, kid: await chooseKid(resultList) };
}

/** From a certificate, key or keystore that is stored in the project. */
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
  const inspect = async (aliasName?: string) =>
    (await client.inspectJwkSource({ projectName, body: unchecked({ ...named, aliasName }) })).resultList;
  const isKeystore = flags.fromKeystore !== undefined;
  const aliasName = isKeystore ? (flags.alias ?? (await chooseAlias(await inspect()))) : undefined;
  const [key] = flags.algorithm !== undefined && flags.use !== undefined ? [] : await inspect(aliasName);
  if (key?.problem) throw new CliFailure(key.problem);
  const usage = await chooseAlgorithm(flags, key?.algorithms ?? null);
  return { ...named, aliasName, ...usage, kid: flags.kid };
}

async function keySourceType(
  { client, projectName }: ProjectConnection,
  flags: SourceFlags,
): Promise<'PUBLIC_KEY' | 'PRIVATE_KEY'> {
  if (flags.public) return 'PUBLIC_KEY';
  const { resultList } = await client.getKey({ projectName, keyName: flags.fromKey ?? '' });
  return resultList[0]?.keyType === 'PUBLIC_KEY' ? 'PUBLIC_KEY' : 'PRIVATE_KEY';
}

/** The only environment with material. */
async function onlyEnvironment(
  { client, projectName }: ProjectConnection,
  flags: SourceFlags,
): Promise<string> {
  const names = await environmentsOfMaterial({ client, projectName }, flags);
  const [only] = names;
  if (only === undefined) throw new CliFailure('It has no material in any environment', exitCode.notFound);
  if (names.length > 1) {
    throw wrongUsage(`Which environment? Add --environment with one of: ${names.join(', ')}`);
  }
  note(`Environment ${only}: the only one with material`);
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
