// Regular expressions of JSON Schema: those of ECMAScript with the flag `u` (JSON Schema Core 2020-12 §6.4), without what can
// only be matched by backtracking. What a backtracking engine would take long for is rejected, too: verifiers may use the
// schema in one.

import {
  all,
  type CodePoints,
  complement,
  digits,
  lineEnds,
  none,
  overlap,
  single,
  spaces,
  union,
  wordCharacters,
} from './code-points.ts';

export type PatternNode =
  | { readonly type: 'CHARACTER'; readonly set: CodePoints }
  | { readonly type: 'SEQUENCE'; readonly nodes: readonly PatternNode[] }
  | { readonly type: 'CHOICE'; readonly nodes: readonly PatternNode[] }
  | {
      readonly type: 'REPETITION';
      readonly node: PatternNode;
      readonly least: number;
      /** Null: without end. */
      readonly most: number | null;
    }
  | { readonly type: 'START' }
  | { readonly type: 'END' };

/** What is wrong with a pattern, as the end of a sentence: `it has a lookaround`. */
export class PatternError extends Error {
  override readonly name = 'PatternError';
}

const mostGroups = 32;
const mostRepetitions = 1_000;

/** @throws PatternError */
export function parsePattern(source: string): PatternNode {
  // The engine is the judge of what is a regular expression; what follows reads what it accepted.
  try {
    new RegExp(source, 'u');
  } catch {
    throw new PatternError('it is no regular expression');
  }
  const parser = new Parser(source);
  const node = parser.choice(0);
  if (!parser.isAtEnd) throw new PatternError('it is no regular expression');
  return node;
}

class Parser {
  readonly #characters: readonly string[];
  #at = 0;

  constructor(source: string) {
    this.#characters = [...source];
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#characters.length;
  }

  choice(depth: number): PatternNode {
    if (depth > mostGroups) throw new PatternError(`its groups are nested deeper than ${mostGroups}`);
    const nodes = [this.#sequence(depth)];
    while (this.#takes('|')) nodes.push(this.#sequence(depth));
    const [only] = nodes;
    return nodes.length === 1 && only ? only : { type: 'CHOICE', nodes };
  }

  #sequence(depth: number): PatternNode {
    const nodes: PatternNode[] = [];
    while (!this.isAtEnd && this.#next !== '|' && this.#next !== ')') nodes.push(this.#term(depth));
    return { type: 'SEQUENCE', nodes };
  }

  #term(depth: number): PatternNode {
    const character = this.#take();
    if (character === '^') return { type: 'START' };
    if (character === '$') return { type: 'END' };
    if (character === '(') return this.#repeated(this.#group(depth));
    return this.#repeated({ type: 'CHARACTER', set: this.#setAfter(character) });
  }

  #setAfter(character: string): CodePoints {
    if (character === '[') return this.#class();
    if (character === '.') return complement(lineEnds);
    if (character === '\\') return this.#escape();
    return single(character.codePointAt(0) ?? 0);
  }

  #group(depth: number): PatternNode {
    if (this.#takes('?') && !this.#takes(':')) {
      const isLookaround = ['=', '!'].includes(this.#next) || /^<[=!]/.test(this.#rest(2));
      throw new PatternError(
        isLookaround ? 'it has a lookaround' : 'it has a group that is neither (…) nor (?:…)',
      );
    }
    const node = this.choice(depth + 1);
    this.#take();
    return node;
  }

