import type { Command } from 'commander';
import type { InspectJwkSource } from '../../../clients/typescript/src/index.ts';
import { exactlyOne, projectCommand } from '../client-command.ts';
import { wrongUsage } from '../failure.ts';
import type { SourceBody } from '../jwk-source/source-body.ts';
import { connectToProject, type ProjectFlags } from '../session/connection.ts';
import { unchecked } from '../session/unchecked.ts';
import { harmless } from '../terminal/harmless-text.ts';
import { readInput } from '../terminal/input.ts';
import { note, show } from '../terminal/output.ts';
import { withProgress } from '../terminal/progress.ts';
import { textTable } from '../terminal/table.ts';

interface InspectFlags extends ProjectFlags {
  readonly fromFile?: string;
  readonly fromUrl?: string;
  readonly fromCert?: string;
  readonly fromKey?: string;
  readonly fromKeystore?: string;
  readonly environment?: string;
  readonly alias?: string;
}

export function addJwkInspect(jwk: Command): void {
  projectCommand(jwk, {
    usage: 'inspect',
    summary: 'Look into a source at the manager, and store nothing; `keyplane lint` looks without a manager',
    examples: [
      'jwk inspect --from-url https://partner.example/.well-known/jwks.json',
      'jwk inspect --from-keystore orders --environment production',
      'jwk inspect --from-file jwks.json',
    ],
  })
    .option('--from-file <FILE>', 'a JWK or JWK Set; - is standard input')
    .option('--from-url <URL>', 'a JWK or JWK Set that the manager fetches')
    .option('--from-cert <NAME>', 'a certificate of the project')
    .option('--from-key <NAME>', 'a key of the project')
    .option('--from-keystore <NAME>', 'a keystore of the project')
    .option('--environment <NAME>', 'whose certificate, key or keystore is looked at')
    .option('--alias <ALIAS>', 'one entry of a keystore')
    .action(async (flags: InspectFlags) => {
      const body = unchecked<InspectJwkSource>(await bodyOf(flags));
      const { client, projectName } = await connectToProject(flags);
      const work = client.inspectJwkSource({ projectName, body });
      const answer = await withProgress('Looking into the source', work);
      if (!flags.json) {
        for (const one of answer.resultList) {
          const which = one.kid ?? one.aliasName ?? one.thumbprint ?? 'the key';
          for (const text of one.warnings) note(`Warning: ${harmless(which)}: ${harmless(text)}`);
        }
      }
      show(flags, answer, () =>
        textTable(
          ['ALIAS', 'KID', 'TYPE', 'SIZE', 'PRIVATE', 'USE', 'ALGORITHM', 'PROBLEM'],
          answer.resultList.map((one) => [
            ...[one.aliasName, one.kid ?? one.thumbprint, one.type, one.curve ?? one.size, one.private],
            ...[one.use, one.algorithm, one.problem],
          ]),
        ),
      );
    });
}

async function bodyOf(flags: InspectFlags): Promise<SourceBody> {
  const names = ['from-file', 'from-url', 'from-cert', 'from-key', 'from-keystore'];
  const source = exactlyOne({ ...flags }, names);
  if (source === 'from-url') return { sourceType: 'URL', url: flags.fromUrl };
  if (source === 'from-file') {
    return { sourceType: 'COPY_PASTE', jwkStr: (await readInput(flags.fromFile ?? '-')).toString('utf8') };
  }
  const { environment: environmentName, alias: aliasName } = flags;
  if (environmentName === undefined) throw wrongUsage(`--environment is needed with --${source}`);
  if (source === 'from-cert')
    return { sourceType: 'CERTIFICATE', certificateName: flags.fromCert, environmentName };
  if (source === 'from-key') return { sourceType: 'PRIVATE_KEY', keyName: flags.fromKey, environmentName };
  return { sourceType: 'KEYSTORE', keyStoreName: flags.fromKeystore, environmentName, aliasName };
}
