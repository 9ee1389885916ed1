// The parts of a documentation page that tests read: its fenced blocks and the text around them.
//
// A block of shell commands is ```sh, run in the order of the page, or ```sh no-run: REASON. A line `# output: TEXT`
// says what the command before it prints; `…` stands for anything. A block ```LANGUAGE file=NAME is written to
// that file before the commands after it; one in another language without a file is ```LANGUAGE no-run: REASON.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const root = join(import.meta.dirname, '../../..');

export interface Block {
  readonly page: string;
  /** Of its first line in the page, counted from 1. */
  readonly line: number;
  readonly language: string;
  readonly file: string | undefined;
  /** Why it is not run. */
  readonly noRun: string | undefined;
  readonly text: string;
}

/** Every page about the current keyplane; the changelog is about former versions. */
export function pagePaths(): readonly string[] {
  const below = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' });
  const pages = below.filter((path) => path.endsWith('.md')).map((path) => `docs/${path}`);
  return ['README.md', 'ARCHITECTURE.md', 'SECURITY.md', 'CHANGELOG.md', ...pages.sort()];
}

export function textOf(page: string): string {
  return readFileSync(join(root, page), 'utf8');
}

const fence = /^```(\w*)(?: (?:file=(\S+)|no-run: (.+)))?$/;

/** @throws Error for a fence with unknown words, since its block would be skipped silently */
export function blocksOf(page: string, text: string = textOf(page)): readonly Block[] {
  const blocks: Block[] = [];
  const lines = text.split('\n');
  for (let at = 0; at < lines.length; at += 1) {
    if (!lines[at]?.startsWith('```')) continue;
    const match = fence.exec(lines[at] ?? '');
    const end = lines.indexOf('```', at + 1);
    if (!match || end < 0) throw new Error(`${page}:${at + 1}: a fence that can not be read: ${lines[at]}`);
    const [, language = '', file, noRun] = match;
    blocks.push({ page, line: at + 1, language, file, noRun, text: lines.slice(at + 1, end).join('\n') });
    at = end;
  }
  return blocks;
}

/** The text without its fenced blocks. */
export function proseOf(page: string): string {
  return textOf(page).replace(/^```[\s\S]*?^```$/gm, '');
}
