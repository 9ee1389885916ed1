import { isNode, nodesOf, type SourceFile, type SyntaxNode } from './source-file.ts';
import type { Verdict } from './verdict.ts';

interface ExportedName {
  readonly name: string;
  readonly path: string;
}

/** Names that these files declare and export; a name that is exported again from another file counts once. */
function exportedNames(files: readonly SourceFile[]): readonly ExportedName[] {
  return files.flatMap((file) =>
    nodesOf(file)
      .filter(({ type }) => type === 'ExportNamedDeclaration')
      .flatMap(({ declaration }) => declaredNames(declaration))
      .map((name) => ({ name, path: file.path })),
  );
}

function declaredNames(declaration: unknown): string[] {
  if (!isNode(declaration)) return [];
  const declared =
    declaration.type === 'VariableDeclaration'
      ? (declaration.declarations as SyntaxNode[]).map(({ id }) => id)
      : [declaration.id];
  return declared.filter(isNode).map(({ name }) => name as string);
}

/** In one program a name stands for one thing. */
export function checkNamesOnce(files: readonly SourceFile[]): Verdict {
  const names = exportedNames(files);
  const byName = Map.groupBy(names, ({ name }) => name);
  const breaches = [...byName]
    .filter(([, declarations]) => declarations.length > 1)
    .map(([name, declarations]) => `${name}: ${declarations.map(({ path }) => path).join(', ')}`);
  return { looked: names.length, breaches };
}

/**
 * A name that two programs export stands for one thing: an object of the API, or what `same` lists.
 * Entries of `same` that no longer occur are breaches too.
 */
export function checkSharedNames(
  programs: { readonly server: readonly SourceFile[]; readonly console: readonly SourceFile[] },
  { api, same }: { readonly api: readonly SourceFile[]; readonly same: readonly string[] },
): Verdict {
  const ofApi = new Set(exportedNames(api).map(({ name }) => name));
  const ofServer = new Set(exportedNames(programs.server).map(({ name }) => name));
  const ofConsole = new Set(exportedNames(programs.console).map(({ name }) => name));
  const shared = [...ofConsole].filter((name) => ofServer.has(name));
  const unknown = shared.filter((name) => !ofApi.has(name) && !same.includes(name));
  const stale = same.filter((name) => !shared.includes(name));
  return {
    looked: shared.length,
    breaches: [
      ...unknown.map((name) => `${name}: two programs export it, and it is no object of the API`),
      ...stale.map((name) => `${name}: listed, but not exported by both programs`),
    ],
  };
}
