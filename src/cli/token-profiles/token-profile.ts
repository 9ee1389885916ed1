import type { Command } from 'commander';
import type { TokenProfile } from '../../../clients/typescript/src/index.ts';
import { timeAndDistance, timeText } from '../../runtime/time-text.ts';
import { addListOptions, groupCommand, type ListFlags, projectCommand } from '../client-command.ts';
import { addDeletion } from '../deletion.ts';
import { allItems } from '../session/all-items.ts';
import { connectToProject, type ProjectFlags } from '../session/connection.ts';
import { type ListOutput, show, showList } from '../terminal/output.ts';
import { documentFormats, listFormats } from '../terminal/output-format.ts';
import { factLines } from '../terminal/table.ts';
import { addTokenProfileChanges } from './change.ts';
import { addTokenProfileIssue, addTokenProfileTry } from './issue.ts';

const view: ListOutput<TokenProfile> = {
  columns: [
    { head: 'NAME', value: ({ name }) => name },
    { head: 'KEY RING', value: ({ keyRingName }) => keyRingName },
    { head: 'ISSUER', value: ({ issuer }) => issuer },
    { head: 'AUDIENCES', value: ({ audiences }) => audiences.join(', ') },
    { head: 'LIFETIME', value: ({ lifetime }) => lifetime },
    { head: 'AT MOST', isWide: true, value: ({ maxLifetime }) => maxLifetime },
    { head: 'TYPE', isWide: true, value: ({ tokenType }) => tokenType },
    { head: 'SUBJECT', isWide: true, value: ({ subject }) => subjectText(subject) },
    { head: 'CREATED', isWide: true, value: ({ createdAt }) => timeText(createdAt) },
    { head: 'DESCRIPTION', isWide: true, value: ({ description }) => description },
  ],
  name: ({ name }) => name,
};

/** `keyplane token-profile`: the contents of tokens that nodes issue. */
export function addTokenProfileCommand(program: Command): void {
  const group = groupCommand(
    program,
    'token-profile',
    'Token profiles of a project: the contents of tokens that nodes issue',
  );
  const list = projectCommand(group, {
    usage: 'list',
    summary: 'List the token profiles of a project',
    examples: ['token-profile list', 'token-profile list --output wide'],
    formats: listFormats,
  });
  addListOptions(list).action(async (flags: ProjectFlags & ListFlags) => {
    const { client, projectName } = await connectToProject(flags);
    const answer = await allItems(flags, (query) => client.listTokenProfiles({ projectName, ...query }));
    showList(flags, answer, view);
  });
  projectCommand(group, {
    usage: 'get <NAME>',
    summary: 'Show a token profile',
    examples: ['token-profile get partner-api', 'token-profile get partner-api --output json'],
    completes: ['token profiles'],
    formats: documentFormats,
  }).action(async (tokenProfileName: string, flags: ProjectFlags) => {
    const { client, projectName } = await connectToProject(flags);
    const answer = await client.getTokenProfile({ projectName, tokenProfileName });
    show(flags, answer, { table: () => answer.resultList.map(profileText).join('') });
  });
  addTokenProfileChanges(group);
  addTokenProfileTry(group);
  addTokenProfileIssue(group);
  addDeletion(group, {
    word: 'token profile',
    summary: 'Delete a token profile; tokens that were issued stay valid until they expire',
    examples: ['token-profile delete partner-api', 'token-profile delete partner-api --yes --wait'],
    completes: ['token profiles'],
    remove: (client, ref) =>
      client.deleteTokenProfile({ projectName: ref.projectName, tokenProfileName: ref.name }),
  });
}

function subjectText({ mode, value, pattern }: TokenProfile['subject']): string {
  switch (mode) {
    case 'FIXED':
      return value ?? '';
    case 'FROM_CALLER':
      return 'of the caller';
    case 'GIVEN':
      return pattern === null ? 'given' : `given, ${pattern}`;
    default:
      return mode satisfies never;
  }
}

function profileText(profile: TokenProfile): string {
  const { fixed, allowed, required, schema } = profile.claims;
  const { encryptTo } = profile;
  const target =
    encryptTo === null ? null : `${encryptTo.keyRingName ?? encryptTo.jwkName}, ${encryptTo.enc}`;
  return factLines([
    ['Name', profile.name],
    ['Description', profile.description],
    ['Key ring', profile.keyRingName],
    ['Issuer', profile.issuer],
    ['Audiences', profile.audiences.join(', ')],
    ['Audience mode', profile.audienceMode],
    ['Lifetime', profile.lifetime],
    ['Lifetime at most', profile.maxLifetime],
    ['Not before', profile.notBeforeOffset],
    ['Type', profile.tokenType],
    ['Subject', subjectText(profile.subject)],
    ['Fixed claims', Object.keys(fixed).length === 0 ? null : JSON.stringify(fixed)],
    ['Allowed claims', allowed.join(', ')],
    ['Required claims', required.join(', ')],
    ['Schema of claims', schema === null ? null : JSON.stringify(schema)],
    ['Encrypted to', target],
    ['Created', timeAndDistance(profile.createdAt)],
    ['Updated', timeAndDistance(profile.updatedAt)],
  ]);
}
