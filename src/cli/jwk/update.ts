import type { Command } from 'commander';
import type { UpdateJwk } from '../../../clients/typescript/src/index.ts';
import { deployingCommand, type WaitFlags } from '../client-command.ts';
import { wrongUsage } from '../failure.ts';
import type { SourceFileRequest } from '../jwk-source/source-body.ts';
import { addSourceOptions, type SourceFlags, sourceFlagNames } from '../jwk-source/source-flags.ts';
import { resolveSource } from '../jwk-source/source-request.ts';
import { connectToProject } from '../session/connection.ts';
import { unchecked } from '../session/unchecked.ts';
import { showDeployed } from '../terminal/deployment-result.ts';
import { withProgress } from '../terminal/progress.ts';
import { type AllowanceFlags, addAllowanceOptions, allowancesOf } from './allowance-flags.ts';
import { explainStored } from './create.ts';

interface UpdateFlags extends SourceFlags, WaitFlags, AllowanceFlags {
  readonly description?: string;
  readonly detach?: boolean;
}

export function addJwkUpdate(jwk: Command): void {
  const command = deployingCommand(jwk, {
    usage: 'update <NAME>',
    summary: 'Replace the value or the description of a JWK, and deploy it',
    examples: [
      'jwk update orders --from-file orders-2027.p12 --material-name orders-2027',
      'jwk update partner --detach --description "as of November"',
    ],
    completes: ['jwks'],
  })
    .option('--description <TEXT>', 'free text; an empty one removes it')
    .option('--detach', 'keep the key, and stop following its source or URL');
  addAllowanceOptions(addSourceOptions(command)).action(async (name: string, flags: UpdateFlags) => {
    const isNew = Object.keys(flags).some((flag) => flag.startsWith('from'));
    if (isNew === (flags.detach === true)) {
      const sources = sourceFlagNames.map((source) => `--${source}`).join(', ');
      throw wrongUsage(
        `A new value (${sources}) or --detach is required: an update without a source detaches the JWK`,
      );
    }
    const connection = await connectToProject(flags);
    const { client, projectName } = connection;
    const source: SourceFileRequest = isNew ? await resolveSource(connection, name, flags) : { body: {} };
    const given = { description: flags.description, ...source.body, ...allowancesOf(flags) };
    const body = unchecked<UpdateJwk>(given);
    const work = client.updateJwk({ projectName, jwkName: name, body });
    const answer = await explainStored(source, withProgress('Updating and deploying the JWK', work), name);
    await showDeployed(client, flags, { answer, done: `Updated JWK ${name}` });
  });
}
