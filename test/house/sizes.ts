import { dirname } from 'node:path/posix';
import { isNode, lineAt, nodesOf, type SourceFile, type SyntaxNode } from './source-file.ts';
import type { Verdict } from './verdict.ts';

const limits = Object.freeze({
  medianFileLines: 100,
  fileLines: 400,
  functionLines: 70,
  parameters: 3,
  folderFiles: 15,
});

const functionTypes = new Set(['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression']);

export function checkFileLengths(files: readonly SourceFile[]): Verdict {
  const breaches = files
    .map((file) => ({ path: file.path, lines: lineCount(file) }))
    .filter(({ lines }) => lines > limits.fileLines)
    .map(({ path, lines }) => `${path}: ${lines} lines`);
  return { looked: files.length, breaches };
}

export function checkMedianLength(files: readonly SourceFile[]): Verdict {
  const lengths = files.map(lineCount).sort((a, b) => a - b);
  const median = lengths[Math.floor(lengths.length / 2)] ?? 0;
  const breaches = median < limits.medianFileLines ? [] : [`the median file has ${median} lines`];
  return { looked: lengths.length, breaches };
}

export function checkFolders(files: readonly SourceFile[]): Verdict {
  const counts = new Map<string, number>();
  for (const { path } of files) counts.set(dirname(path), (counts.get(dirname(path)) ?? 0) + 1);
  const breaches = [...counts]
    .filter(([, count]) => count > limits.folderFiles)
    .map(([folder, count]) => `${folder}: ${count} files`);
  return { looked: counts.size, breaches };
}

export function checkFunctions(files: readonly SourceFile[]): Verdict {
  const found = files.flatMap((file) => functionsOf(file).map((node) => ({ file, node })));
  const breaches = found.flatMap(({ file, node }) => {
    const first = lineAt(file, node.start);
    const lines = file.text.slice(node.start, node.end).split('\n').length;
    const parameters = parameterCount(node);
    return [
      ...(lines > limits.functionLines ? [`${file.path}:${first}: a function of ${lines} lines`] : []),
      ...(parameters > limits.parameters
        ? [`${file.path}:${first}: a function of ${parameters} parameters`]
        : []),
    ];
  });
  return { looked: found.length, breaches };
}

function functionsOf(file: SourceFile): SyntaxNode[] {
  return nodesOf(file).filter(({ type, body }) => functionTypes.has(type) && isNode(body));
}

/** `this` as a parameter is only a type. */
function parameterCount({ params }: SyntaxNode): number {
  return (params as SyntaxNode[]).filter(({ name }) => name !== 'this').length;
}

function lineCount({ text }: SourceFile): number {
  return text.replace(/\n$/, '').split('\n').length;
}
