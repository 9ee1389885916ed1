// The code that the house rules look at, parsed.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSync } from 'oxc-parser';

/** Any node of the syntax tree (ESTree with TypeScript). */
export interface SyntaxNode {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [member: string]: unknown;
}

export interface SourceFile {
  /** From the root of the repository, with `/`. */
  readonly path: string;
  readonly text: string;
  readonly program: SyntaxNode;
  readonly comments: readonly Comment[];
}

export interface Comment {
  readonly start: number;
  /** Without its marks. */
  readonly value: string;
}

const root = join(import.meta.dirname, '../..');

export function parsed(path: string, text: string): SourceFile {
  return new ParsedFile(path, text);
}

/** Parsed once a rule looks at more than its text. */
class ParsedFile implements SourceFile {
  readonly path: string;
  readonly text: string;
  #parts: Pick<SourceFile, 'program' | 'comments'> | undefined;

  constructor(path: string, text: string) {
    this.path = path;
    this.text = text;
  }

  get program(): SyntaxNode {
    return this.#parsed().program;
  }

  get comments(): readonly Comment[] {
    return this.#parsed().comments;
  }

  #parsed(): Pick<SourceFile, 'program' | 'comments'> {
    if (this.#parts) return this.#parts;
    const { program, comments, errors } = parseSync(this.path, this.text);
    if (errors.length > 0) throw new Error(`${this.path} does not parse: ${errors[0]?.message}`);
    this.#parts = { program: program as unknown as SyntaxNode, comments };
    return this.#parts;
  }
}

/** All TypeScript under these folders of the repository; fixtures are data, not code. */
export function sourceFiles(...folders: readonly string[]): SourceFile[] {
  return filesOf(folders, /\.tsx?$/);
}

/** All plain JavaScript under these folders: the scripts that run before the dependencies are installed. */
export function scriptFiles(...folders: readonly string[]): SourceFile[] {
  return filesOf(folders, /\.mjs$/);
}

function filesOf(folders: readonly string[], kind: RegExp): SourceFile[] {
  const paths = folders.flatMap((folder) => codePaths(folder, kind));
  return paths.map((path) => parsed(path, readFileSync(join(root, path), 'utf8')));
}

function codePaths(folder: string, kind: RegExp): string[] {
  let names: string[];
  try {
    names = readdirSync(join(root, folder), { recursive: true }) as string[];
  } catch {
    return []; // A folder that is not there yet; each rule says how much it wants to see.
  }
  return names
    .filter((name) => kind.test(name) && !name.includes('fixtures/'))
    .map((name) => `${folder}/${name}`)
    .sort();
}

const nodesOfProgram = new WeakMap<SyntaxNode, readonly SyntaxNode[]>();

/** Every node of the file. */
export function nodesOf({ program }: SourceFile): readonly SyntaxNode[] {
  const known = nodesOfProgram.get(program);
  if (known) return known;
  const nodes: SyntaxNode[] = [];
  const open: unknown[] = [program];
  while (open.length > 0) {
    const value = open.pop();
    if (typeof value !== 'object' || value === null) continue;
    if (isNode(value)) nodes.push(value);
    const members = Object.values(value);
    for (let index = members.length - 1; index >= 0; index -= 1) {
      if (typeof members[index] === 'object') open.push(members[index]);
    }
  }
  nodesOfProgram.set(program, nodes);
  return nodes;
}

export function isNode(value: unknown): value is SyntaxNode {
  return typeof value === 'object' && value !== null && typeof (value as SyntaxNode).type === 'string';
}

/** Line of an offset, counted from 1. */
export function lineAt({ text }: SourceFile, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}

/** The name when the node is an identifier, such as `process`. */
export function identifier(node: unknown): string | undefined {
  return isNode(node) && node.type === 'Identifier' ? (node.name as string) : undefined;
}

/** `Date.now` for a member expression of two names; undefined for everything else. */
export function dottedName(node: SyntaxNode): string | undefined {
  if (node.type !== 'MemberExpression' || node.computed === true) return undefined;
  const object = identifier(node.object);
  const property = identifier(node.property);
  return object && property ? `${object}.${property}` : undefined;
}
