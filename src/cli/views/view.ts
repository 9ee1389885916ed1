import type { Command } from 'commander';
import type { NewView, View, ViewChange } from '../../../clients/typescript/src/index.ts';
import { publicKeyTypeNames } from '../../jose/key-types.ts';
import { timeAndDistance, timeText } from '../../runtime/time-text.ts';
import {
  addListOptions,
  deployingCommand,
  groupCommand,
  type ListFlags,
  projectCommand,
  type WaitFlags,
} from '../client-command.ts';
import { addDeletion } from '../deletion.ts';
import { wrongUsage } from '../failure.ts';
import { splitNames } from '../flag-values.ts';
import { allItems } from '../session/all-items.ts';
import { connectToProject, type ProjectFlags } from '../session/connection.ts';
import { unchecked } from '../session/unchecked.ts';
import { showDeployed } from '../terminal/deployment-result.ts';
import { type ListOutput, show, showList } from '../terminal/output.ts';
import { documentFormats, listFormats } from '../terminal/output-format.ts';
import { withProgress } from '../terminal/progress.ts';
import { factLines } from '../terminal/table.ts';

interface ViewFlags extends ProjectFlags, WaitFlags {
  readonly description?: string;
  readonly keyTypes?: string;
  readonly algorithms?: string;
  readonly uses?: string;
  readonly rings?: string;
  readonly jwks?: string;
  readonly all?: boolean;
  readonly excludeKeyTypes?: string;
  readonly excludeAlgorithms?: string;
  readonly excludeUses?: string;
  readonly excludeRings?: string;
  readonly excludeJwks?: string;
  readonly excludeNothing?: boolean;
}

const listView: ListOutput<View> = {
  columns: [
    { head: 'NAME', value: ({ name }) => name },
    { head: 'INCLUDES', value: ({ include }) => selectionText(include) ?? 'all keys' },
    { head: 'EXCLUDES', value: ({ exclude }) => selectionText(exclude) },
    { head: 'CREATED', isWide: true, value: ({ createdAt }) => timeText(createdAt) },
    { head: 'UPDATED', isWide: true, value: ({ updatedAt }) => timeText(updatedAt) },
    { head: 'DESCRIPTION', isWide: true, value: ({ description }) => description },
  ],
  name: ({ name }) => name,
};

/** `keyplane view`: JWK Sets with a part of the keys of a project. */
export function addViewCommand(program: Command): void {
  const group = groupCommand(program, 'view', 'Views of a project: JWK Sets with a part of its keys');
  const list = projectCommand(group, {
    usage: 'list',
    summary: 'List the views of a project',
    examples: ['view list', 'view list --output wide'],
    formats: listFormats,
  });
  addListOptions(list).action(async (flags: ProjectFlags & ListFlags) => {
    const { client, projectName } = await connectToProject(flags);
    const answer = await allItems(flags, (query) => client.listViews({ projectName, ...query }));
    showList(flags, answer, listView);
  });
  projectCommand(group, {
    usage: 'get <NAME>',
    summary: 'Show a view, and the path of its JWK Set at the nodes',
    examples: ['view get partners', 'view get partners --output json'],
    completes: ['views'],
    formats: documentFormats,
  }).action(async (viewName: string, flags: ProjectFlags) => {
    const { client, projectName } = await connectToProject(flags);
    const answer = await client.getView({ projectName, viewName });
    show(flags, answer, {
      table: () => answer.resultList.map((view) => viewText(view, projectName)).join(''),
    });
  });
  addChanges(group);
  addDeletion(group, {
    word: 'view',
    summary: 'Delete a view; nodes respond with 404 at its address',
    examples: ['view delete partners', 'view delete partners --yes --wait'],
    completes: ['views'],
    remove: (client, ref) => client.deleteView({ projectName: ref.projectName, viewName: ref.name }),
  });
}

