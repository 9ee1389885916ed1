import type { SourceFile } from './source-file.ts';
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
