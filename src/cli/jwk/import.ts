import type { Command } from 'commander';
import type { Algorithm } from '../../../clients/typescript/src/index.ts';
import { projectCommand } from '../client-command.ts';
import { useTypeOf } from '../jwk-source/choose-algorithm.ts';
import { connectToProject, type ProjectFlags } from '../session/connection.ts';
import { unchecked } from '../session/unchecked.ts';
import { showDeployed } from '../terminal/deployment.ts';
import { readInput } from '../terminal/input.ts';
import { withProgress } from '../terminal/progress.ts';

interface ImportFlags extends ProjectFlags {
  readonly kid?: string;
  readonly use?: string;
  readonly algorithm?: string;
  readonly description?: string;
}

export function addJwkImport(jwk: Command): void {
  projectCommand(jwk, {
    usage: 'import <NAME> <FILE>',
    summary: 'Upload a JWK or JWK Set file as it is and deploy a key of it; - is standard input',
    examples: ['jwk import orders orders.json', 'jwk import orders jwks.json --kid 2026-11'],
  })
    .option('--kid <KID>', 'which key of a JWK Set, by kid or thumbprint, or the kid of a key that has none')
    .option('--use <USE>', 'sig or enc, where the key has no use')
    .option('--algorithm <ALGORITHM>', 'such as RS256, where the key has no alg')
    .option('--description <TEXT>', 'for people to read')
    .action(async (name: string, file: string, flags: ImportFlags) => {
      const { client, projectName } = await connectToProject(flags);
      const jwkFile = new Blob([Uint8Array.from(await readInput(file))]);
      const usage = { useType: useTypeOf(flags.use), algorithm: unchecked<Algorithm>(flags.algorithm) };
      const body = { jwkName: name, jwkFile, kid: flags.kid, jwkDescription: flags.description, ...usage };
      const work = client.importJwkFile({ projectName, body });
      showDeployed(flags, await withProgress('Importing the JWK', work), `Imported JWK ${name}`);
    });
}
