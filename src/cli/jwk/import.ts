import type { Command } from 'commander';
import type { Algorithm } from '../../../clients/typescript/src/index.ts';
import { deployingCommand, type WaitFlags } from '../client-command.ts';
import { useOption, useTypeOf } from '../jwk-source/choose-algorithm.ts';
import { connectToProject, type ProjectFlags } from '../session/connection.ts';
import { unchecked } from '../session/unchecked.ts';
import { showDeployed } from '../terminal/deployment-result.ts';
import { readInput } from '../terminal/input.ts';
import { withProgress } from '../terminal/progress.ts';

interface ImportFlags extends ProjectFlags, WaitFlags {
  readonly kid?: string;
  readonly use?: 'sig' | 'enc';
  readonly algorithm?: string;
  readonly description?: string;
}

export function addJwkImport(jwk: Command): void {
  deployingCommand(jwk, {
    usage: 'import <NAME> <FILE>',
    summary: 'Upload a JWK or JWK Set and deploy one of its keys; - reads standard input',
    examples: ['jwk import orders orders.json', 'jwk import orders jwks.json --kid 2026-11'],
  })
    .option(
      '--kid <KID>',
      'selects a key of a JWK Set by kid or thumbprint; or the kid for a key without one',
    )
    .addOption(useOption('use, for a key without one'))
    .option('--algorithm <ALGORITHM>', 'such as RS256, for a key without an alg')
    .option('--description <TEXT>', 'free text')
    .action(async (name: string, file: string, flags: ImportFlags) => {
      const { client, projectName } = await connectToProject(flags);
      const body = {
        jwkName: name,
        jwkFile: new Blob([Uint8Array.from(await readInput(file))]),
        kid: flags.kid,
        jwkDescription: flags.description,
        useType: useTypeOf(flags.use),
        algorithm: unchecked<Algorithm>(flags.algorithm),
      };
      const answer = await withProgress('Importing the JWK', client.importJwkFile({ projectName, body }));
      await showDeployed(client, flags, { answer, done: `Imported JWK ${name}` });
    });
}
