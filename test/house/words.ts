// Words that the code and the documentation no longer use, with the term of the field for each. They are looked for in
// identifiers, file names, comments and strings, and in the prose of Markdown pages.

import { isNode, lineAt, nodesOf, type SourceFile } from './source-file.ts';
import type { Verdict } from './verdict.ts';

/** In names: parts of an identifier in camel case, or of a file name in kebab case. */
const bannedNameParts: Readonly<Record<string, string>> = {
  noun: 'store',
  nouns: 'stores',
  sighting: 'status',
  sightings: 'statuses',
  anew: 'again',
  stranger: 'unauthenticated client',
  strangers: 'unauthenticated clients',
  unfit: 'invalid',
  surroundings: 'context',
  carried: 'cache',
  breathe: 'yield',
};

/** Whole names that had a better one. */
const bannedNames: Readonly<Record<string, string>> = {
  aside: 'asyncCommit',
  isAway: 'isRemote',
  isAtHand: 'needsNoIo',
  judgeHello: 'planSync',
  judgeJoin: 'decideJoin',
  oneAtATime: 'singleFlight',
  desire: 'putDesiredState',
  goneRows: 'tombstoneCompaction',
  addsUp: 'verifyDigest',
  createJwkCreator: 'jwkCreation',
  foundEnvironment: 'requireEnvironment',
};

/** In comments and strings. */
const bannedPhrases: readonly (readonly [pattern: RegExp, instead: string])[] = [
  [/\bnouns\b/i, 'stores'],
  [/\banew\b/i, 'again, or snapshot'],
  [/\bstrangers?\b/i, 'unauthenticated client'],
  [/\bsightings?\b/i, 'node status'],
  [/\bhung up on\b/i, 'is closed'],
  [/\bdial(s|ed)? in\b/i, 'connects'],
  [/\bpast keyplane\b/i, 'outside keyplane'],
  [/\bof one mind\b/i, 'agrees'],
];

/** In Markdown pages only: messages of the code may keep them. */
const bannedInPages: readonly (readonly [pattern: RegExp, instead: string])[] = [
  ...bannedPhrases,
  [/\bcan not\b/i, 'cannot'],
  [/\bwhoever\b/i, 'anyone who'],
  [/\bnobody is there\b/i, 'no terminal'],
];

interface WordRule {
  /** Files in which a banned word is left for now; each must still have one. */
  readonly exceptions: readonly string[];
}

export function checkWords(files: readonly SourceFile[], { exceptions }: WordRule): Verdict {
  const found = files.flatMap((file) => wordsOf(file).map((text) => ({ path: file.path, text })));
  const excepted = new Set(exceptions);
  const needless = exceptions.filter((path) => !found.some((one) => one.path === path));
  return {
    looked: files.length,
    breaches: [
      ...found.filter(({ path }) => !excepted.has(path)).map(({ text }) => text),
      ...needless.map((path) => `${path}: has no banned word`),
    ],
  };
}

export interface Page {
  readonly path: string;
  readonly text: string;
}

/** Code and quoted messages of a page are not its prose. */
export function checkPages(pages: readonly Page[]): Verdict {
  return { looked: pages.length, breaches: pages.flatMap(inProse) };
}

function inProse({ path, text }: Page): readonly string[] {
  const prose = text.replace(/^```[\s\S]*?^```|`(?:[^`\n]|\n(?!\n))*`|"[^"\n]*"/gm, (code) =>
    code.replace(/[^\n]/g, ' '),
  );
  return bannedInPages.flatMap(([pattern, instead]) => {
    const overLines = new RegExp(pattern.source.replaceAll(' ', '\\s+'), 'gi');
    return [...prose.matchAll(overLines)].map(({ index, 0: word }) =>
      report(`${path}:${prose.slice(0, index).split('\n').length}`, word.replace(/\s+/, ' '), instead),
    );
  });
}

function wordsOf(file: SourceFile): readonly string[] {
  return [...inFileName(file.path), ...inNames(file), ...inTexts(file)];
}

function inFileName(path: string): readonly string[] {
  const parts = path.split(/[/.-]/);
  return parts
    .filter((part) => part in bannedNameParts)
    .map((part) => report(path, part, bannedNameParts[part]));
}

function inNames(file: SourceFile): readonly string[] {
  const names = new Map<string, number>();
  for (const node of nodesOf(file)) {
    const isName =
      node.type === 'Identifier' || node.type === 'PrivateIdentifier' || node.type === 'JSXIdentifier';
    if (isName && !names.has(String(node.name))) names.set(String(node.name), node.start);
  }
  return [...names].flatMap(([name, start]) => {
    const where = `${file.path}:${lineAt(file, start)}`;
    if (Object.hasOwn(bannedNames, name)) return [report(where, name, bannedNames[name])];
    const parts = name.split(/(?=[A-Z])|[_$]/).map((part) => part.toLowerCase());
    return parts
      .filter((part) => Object.hasOwn(bannedNameParts, part))
      .map((part) => report(where, name, bannedNameParts[part]));
  });
}

function inTexts(file: SourceFile): readonly string[] {
  const texts = [...commentsOf(file), ...nodesOf(file).flatMap((node) => textOf(node))];
  return texts.flatMap(({ start, text }) =>
    bannedPhrases.flatMap(([pattern, instead]) => {
      const [word] = pattern.exec(text) ?? [];
      return word === undefined ? [] : [report(`${file.path}:${lineAt(file, start)}`, word, instead)];
    }),
  );
}

interface Text {
  readonly start: number;
  readonly text: string;
}

function textOf(node: unknown): readonly Text[] {
  if (!isNode(node)) return [];
  const { type, start, value } = node;
  if (type === 'Literal' && typeof value === 'string') return [{ start, text: value }];
  if (type === 'JSXText') return [{ start, text: String(value) }];
  return type === 'TemplateElement' ? [{ start, text: (value as { raw: string }).raw }] : [];
}

function commentsOf({ comments }: SourceFile): readonly Text[] {
  return comments.map(({ start, value }) => ({ start, text: value.replace(/\n\s*\*?\s*/g, ' ') }));
}

function report(where: string, word: string, instead = ''): string {
  return `${where}: ${word} (write ${instead})`;
}
