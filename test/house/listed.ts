import { importsOf } from './imports.ts';
import { identifier, isNode, nodesOf, type SourceFile, type SyntaxNode } from './source-file.ts';
import type { Verdict } from './verdict.ts';

/** A kind of file that works only if a list imports it, such as a source type or a route. */
export interface ListedKind {
  readonly folder: string;
  /** Types of the exported constant, or of the first parameter of the exported function. */
  readonly types: readonly string[];
  /** Files of which at least one must import it. */
  readonly lists: RegExp;
}

/** Files that export something of the kind, and that no list imports: nothing would ever run them. */
export function checkListed(files: readonly SourceFile[], { folder, types, lists }: ListedKind): Verdict {
  const imported = new Set(
    files.filter(({ path }) => lists.test(path)).flatMap((list) => importsOf(list).map(({ to }) => to)),
  );
  const ofKind = files
    .filter(({ path }) => path.startsWith(`${folder}/`))
    .filter((file) => nodesOf(file).some((node) => exportsOne(node, types)));
  return {
    looked: ofKind.length,
    breaches: ofKind
      .filter(({ path }) => !imported.has(path))
      .map(({ path }) => `${path}: no list imports it (${lists.source})`),
  };
}

function exportsOne(node: SyntaxNode, types: readonly string[]): boolean {
  if (node.type !== 'ExportNamedDeclaration' || !isNode(node.declaration)) return false;
  const { declaration } = node;
  if (declaration.type === 'FunctionDeclaration') {
    const [first] = declaration.params as readonly unknown[];
    return isOfType(first, types);
  }
  const declarations = (declaration.declarations ?? []) as readonly SyntaxNode[];
  return declarations.some(({ id }) => isOfType(id, types));
}

/** `name: Type` */
function isOfType(node: unknown, types: readonly string[]): boolean {
  if (!isNode(node) || !isNode(node.typeAnnotation)) return false;
  const annotation = node.typeAnnotation.typeAnnotation;
  return isNode(annotation) && types.includes(identifier(annotation.typeName) ?? '');
}
