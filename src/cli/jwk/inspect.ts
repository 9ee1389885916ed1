import type { Command } from 'commander';
import type { InspectJwkSource, SourceKey } from '../../../clients/typescript/src/index.ts';
import { timeText } from '../../runtime/time-text.ts';
import { projectCommand } from '../client-command.ts';
import { wrongUsage } from '../failure.ts';
import { exactlyOne } from '../flag-values.ts';
import type { SourceBody } from '../jwk-source/source-body.ts';
import { connectToProject, type ProjectFlags } from '../session/connection.ts';
import { unchecked } from '../session/unchecked.ts';
import { readInput } from '../terminal/input.ts';
import { type ListOutput, note, showList } from '../terminal/output.ts';
import { isForProgram, listFormats } from '../terminal/output-format.ts';
import { withProgress } from '../terminal/progress.ts';
import { sanitize } from '../terminal/sanitize.ts';

interface InspectFlags extends ProjectFlags {
  readonly fromFile?: string;
  readonly fromUrl?: string;
  readonly fromCert?: string;
  readonly fromKey?: string;
  readonly fromKeystore?: string;
  readonly environment?: string;
  readonly alias?: string;
}

const view: ListOutput<SourceKey> = {
  columns: [
    { head: 'ALIAS', value: ({ aliasName }) => aliasName },
    { head: 'KID', value: ({ kid, thumbprint }) => kid ?? thumbprint },
    { head: 'TYPE', value: ({ type }) => type },
    { head: 'SIZE', value: ({ curve, size }) => curve ?? size },
    { head: 'PRIVATE', value: (one) => one.private },
    { head: 'USE', value: ({ use }) => use },
    { head: 'ALGORITHM', value: ({ algorithm }) => algorithm },
    { head: 'EXPIRES', isWide: true, value: ({ expirationTime }) => timeText(expirationTime) },
    { head: 'THUMBPRINT', isWide: true, value: ({ thumbprint }) => thumbprint },
    { head: 'PROBLEM', value: ({ problem }) => problem },
  ],
  name: labelOf,
};

/** What selects the key: `--alias` of a keystore, otherwise `--kid`. */
function labelOf({ aliasName, kid, thumbprint }: SourceKey): string {
  return aliasName ?? kid ?? thumbprint ?? 'the key';
}

export function addJwkInspect(jwk: Command): void {
  projectCommand(jwk, {
    usage: 'inspect',
    summary: 'Let the manager read a source without storing it; `keyplane lint` works without a manager',
    examples: [
      'jwk inspect --from-url https://partner.example/.well-known/jwks.json',
      'jwk inspect --from-keystore orders --environment production',
      'jwk inspect --from-file jwks.json',
    ],
    formats: listFormats,
  })
    .option('--from-file <FILE>', 'a JWK or JWK Set; - reads standard input')
    .option('--from-url <URL>', 'a JWK or JWK Set that the manager fetches')
    .option('--from-cert <NAME>', 'a certificate of the project')
    .option('--from-key <NAME>', 'a key of the project')
    .option('--from-keystore <NAME>', 'a keystore of the project')
    .option('--environment <NAME>', 'the environment whose certificate, key or keystore is read')
    .option('--alias <ALIAS>', 'one entry of a keystore')
    .action(async (flags: InspectFlags) => {
      const body = unchecked<InspectJwkSource>(await bodyOf(flags));
      const { client, projectName } = await connectToProject(flags);
      const work = client.inspectJwkSource({ projectName, body });
      const answer = await withProgress('Reading the source', work);
      if (!isForProgram(flags)) {
        for (const key of answer.resultList) {
          for (const text of key.warnings) note(`Warning: ${sanitize(labelOf(key))}: ${sanitize(text)}`);
        }
      }
      showList(flags, answer, view);
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
  if (environmentName === undefined) throw wrongUsage(`--environment is required with --${source}`);
  if (source === 'from-cert')
    return { sourceType: 'CERTIFICATE', certificateName: flags.fromCert, environmentName };
  if (source === 'from-key') return { sourceType: 'PRIVATE_KEY', keyName: flags.fromKey, environmentName };
  return { sourceType: 'KEYSTORE', keyStoreName: flags.fromKeystore, environmentName, aliasName };
}
