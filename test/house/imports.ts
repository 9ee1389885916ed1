import { dirname, join } from 'node:path/posix';
import { identifier, isNode, nodesOf, type SourceFile, type SyntaxNode } from './source-file.ts';

export interface Import {
  readonly from: string;
  /** A path of the repository for a relative import, else the specifier as it is written. */
  readonly to: string;
  readonly relative: boolean;
  /** `type` is erased before the program runs; `start` names a file that another thread or process begins with. */
  readonly kind: 'runtime' | 'type' | 'start';
  /** Names as the imported module knows them; empty where it is taken as a whole. */
  readonly names: readonly string[];
}

/**
 * Everything a file names another module by: `import`, `import type`, `export … from`, `import()`, `require()`,
 * types by `import('…')`, and `new URL('./worker.ts', import.meta.url)`, which is how a worker is started.
 */
export function importsOf(file: SourceFile): Import[] {
  const found: Import[] = [];
  for (const node of nodesOf(file)) {
    const reference = referenceOf(node);
    if (!reference) continue;
    const { specifier, ...rest } = reference;
    const relative = specifier.startsWith('.');
    const to = relative ? join(dirname(file.path), specifier) : specifier;
    found.push({ from: file.path, to, relative, ...rest });
  }
  return found;
}

interface Reference extends Pick<Import, 'kind' | 'names'> {
  readonly specifier: string;
}

function referenceOf(node: SyntaxNode): Reference | undefined {
  switch (node.type) {
    case 'ImportDeclaration':
      return declared(node, node.importKind, (specifier) => [specifier.importKind, specifier.imported]);
    case 'ExportNamedDeclaration':
      return declared(node, node.exportKind, (specifier) => [specifier.exportKind, specifier.local]);
    case 'ExportAllDeclaration':
      return declared(node, node.exportKind, () => [undefined, undefined]);
    case 'ImportExpression':
      return { specifier: literal(node.source) ?? '(computed)', kind: 'runtime', names: [] };
    case 'TSImportType':
      return { specifier: literal(node.source) ?? '(computed)', kind: 'type', names: [] };
    case 'CallExpression':
      return required(node);
    case 'NewExpression':
      return startedUrl(node);
    default:
      return undefined;
  }
}

function declared(
  node: SyntaxNode,
  kind: unknown,
  read: (specifier: SyntaxNode) => readonly [kind: unknown, name: unknown],
): Reference | undefined {
  const specifier = literal(node.source);
  if (specifier === undefined) return undefined;
  const entries = ((node.specifiers ?? []) as SyntaxNode[]).map(read);
  const allTypes = entries.length > 0 && entries.every(([entryKind]) => entryKind === 'type');
  const names = entries.map(([, name]) => identifier(name)).filter((name) => name !== undefined);
  return { specifier, kind: kind === 'type' || allTypes ? 'type' : 'runtime', names };
}

function required(node: SyntaxNode): Reference | undefined {
  if (identifier(node.callee) !== 'require') return undefined;
  return {
    specifier: literal((node.arguments as SyntaxNode[])[0]) ?? '(computed)',
    kind: 'runtime',
    names: [],
  };
}

function startedUrl(node: SyntaxNode): Reference | undefined {
  const [first, base] = node.arguments as SyntaxNode[];
  const specifier = literal(first);
  if (identifier(node.callee) !== 'URL' || !specifier || base?.type !== 'MemberExpression') return undefined;
  const isCode = specifier.startsWith('.') && /\.[cm]?[jt]s$/.test(specifier);
  return isCode ? { specifier, kind: 'start', names: [] } : undefined;
}

function literal(node: unknown): string | undefined {
  return isNode(node) && node.type === 'Literal' && typeof node.value === 'string' ? node.value : undefined;
}
