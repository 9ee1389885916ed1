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
  LookGate: 'IdleDetector',
  RepeatedLook: 'Poller',
};

type BannedPhrases = readonly (readonly [pattern: RegExp, instead: string])[];

/** In comments and strings. */
const bannedPhrases: BannedPhrases = [
  [/\bnouns\b/i, 'stores'],
  [/\banew\b/i, 'again, or snapshot'],
  [/\bstrangers?\b/i, 'unauthenticated client'],
  [/\bsightings?\b/i, 'node status'],
  [/\bhung up on\b/i, 'is closed'],
  [/\bdial(s|ed)? in\b/i, 'connects'],
  [/\bpast keyplane\b/i, 'outside keyplane'],
  [/\bof one mind\b/i, 'agrees'],
  [/\bwhoever\b/i, 'anyone who'],
  [/\bso many\b/i, 'the number'],
  [/\bdear(er)?\b/i, 'expensive'],
  [/\btold\b/i, 'reported, or detected'],
];

/** In comments alone: published messages and stored values have some of them. Text in backticks is a quotation. */
const bannedInComments: BannedPhrases = [
  [/\bcan not\b/i, 'cannot'],
  [/\bwhatever\b/i, 'any'],
  [/\bsomebody\b/i, 'who does it'],
  [/\bnobody\b/i, 'no and who it would be'],
  // A state of a source is called GONE.
  [/\b[Gg]one\b/, 'removed, ended or disconnected'],
  [/\baside\b/i, 'separately'],
  [/\bsaid\b/i, 'stated, sent or reported'],
  [/\b(is|are) asked\b/i, 'gets a request'],
  [/\bhangs? up\b/i, 'closes the connection'],
  [/\bmakes? no sense\b/i, 'is invalid'],
  [/\blet in\b/i, 'authenticated, or accepted'],
];

/** In Markdown pages only: messages of the code may keep them. */
const bannedInPages: BannedPhrases = [
  ...bannedPhrases,
  [/\bcan not\b/i, 'cannot'],
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
  const comments = commentsOf(file);
  const strings = nodesOf(file).flatMap((node) => textOf(node));
  return [
    ...bannedIn(file, [...comments, ...strings], bannedPhrases),
    ...bannedIn(file, comments.map(withoutQuotations), bannedInComments),
  ];
}

function bannedIn(file: SourceFile, texts: readonly Text[], phrases: BannedPhrases): readonly string[] {
  return texts.flatMap(({ start, text }) =>
    phrases.flatMap(([pattern, instead]) => {
      const [word] = pattern.exec(text) ?? [];
      return word === undefined ? [] : [report(`${file.path}:${lineAt(file, start)}`, word, instead)];
    }),
  );
}

function withoutQuotations({ start, text }: Text): Text {
  return { start, text: text.replace(/`[^`]*`/g, '``') };
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
