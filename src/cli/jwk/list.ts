import type { Command } from 'commander';
import type { Jwk } from '../../../clients/typescript/src/index.ts';
import { keyTypeName } from '../../jose/key-type-name.ts';
import { type KeyTypeName, keyTypes } from '../../jose/key-types.ts';
import { timeText } from '../../runtime/time-text.ts';
import type { StoredSourceType } from '../../sources/sources.ts';
import {
  addListOptions,
  addUnusedOption,
  type ListFlags,
  projectCommand,
  type UnusedFlags,
  unusedForDaysOf,
} from '../client-command.ts';
import { choiceOption, durationOption } from '../flag-values.ts';
import { allItems } from '../session/all-items.ts';
import { connectToProject, type ProjectFlags } from '../session/connection.ts';
import { type ListOutput, showList } from '../terminal/output.ts';
import { listFormats } from '../terminal/output-format.ts';

interface JwkListFlags extends ProjectFlags, ListFlags, UnusedFlags {
  readonly type?: KeyTypeName;
  readonly use?: 'sig' | 'enc';
  readonly source?: StoredSourceType;
  readonly expiringWithin?: string;
  readonly deployment?: 'DEPLOYED' | 'INCOMPLETE';
}

const view: ListOutput<Jwk> = {
  columns: [
    { head: 'NAME', value: ({ name }) => name },
    { head: 'TYPE', value: ({ type }) => type },
    { head: 'SIZE', value: ({ curve, size }) => curve ?? size },
    { head: 'USE', value: ({ use }) => use },
    { head: 'ALGORITHM', value: ({ algorithm }) => algorithm },
    { head: 'KID', value: ({ kid }) => kid },
    { head: 'SOURCE', value: sourceOf },
    { head: 'NOT BEFORE', isWide: true, value: ({ notBeforeTime }) => timeText(notBeforeTime) },
    { head: 'EXPIRES', value: ({ expirationTime }) => timeText(expirationTime) },
    { head: 'LAST USED', isWide: true, value: ({ lastUsedAt }) => timeText(lastUsedAt) },
    { head: 'CREATED', isWide: true, value: ({ createdAt }) => timeText(createdAt) },
    { head: 'UPDATED', isWide: true, value: ({ updatedAt }) => timeText(updatedAt) },
    { head: 'SOURCE ENVIRONMENT', isWide: true, value: (one) => one.sourceEnvironmentName },
    { head: 'SOURCE ALIAS', isWide: true, value: (one) => one.sourceAliasName },
    { head: 'URL', isWide: true, value: ({ sourceUrl }) => sourceUrl },
    { head: 'DESCRIPTION', isWide: true, value: ({ description }) => description },
  ],
  name: ({ name }) => name,
};

function sourceOf({ sourceType, sourceState }: Jwk): string {
  return sourceState === undefined ? sourceType : `${sourceType} ${sourceState}`;
}

export function addJwkList(jwk: Command): void {
  const command = projectCommand(jwk, {
    usage: 'list',
    summary: 'List the JWKs of a project, without key material',
    examples: [
      'jwk list',
      'jwk list --expiring-within 30d',
      'jwk list --deployment incomplete',
      'jwk list --unused 90d',
      'jwk list --type RSA --search orders --output json',
      'jwk list --output name',
    ],
    formats: listFormats,
  })
    .addOption(choiceOption('--type <TYPE>', 'key type', keyTypes.map(keyTypeName)))
    .addOption(choiceOption('--use <USE>', 'use of the key', ['sig', 'enc']))
    .option('--source <TYPE>', 'source of the JWK, such as KEYSTORE', (text) => text.toUpperCase())
    .addOption(durationOption('--expiring-within <DURATION>', 'only JWKs that expire within it, such as 30d'))
    .addOption(
      choiceOption('--deployment <STATE>', 'only those that every node has, or that a node lacks', [
        'DEPLOYED',
        'INCOMPLETE',
      ]),
    );
  addUnusedOption(addListOptions(command)).action(async (flags: JwkListFlags) => {
    const { client, projectName } = await connectToProject(flags);
    const { type, use, source: sourceType, expiringWithin, deployment } = flags;
    const filters = { type, use, sourceType, expiringWithin, deployment, ...unusedForDaysOf(flags) };
    const answer = await allItems(flags, (query) => client.listJwks({ projectName, ...filters, ...query }));
    showList(flags, answer, view);
  });
}