  #repeated(node: PatternNode): PatternNode {
    const bounds = this.#quantifier();
    if (bounds === undefined) return node;
    // Lazy or not: only whether the text matches counts.
    this.#takes('?');
    const [least, most] = bounds;
    if (Math.max(least, most ?? 0) > mostRepetitions) {
      throw new PatternError(`it repeats more than ${mostRepetitions} times; use maxLength`);
    }
    if (isEmpty(node)) throw new PatternError('it repeats a group that is empty');
    if (least !== most) requireSimple(node, most);
    return { type: 'REPETITION', node, least, most };
  }

  #quantifier(): readonly [least: number, most: number | null] | undefined {
    if (this.#takes('*')) return [0, null];
    if (this.#takes('+')) return [1, null];
    if (this.#takes('?')) return [0, 1];
    if (!this.#takes('{')) return undefined;
    const text = this.#until('}');
    const [least = '', most] = text.split(',');
    return [Number(least), most === undefined ? Number(least) : most === '' ? null : Number(most)];
  }

  #class(): CodePoints {
    const isNegated = this.#takes('^');
    const sets: CodePoints[] = [];
    while (!this.#takes(']')) {
      const from = this.#classAtom();
      const isRange = this.#next === '-' && this.#characters[this.#at + 1] !== ']';
      if (!isRange) {
        sets.push(from);
        continue;
      }
      this.#take();
      const to = this.#classAtom();
      sets.push([[from[0]?.[0] ?? 0, to[0]?.[1] ?? 0]]);
    }
    // A property of Unicode has hundreds of ranges: one that is named often counts once.
    const set = union(...new Set(sets));
    return isNegated ? complement(set) : set;
  }

  #classAtom(): CodePoints {
    const character = this.#take();
    if (character !== '\\') return single(character.codePointAt(0) ?? 0);
    return this.#takes('b') ? single(0x08) : this.#escape();
  }

  #escape(): CodePoints {
    const character = this.#take();
    const known = namedSets.get(character);
    if (known !== undefined) return known;
    if (character === 'u') return single(this.#unicodeEscape());
    if (character === 'x') return single(Number.parseInt(this.#take() + this.#take(), 16));
    if (character === 'c') return single((this.#take().codePointAt(0) ?? 0) % 32);
    if (/^[1-9k]$/.test(character)) throw new PatternError('it has a backreference');
    if (/^[bB]$/.test(character)) throw new PatternError(`it has \\${character}, which is not supported`);
    if (/^[pP]$/.test(character)) return this.#property(character);
    return single(character.codePointAt(0) ?? 0);
  }

  #unicodeEscape(): number {
    if (this.#takes('{')) return Number.parseInt(this.#until('}'), 16);
    const unit = this.#hexUnit();
    // With the flag `u` two escapes of surrogates are one code point.
    const isPair = unit >= 0xd800 && unit <= 0xdbff && /^\\u[dD][c-fC-F]/.test(this.#rest(4));
    if (!isPair) return unit;
    this.#at += 2;
    return (unit - 0xd800) * 0x400 + (this.#hexUnit() - 0xdc00) + 0x10000;
  }

  #hexUnit(): number {
    const text = this.#rest(4);
    this.#at += 4;
    return Number.parseInt(text, 16);
  }

  #property(letter: string): CodePoints {
    this.#take();
    return propertySet(`\\${letter}{${this.#until('}')}}`);
  }

  get #next(): string {
    return this.#characters[this.#at] ?? '';
  }

  #rest(count: number): string {
    return this.#characters.slice(this.#at, this.#at + count).join('');
  }

  #take(): string {
    const character = this.#next;
    this.#at += 1;
    return character;
  }

  #takes(character: string): boolean {
    if (this.#next !== character || this.isAtEnd) return false;
    this.#at += 1;
    return true;
  }

  /** Takes the end, too. */
  #until(end: string): string {
    const close = this.#characters.indexOf(end, this.#at);
    const text = this.#characters.slice(this.#at, close).join('');
    this.#at = close + 1;
    return text;
  }
}

const namedSets: ReadonlyMap<string, CodePoints> = new Map([
  ['d', digits],
  ['D', complement(digits)],
  ['w', wordCharacters],
  ['W', complement(wordCharacters)],
  ['s', spaces],
  ['S', complement(spaces)],
  ['t', single(0x09)],
  ['n', single(0x0a)],
  ['v', single(0x0b)],
  ['f', single(0x0c)],
  ['r', single(0x0d)],
  ['0', single(0x00)],
]);

const supportedProperties: ReadonlySet<string> = new Set(
  'L Lu Ll Lt Lm Lo M Mn Mc Me N Nd Nl No P S Z Zs Letter Number Alphabetic'.split(' '),
);
const properties = new Map<string, CodePoints>();

