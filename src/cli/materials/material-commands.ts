import type { Command } from 'commander';
import type {
  DeploymentAnswer,
  JwkReference,
  KeyplaneClient,
} from '../../../clients/typescript/src/index.ts';
import { timeText } from '../../runtime/time-text.ts';
import {
  addConfirmOption,
  addListOptions,
  type ConfirmFlags,
  deployingCommand,
  type ListFlags,
  projectCommand,
  type WaitFlags,
} from '../client-command.ts';
import { allItems, type ListRequest } from '../session/all-items.ts';
import { connectToProject, type ProjectFlags } from '../session/connection.ts';
import type { CompletionSource } from '../shell/completion-source.ts';
import { showDeployed } from '../terminal/deployment-result.ts';
import { type ListOutput, type OutputColumn, showItems, showList } from '../terminal/output.ts';
import { listFormats, type OutputFlags } from '../terminal/output-format.ts';
import { withProgress } from '../terminal/progress.ts';
import { confirm } from '../terminal/prompt.ts';

interface Listed<Item> {
  readonly success: true;
  readonly resultList: readonly Item[];
  readonly resultCount: number;
}

interface Material {
  readonly name: string;
  readonly description: string | null;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** What certificates, keys and keystores have in common, with the operation that each calls for it. */
export interface MaterialType<Item extends Material, Entry> {
  /** In commands: `cert`. */
  readonly group: string;
  /** In sentences: `certificate`. */
  readonly word: string;
  readonly names: CompletionSource;
  /** Of the rows: one for each environment of a material. */
  readonly columns: readonly OutputColumn<MaterialEntry<Item, Entry>>[];
  entriesOf(item: Item): readonly Entry[];
  list(client: KeyplaneClient, query: ListRequest & { readonly projectName: string }): Promise<Listed<Item>>;
  get(client: KeyplaneClient, projectName: string, name: string): Promise<Listed<Item>>;
  delete(client: KeyplaneClient, projectName: string, name: string): Promise<DeploymentAnswer>;
  references(client: KeyplaneClient, projectName: string, name: string): Promise<Listed<JwkReference>>;
}

export interface MaterialEntry<Item, Entry> {
  readonly material: Item;
  /** What it has in one environment. */
  readonly entry: Entry;
}

/** `list`, `get`, `delete` and `references`. */
export function addMaterialCommands<Item extends Material, Entry>(
  parent: Command,
  type: MaterialType<Item, Entry>,
): void {
  const { group, word, names } = type;
  const list = projectCommand(parent, {
    usage: 'list',
    summary: `List the ${word}s of a project, one line for each environment`,
    examples: [`${group} list`, `${group} list --search orders --output json`, `${group} list --output name`],
    formats: listFormats,
  });
  addListOptions(list).action(async (flags: ProjectFlags & ListFlags) => {
    const { client, projectName } = await connectToProject(flags);
    const answer = await allItems(flags, (query) => type.list(client, { projectName, ...query }));
    showMaterials(flags, answer, type);
  });
  projectCommand(parent, {
    usage: 'get <NAME>',
    summary: `Show a ${word}, one line for each environment`,
    examples: [`${group} get orders`, `${group} get orders --output json`],
    completes: [names],
    formats: listFormats,
  }).action(async (name: string, flags: ProjectFlags) => {
    const { client, projectName } = await connectToProject(flags);
    showMaterials(flags, await type.get(client, projectName, name), type);
  });
  addReferences(parent, type);
  addDelete(parent, type);
}

export function showMaterials<Item extends Material, Entry>(
  flags: OutputFlags,
  answer: { readonly resultList: readonly Item[] },
  { columns, entriesOf }: Pick<MaterialType<Item, Entry>, 'columns' | 'entriesOf'>,
): void {
  const items = answer.resultList.flatMap((material) =>
    entriesOf(material).map((entry) => ({ material, entry })),
  );
  showItems(
    flags,
    { answer, items },
    {
      columns: [
        { head: 'NAME', value: ({ material }) => material.name },
        ...columns,
        { head: 'CREATED', isWide: true, value: ({ material }) => timeText(material.createdAt) },
        { head: 'UPDATED', isWide: true, value: ({ material }) => timeText(material.updatedAt) },
        { head: 'DESCRIPTION', isWide: true, value: ({ material }) => material.description },
      ],
      name: ({ material }) => material.name,
    },
  );
}

const references: ListOutput<JwkReference> = {
  columns: [
    { head: 'PROJECT', value: ({ projectName }) => projectName },
    { head: 'JWK', value: ({ name }) => name },
  ],
  name: ({ name }) => name,
};

function addReferences<Item extends Material, Entry>(parent: Command, type: MaterialType<Item, Entry>): void {
  const { group, word, names } = type;
  projectCommand(parent, {
    usage: 'references <NAME>',
    summary: `List the JWKs that were created from a ${word}`,
    examples: [`${group} references orders`],
    completes: [names],
    formats: listFormats,
  }).action(async (name: string, flags: ProjectFlags) => {
    const { client, projectName } = await connectToProject(flags);
    showList(flags, await type.references(client, projectName, name), references);
  });
}

function addDelete<Item extends Material, Entry>(parent: Command, type: MaterialType<Item, Entry>): void {
  const { group, word, names } = type;
  const command = deployingCommand(parent, {
    usage: 'delete <NAME>',
    summary: `Undeploy a ${word} from every node and delete it; JWKs created from it stay`,
    examples: [`${group} delete orders`, `${group} delete orders --yes --wait`],
    completes: [names],
  });
  addConfirmOption(command).action(async (name: string, flags: ProjectFlags & ConfirmFlags & WaitFlags) => {
    const { client, projectName } = await connectToProject(flags);
    await confirm(
      `Delete ${word} ${name} of project ${projectName} and undeploy it from every node?`,
      flags.yes,
    );
    const work = type.delete(client, projectName, name);
    const answer = await withProgress(`Undeploying the ${word}`, work);
    await showDeployed(client, flags, { answer, done: `Deleted ${word} ${name}`, verb: 'undeploy' });
  });
}
