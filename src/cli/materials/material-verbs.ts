import type { Command } from 'commander';
import type {
  DeploymentAnswer,
  JwkReference,
  KeyplaneClient,
} from '../../../clients/typescript/src/index.ts';
import { addListOptions, type ListFlags, projectCommand } from '../client-command.ts';
import { connectToProject, type ProjectFlags } from '../session/connection.ts';
import { everyItem, type ListQuery } from '../session/every-item.ts';
import { showDeployed } from '../terminal/deployment.ts';
import { show } from '../terminal/output.ts';
import { withProgress } from '../terminal/progress.ts';
import { confirm } from '../terminal/prompt.ts';
import { type Cell, textTable } from '../terminal/table.ts';

interface Listed<Item> {
  readonly success: true;
  readonly resultList: readonly Item[];
  readonly resultCount: number;
}

/** What certificates, keys and keystores have in common, with the operation that each calls for it. */
export interface MaterialKind<Item> {
  /** As on the command line: `cert`. */
  readonly noun: string;
  /** As in sentences: `certificate`. */
  readonly word: string;
  readonly head: readonly string[];
  /** One row an environment. */
  rowsOf(item: Item): readonly (readonly Cell[])[];
  list(client: KeyplaneClient, query: ListQuery & { readonly projectName: string }): Promise<Listed<Item>>;
  get(client: KeyplaneClient, projectName: string, name: string): Promise<Listed<Item>>;
  delete(client: KeyplaneClient, projectName: string, name: string): Promise<DeploymentAnswer>;
  references(client: KeyplaneClient, projectName: string, name: string): Promise<Listed<JwkReference>>;
}

/** `list`, `get`, `delete` and `references`. */
export function addMaterialVerbs<Item>(parent: Command, kind: MaterialKind<Item>): void {
  const { noun, word, head } = kind;
  const tableOf = (items: readonly Item[]) =>
    textTable(
      head,
      items.flatMap((item) => kind.rowsOf(item)),
    );
  const list = projectCommand(parent, {
    usage: 'list',
    summary: `List the ${word}s of a project, one line an environment`,
    examples: [`${noun} list`, `${noun} list --search orders --json`],
  });
  addListOptions(list).action(async (flags: ProjectFlags & ListFlags) => {
    const { client, projectName } = await connectToProject(flags);
    const answer = await everyItem(flags, (query) => kind.list(client, { projectName, ...query }));
    show(flags, answer, () => tableOf(answer.resultList));
  });
  projectCommand(parent, {
    usage: 'get <NAME>',
    summary: `Show a ${word}`,
    examples: [`${noun} get orders`, `${noun} get orders --json`],
  }).action(async (name: string, flags: ProjectFlags) => {
    const { client, projectName } = await connectToProject(flags);
    const answer = await kind.get(client, projectName, name);
    show(flags, answer, () => tableOf(answer.resultList));
  });
  addReferences(parent, kind);
  addDelete(parent, kind);
}

function addReferences<Item>(parent: Command, kind: MaterialKind<Item>): void {
  const { noun, word } = kind;
  projectCommand(parent, {
    usage: 'references <NAME>',
    summary: `List the JWKs that were made from a ${word}`,
    examples: [`${noun} references orders`],
  }).action(async (name: string, flags: ProjectFlags) => {
    const { client, projectName } = await connectToProject(flags);
    const answer = await kind.references(client, projectName, name);
    show(flags, answer, () =>
      textTable(
        ['PROJECT', 'JWK'],
        answer.resultList.map((one) => [one.projectName, one.name]),
      ),
    );
  });
}

function addDelete<Item>(parent: Command, kind: MaterialKind<Item>): void {
  const { noun, word } = kind;
  projectCommand(parent, {
    usage: 'delete <NAME>',
    summary: `Take a ${word} off every node and delete it; JWKs that were made from it stay`,
    examples: [`${noun} delete orders`, `${noun} delete orders --yes`],
  })
    .option('-y, --yes', 'do not ask')
    .action(async (name: string, flags: ProjectFlags & { readonly yes?: boolean }) => {
      const { client, projectName } = await connectToProject(flags);
      await confirm(`Delete ${word} ${name} of ${projectName}, on every node too?`, flags.yes);
      const answer = await withProgress(
        `Taking the ${word} off the nodes`,
        kind.delete(client, projectName, name),
      );
      showDeployed(flags, answer, `Deleted ${word} ${name}`);
    });
}
