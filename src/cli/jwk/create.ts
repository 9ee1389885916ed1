import type { Command } from 'commander';
import { type CreateJwk, KeyplaneApiError } from '../../../clients/typescript/src/index.ts';
import { deployingCommand, type WaitFlags } from '../client-command.ts';
import { CliFailure, exitCode } from '../failure.ts';
import type { SourceFileRequest } from '../jwk-source/source-body.ts';
import { addSourceOptions, type SourceFlags } from '../jwk-source/source-flags.ts';
import { resolveSource } from '../jwk-source/source-request.ts';
import { exitCodeOf } from '../report-failure.ts';
import { connectToProject, type ProjectConnection } from '../session/connection.ts';
import { unchecked } from '../session/unchecked.ts';
import { showDeployed } from '../terminal/deployment-result.ts';
import { withProgress } from '../terminal/progress.ts';

import { type AllowanceFlags, addAllowanceOptions, allowancesOf } from './allowance-flags.ts';

interface CreateFlags extends SourceFlags, WaitFlags, AllowanceFlags {
  readonly description?: string;
}

export function addJwkCreate(jwk: Command): void {
  const command = deployingCommand(jwk, {
    usage: 'create <NAME>',
    summary: 'Create a JWK from a file, a URL, or a certificate, key or keystore, and deploy it',
    examples: [
      'jwk create orders --from-file orders.p12',
      'jwk create orders --from-file orders.p12 --alias orders --algorithm RS256 --password-stdin < password.txt',
      'jwk create partner --from-url https://partner.example/.well-known/jwks.json --kid 2026-11 --refresh 1h',
      'jwk create gateway --from-cert gateway --environment production --algorithm ES256 --wait',
    ],
  }).option('--description <TEXT>', 'free text');
  addAllowanceOptions(addSourceOptions(command)).action(async (name: string, flags: CreateFlags) => {
    const connection = await connectToProject(flags);
    const { client, projectName } = connection;
    if (flags.fromFile !== undefined) await requireFreeName(connection, name);
    const source = await resolveSource(connection, name, flags);
    const given = { name, description: flags.description, ...source.body, ...allowancesOf(flags) };
    const body = unchecked<CreateJwk>(given);
    const work = client.createJwk({ projectName, body });
    const answer = await explainStored(source, withProgress('Creating and deploying the JWK', work), name);
    await showDeployed(client, flags, { answer, done: `Created JWK ${name}` });
  });
}

/** Asked before a file is stored, because the manager rejects the JWK only afterwards. */
async function requireFreeName({ client, projectName }: ProjectConnection, name: string): Promise<void> {
  try {
    await client.getJwk({ projectName, jwkName: name, publicOnly: 'true' });
  } catch (error) {
    if (exitCodeOf(error) === exitCode.notFound) return;
    throw error;
  }
  throw new CliFailure(`JWK ${name} exists already: replace its value with keyplane jwk update ${name}`);
}

/** Where the manager rejects the JWK after its material was stored, the message says what is stored and how to go on. */
export async function explainStored<T>(
  { stored }: SourceFileRequest,
  work: Promise<T>,
  name: string,
): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!stored || !(error instanceof KeyplaneApiError)) throw error;
    throw new CliFailure(
      `${stored.what} is stored, the JWK is not: ${error.message} ` +
        `Continue with: keyplane jwk create ${name} ${stored.again}; or remove it: keyplane ${stored.remove}`,
      exitCodeOf(error),
    );
  }
}
