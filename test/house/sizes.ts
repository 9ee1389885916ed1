import { dirname } from 'node:path/posix';
import { identifier, isNode, lineAt, nodesOf, type SourceFile, type SyntaxNode } from './source-file.ts';
import type { Verdict } from './verdict.ts';

/** A file is as long as its idea. Beyond this it holds more than one. */
export const mostFileLines = 500;

export function checkFileLengths(files: readonly SourceFile[]): Verdict {
  const breaches = files
    .map((file) => ({ path: file.path, lines: lineCount(file) }))
    .filter(({ lines }) => lines > mostFileLines)
    .map(({ path, lines }) => `${path}: ${lines} lines`);
  return { looked: files.length, breaches };
}

function lineCount({ text }: SourceFile): number {
  return text.replace(/\n$/, '').split('\n').length;
}

/** What a reviewer should check again. None of it fails a test. */
const notable = Object.freeze({
  fileLines: 300,
  functionLines: 70,
  parameters: 4,
  filesInFolder: 25,
  /** A file of so few lines is part of an idea that is somewhere else. */
  tinyFileLines: 12,
});

export interface SizeReport {
  readonly title: string;
  /** The largest first. */
  readonly entries: readonly { readonly where: string; readonly count: number }[];
}

export function sizeReport(files: readonly SourceFile[]): readonly SizeReport[] {
  const lengths = files.map((file) => ({ where: file.path, count: lineCount(file) }));
  const functions = files.flatMap(functionsOf);
  const folders = [...Map.groupBy(files, ({ path }) => dirname(path))].map(([where, inside]) => {
    return { where, count: inside.length };
  });
  const { fileLines, functionLines, parameters, filesInFolder, tinyFileLines } = notable;
  return [
    { title: `files of more than ${fileLines} lines`, entries: above(lengths, fileLines) },
    {
      title: `functions of more than ${functionLines} lines`,
      entries: above(
        functions.map(({ where, lines }) => ({ where, count: lines })),
        functionLines,
      ),
    },
    {
      title: `functions of more than ${parameters} parameters`,
      entries: above(
        functions.map(({ where, parameters: count }) => ({ where, count })),
        parameters,
      ),
    },
    { title: `folders of more than ${filesInFolder} files`, entries: above(folders, filesInFolder) },
    {
      title: `files of at most ${tinyFileLines} lines`,
      entries: lengths.filter(({ count }) => count <= tinyFileLines).sort((a, b) => a.count - b.count),
    },
  ];
}

function above(
  counted: readonly { readonly where: string; readonly count: number }[],
  limit: number,
): SizeReport['entries'] {
  return counted.filter(({ count }) => count > limit).sort((a, b) => b.count - a.count);
}

const functionTypes = /^(FunctionDeclaration|FunctionExpression|ArrowFunctionExpression)$/;

function functionsOf(file: SourceFile) {
  return nodesOf(file)
    .filter(({ type }) => functionTypes.test(type))
    .map((node) => {
      const first = lineAt(file, node.start);
      const name = identifier(node.id);
      return {
        where: `${file.path}:${first}${name ? ` ${name}` : ''}`,
        lines: lineAt(file, node.end) - first + 1,
        parameters: parametersOf(node).length,
      };
    });
}

function parametersOf({ params }: SyntaxNode): readonly SyntaxNode[] {
  // The parser gives the parameters of some functions as a node of their own.
  if (isNode(params)) return (params.items ?? []) as readonly SyntaxNode[];
  return (params ?? []) as readonly SyntaxNode[];
}