/** The engine knows the tables of Unicode: it finds the runs of a property in the text of all code points. */
function propertySet(property: string): CodePoints {
  const known = properties.get(property);
  if (known !== undefined) return known;
  if (!supportedProperties.has(property.slice(3, -1))) {
    throw new PatternError(`it has ${property}, which is not supported`);
  }
  const runs = everyCodePoint().matchAll(new RegExp(`${property}+`, 'gu'));
  const set = Array.from(runs, ({ 0: run, index }): CodePoints[number] => {
    return [codePointAt(index), codePointAt(index + run.length) - 1];
  });
  properties.set(property, set);
  return set;
}

/** Ascending, without surrogates. */
function everyCodePoint(): string {
  const parts: string[] = [];
  for (let from = 0; from <= 0x10ffff; from += 0x800) {
    if (from === 0xd800) continue;
    parts.push(String.fromCodePoint(...Array.from({ length: 0x800 }, (_, index) => from + index)));
  }
  return parts.join('');
}

/** @param index in the text of every code point */
function codePointAt(index: number): number {
  if (index < 0xd800) return index;
  return index < 0xf800 ? index + 0x800 : (index - 0xf800) / 2 + 0x10000;
}

/** Whether it has nothing to match or to test. Its repetitions would cost time that no limit of an automaton's size bounds. */
function isEmpty(node: PatternNode): boolean {
  switch (node.type) {
    case 'CHARACTER':
    case 'START':
    case 'END':
    case 'CHOICE':
      return false;
    case 'SEQUENCE':
      return node.nodes.every(isEmpty);
    case 'REPETITION':
      return node.most === 0;
    default:
      return node satisfies never;
  }
}

/** What is repeated a variable number of times may be split in one way only. @throws PatternError */
function requireSimple(node: PatternNode, most: number | null): void {
  if (most === 1) return;
  if (hasVariableRepetition(node)) {
    throw new PatternError('it repeats a group that itself repeats, so it can backtrack');
  }
  if (hasAmbiguousChoice(node)) {
    throw new PatternError('it repeats alternatives that begin with the same character, so it can backtrack');
  }
}

function hasVariableRepetition(node: PatternNode): boolean {
  switch (node.type) {
    case 'REPETITION':
      return node.least !== node.most || hasVariableRepetition(node.node);
    case 'SEQUENCE':
    case 'CHOICE':
      return node.nodes.some(hasVariableRepetition);
    case 'CHARACTER':
    case 'START':
    case 'END':
      return false;
    default:
      return node satisfies never;
  }
}

function hasAmbiguousChoice(node: PatternNode): boolean {
  switch (node.type) {
    case 'CHOICE': {
      const firsts = node.nodes.map(firstOf);
      const isAmbiguous = firsts.some(
        (first, index) =>
          first === undefined || firsts.slice(0, index).some((other) => overlap(first, other ?? all)),
      );
      return isAmbiguous || node.nodes.some(hasAmbiguousChoice);
    }
    case 'SEQUENCE':
      return node.nodes.some(hasAmbiguousChoice);
    case 'REPETITION':
      return hasAmbiguousChoice(node.node);
    case 'CHARACTER':
    case 'START':
    case 'END':
      return false;
    default:
      return node satisfies never;
  }
}

/** The characters that it may begin with; undefined where it may be empty. Nothing in it repeats a variable number of times. */
function firstOf(node: PatternNode): CodePoints | undefined {
  switch (node.type) {
    case 'CHARACTER':
      return node.set;
    case 'START':
    case 'END':
      return undefined;
    case 'REPETITION':
      return node.least === 0 ? undefined : firstOf(node.node);
    case 'CHOICE': {
      const firsts = node.nodes.map(firstOf);
      return firsts.includes(undefined) ? undefined : union(...firsts.map((first) => first ?? none));
    }
    case 'SEQUENCE':
      return node.nodes.map(firstOf).find((first) => first !== undefined);
    default:
      return node satisfies never;
  }
}
