import { type Command, Option } from 'commander';
import { keyTypeName } from '../../jose/key-type-name.ts';
import { type KeyTypeName, keyTypes } from '../../jose/key-types.ts';
import type { StoredSourceType } from '../../sources/sources.ts';
import { addListOptions, type ListFlags, projectCommand } from '../client-command.ts';
import { connectToProject, type ProjectFlags } from '../session/connection.ts';
import { everyItem } from '../session/every-item.ts';
import { show } from '../terminal/output.ts';
import { dayOf, textTable } from '../terminal/table.ts';

interface JwkListFlags extends ProjectFlags, ListFlags {
  readonly type?: KeyTypeName;
  readonly use?: 'sig' | 'enc';
  readonly source?: StoredSourceType;
  readonly expiringWithin?: string;
}

export function addJwkList(jwk: Command): void {
  const command = projectCommand(jwk, {
    usage: 'list',
    summary: 'List the JWKs of a project; never key material',
    examples: ['jwk list', 'jwk list --expiring-within P30D', 'jwk list --type RSA --search orders --json'],
  })
    .addOption(new Option('--type <TYPE>', 'of the key').choices(keyTypes.map(keyTypeName)))
    .addOption(new Option('--use <USE>', 'what it is for').choices(['sig', 'enc']))
    .option('--source <TYPE>', 'where it came from, such as KEYSTORE')
    .option('--expiring-within <DURATION>', 'ISO 8601, such as P30D');
  addListOptions(command).action(async (flags: JwkListFlags) => {
    const { client, projectName } = await connectToProject(flags);
    const { type, use, source: sourceType, expiringWithin } = flags;
    const filters = { type, use, sourceType, expiringWithin };
    const answer = await everyItem(flags, (query) => client.listJwks({ projectName, ...filters, ...query }));
    show(flags, answer, () =>
      textTable(
        ['NAME', 'TYPE', 'USE', 'ALGORITHM', 'KID', 'SOURCE', 'EXPIRES'],
        answer.resultList.map((one) => [
          ...[one.name, one.type, one.use, one.algorithm, one.kid],
          ...[one.sourceState === undefined ? one.sourceType : `${one.sourceType} ${one.sourceState}`],
          dayOf(one.expirationTime),
        ]),
      ),
    );
  });
}
