import type { Command } from 'commander';
import { type CreateJwk, KeyplaneApiError } from '../../../clients/typescript/src/index.ts';
import { projectCommand } from '../client-command.ts';
import { CliFailure, exitCode } from '../failure.ts';
import type { SourceOrder } from '../jwk-source/source-body.ts';
import { addSourceOptions, type SourceFlags } from '../jwk-source/source-flags.ts';
import { orderSource } from '../jwk-source/source-order.ts';
import { exitCodeOf } from '../report-failure.ts';
import { connectToProject, type ProjectConnection } from '../session/connection.ts';
import { unchecked } from '../session/unchecked.ts';
import { showDeployed } from '../terminal/deployment.ts';
import { withProgress } from '../terminal/progress.ts';

interface CreateFlags extends SourceFlags {
  readonly description?: string;
}

export function addJwkCreate(jwk: Command): void {
  const command = projectCommand(jwk, {
    usage: 'create <NAME>',
    summary: 'Make a JWK of a file, a URL, or a certificate, key or keystore, and deploy it',
    examples: [
      'jwk create orders --from-file orders.p12',
      'jwk create orders --from-file orders.p12 --alias orders --algorithm RS256 --password-stdin < password.txt',
      'jwk create partner --from-url https://partner.example/.well-known/jwks.json --kid 2026-11 --refresh PT1H',
      'jwk create gateway --from-cert gateway --environment production --algorithm ES256',
    ],
  }).option('--description <TEXT>', 'for people to read');
  addSourceOptions(command).action(async (name: string, flags: CreateFlags) => {
    const connection = await connectToProject(flags);
    const { client, projectName } = connection;
    if (flags.fromFile !== undefined) await refuseTaken(connection, name);
    const order = await orderSource(connection, name, flags);
    const body = unchecked<CreateJwk>({ name, description: flags.description, ...order.body });
    const work = client.createJwk({ projectName, body });
    const answer = await afterStored(
      order,
      withProgress('Making the JWK and bringing it to the nodes', work),
      name,
    );
    showDeployed(flags, answer, `Created JWK ${name}`);
  });
}

/** Before anything is stored of a file: the manager would refuse the JWK only after that. */
async function refuseTaken({ client, projectName }: ProjectConnection, name: string): Promise<void> {
  try {
    await client.getJwk({ projectName, jwkName: name, publicOnly: 'true' });
  } catch (error) {
    if (exitCodeOf(error) === exitCode.notFound) return;
    throw error;
  }
  throw new CliFailure(`JWK ${name} is there already: give it a new value with keyplane jwk update ${name}`);
}

/** Where the JWK was refused after its material was stored, says what is there and how to go on. */
export async function afterStored<T>({ stored }: SourceOrder, work: Promise<T>, name: string): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!stored || !(error instanceof KeyplaneApiError)) throw error;
    throw new CliFailure(
      `${stored.what} is stored, the JWK is not: ${error.message} ` +
        `Go on with: keyplane jwk create ${name} ${stored.again}; or remove it: keyplane ${stored.remove}`,
      exitCodeOf(error),
    );
  }
}