function addChanges(group: Command): void {
  const create = deployingCommand(group, {
    usage: 'create <NAME>',
    summary: 'Create a view and deploy it; without any list it holds all keys of the project',
    examples: [
      'view create partners --key-types EC --uses sig',
      'view create orders --rings orders-signing,orders-signing-pq',
      'view create without-legacy --exclude-jwks legacy --wait',
    ],
  });
  addSelectionOptions(create).action(async (name: string, flags: ViewFlags) => {
    const body = unchecked<NewView>({ name, ...membersOf(flags) });
    const { client, projectName } = await connectToProject(flags);
    const answer = await withProgress('Creating the view', client.createView({ projectName, body }));
    await showDeployed(client, flags, { answer, done: `Created view ${name}` });
  });
  const update = deployingCommand(group, {
    usage: 'update <NAME>',
    summary: 'Change a view; lists that include, and lists that exclude, replace all former ones of theirs',
    examples: [
      'view update partners --algorithms ES256,ES384',
      'view update partners --exclude-rings internal',
      'view update partners --all --exclude-nothing',
    ],
    completes: ['views'],
  });
  addSelectionOptions(update)
    .option('--all', 'include all keys of the project')
    .option('--exclude-nothing', 'exclude no key')
    .action(async (viewName: string, flags: ViewFlags) => {
      const body = unchecked<ViewChange>(membersOf(flags));
      const { client, projectName } = await connectToProject(flags);
      const work = client.updateView({ projectName, viewName, body });
      const answer = await withProgress('Changing the view', work);
      await showDeployed(client, flags, { answer, done: `Changed view ${viewName}` });
    });
}

function addSelectionOptions(command: Command): Command {
  return command
    .optionsGroup('Keys (lists are separated by commas; a key must match every one that is given):')
    .option('--key-types <TYPES>', `of ${publicKeyTypeNames.join(', ')}`)
    .option('--algorithms <NAMES>', 'the alg of the key, such as ES256')
    .option('--uses <USES>', 'the use of the key: sig, enc')
    .option('--rings <NAMES>', 'key rings; with --jwks, keys of either')
    .option('--jwks <NAMES>', 'JWKs that belong to no key ring')
    .optionsGroup('Keys to leave out (a key that matches any of them):')
    .option('--exclude-key-types <TYPES>', 'these key types')
    .option('--exclude-algorithms <NAMES>', 'keys with one of these as their alg')
    .option('--exclude-uses <USES>', 'keys with one of these as their use')
    .option('--exclude-rings <NAMES>', 'members of these key rings')
    .option('--exclude-jwks <NAMES>', 'these JWKs')
    .optionsGroup('Options:')
    .option('--description <TEXT>', 'free text');
}

function membersOf(flags: ViewFlags): object {
  const include = selectionOf({
    keyTypes: flags.keyTypes,
    algorithms: flags.algorithms,
    uses: flags.uses,
    keyRingNames: flags.rings,
    jwkNames: flags.jwks,
  });
  const exclude = selectionOf({
    keyTypes: flags.excludeKeyTypes,
    algorithms: flags.excludeAlgorithms,
    uses: flags.excludeUses,
    keyRingNames: flags.excludeRings,
    jwkNames: flags.excludeJwks,
  });
  if (flags.all && include)
    throw wrongUsage('--all includes every key: leave out the lists of keys to include');
  if (flags.excludeNothing && exclude) {
    throw wrongUsage('--exclude-nothing excludes no key: leave out the lists of keys to exclude');
  }
  return {
    description: flags.description,
    include: flags.all ? null : include,
    exclude: flags.excludeNothing ? null : exclude,
  };
}

/** Undefined where no list is given. */
function selectionOf(lists: Readonly<Record<string, string | undefined>>): object | undefined {
  const given = Object.entries(lists).flatMap(([name, text]) =>
    text === undefined ? [] : [[name, splitNames(text)] as const],
  );
  return given.length === 0 ? undefined : Object.fromEntries(given);
}

function selectionText(selection: View['include']): string | null {
  if (selection === null) return null;
  const { keyTypes, algorithms, uses, keyRingNames, jwkNames } = selection;
  const parts = [keyTypes, algorithms, uses].map((list) => list?.join(', '));
  const keys = [
    ...(keyRingNames ?? []).map((name) => `key ring ${name}`),
    ...(jwkNames ?? []).map((name) => `JWK ${name}`),
  ];
  return [...parts, keys.join(', ')].filter((part) => part !== undefined && part !== '').join('; ');
}

function viewText(view: View, projectName: string): string {
  const path = ['projects', projectName, 'views', view.name, '.well-known', 'jwks.json'];
  return factLines([
    ['Name', view.name],
    ['Description', view.description],
    ['Includes', selectionText(view.include) ?? 'all keys'],
    ['Excludes', selectionText(view.exclude)],
    ['JWK Set at nodes', `/${path.map(encodeURIComponent).join('/')}`],
    ['Created', timeAndDistance(view.createdAt)],
    ['Updated', timeAndDistance(view.updatedAt)],
  ]);
}
