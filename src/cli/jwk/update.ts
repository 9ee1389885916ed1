import type { Command } from 'commander';
import type { UpdateJwk } from '../../../clients/typescript/src/index.ts';
import { projectCommand } from '../client-command.ts';
import { wrongUsage } from '../failure.ts';
import type { SourceOrder } from '../jwk-source/source-body.ts';
import { addSourceOptions, type SourceFlags, sourceFlagNames } from '../jwk-source/source-flags.ts';
import { orderSource } from '../jwk-source/source-order.ts';
import { connectToProject } from '../session/connection.ts';
import { unchecked } from '../session/unchecked.ts';
import { showDeployed } from '../terminal/deployment.ts';
import { withProgress } from '../terminal/progress.ts';
import { afterStored } from './create.ts';

interface UpdateFlags extends SourceFlags {
  readonly description?: string;
  readonly detach?: boolean;
}

export function addJwkUpdate(jwk: Command): void {
  const command = projectCommand(jwk, {
    usage: 'update <NAME>',
    summary: 'Give a JWK a new value or description, and deploy it',
    examples: [
      'jwk update orders --from-file orders-2027.p12 --material-name orders-2027',
      'jwk update partner --detach --description "kept as it was in November"',
    ],
  })
    .option('--description <TEXT>', 'for people to read; an empty one goes')
    .option('--detach', 'keep the key, and follow neither its source nor its URL from now on');
  addSourceOptions(command).action(async (name: string, flags: UpdateFlags) => {
    const isNew = Object.keys(flags).some((flag) => flag.startsWith('from'));
    if (isNew === (flags.detach === true)) {
      const sources = sourceFlagNames.map((source) => `--${source}`).join(', ');
      throw wrongUsage(
        `A new value (${sources}) or --detach is needed: without its source a JWK is detached from it`,
      );
    }
    const connection = await connectToProject(flags);
    const { client, projectName } = connection;
    const order: SourceOrder = isNew ? await orderSource(connection, name, flags) : { body: {} };
    const body = unchecked<UpdateJwk>({ description: flags.description, ...order.body });
    const work = client.updateJwk({ projectName, jwkName: name, body });
    const answer = await afterStored(
      order,
      withProgress('Changing the JWK and bringing it to the nodes', work),
      name,
    );
    showDeployed(flags, answer, `Updated JWK ${name}`);
  });
}
