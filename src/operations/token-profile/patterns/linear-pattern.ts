// Matches a pattern in time that is linear in the text: all ways to match are followed at once, none of them twice (Thompson,
// "Regular Expression Search Algorithm", 1968).

import { type CodePoints, contains } from './code-points.ts';
import { PatternError, type PatternNode, parsePattern } from './parse-pattern.ts';

export interface LinearPattern {
  /** States of its automaton: a match takes at most this number of steps for each character. */
  readonly size: number;
  /** Whether it matches anywhere in the text, as patterns of JSON Schema do. */
  test(text: string): boolean;
}

/** One state: a character that leads to the next one, or a way on that takes none. */
type State =
  | { readonly type: 'CHARACTER'; readonly set: CodePoints; readonly next: number }
  | { readonly type: 'SPLIT'; readonly next: readonly number[] }
  | { readonly type: 'START' | 'END'; readonly next: number }
  | { readonly type: 'MATCH' };

const mostStates = 1_000;

/** Parts that repetitions add, those without a state of their own included. */
const mostParts = 10 * mostStates;

/** Alternatives are compared with each other when a pattern is read. */
const mostCharacters = 500;

/** @throws PatternError */
export function linearPattern(source: string): LinearPattern {
  if (source.length > mostCharacters) {
    throw new PatternError(`it is longer than ${mostCharacters} characters`);
  }
  const automaton = new Automaton();
  const first = automaton.addNode(parsePattern(source), 0);
  const { states } = automaton;
  return { size: states.length, test: (text) => matches(states, first, text) };
}

/** States are added from the end to the beginning. */
class Automaton {
  readonly #states: State[] = [{ type: 'MATCH' }];
  #parts = 0;

  get states(): readonly State[] {
    return this.#states;
  }

  /** @returns the state to begin with. @throws PatternError */
  addNode(node: PatternNode, next: number): number {
    this.#parts += 1;
    if (this.#parts > mostParts) {
      throw new PatternError(`it is too large: its repetitions make more than ${mostParts} parts`);
    }
    switch (node.type) {
      case 'CHARACTER':
        return this.#add({ type: 'CHARACTER', set: node.set, next });
      case 'START':
      case 'END':
        return this.#add({ type: node.type, next });
      case 'SEQUENCE':
        return node.nodes.reduceRight((after, part) => this.addNode(part, after), next);
      case 'CHOICE':
        return this.#add({ type: 'SPLIT', next: node.nodes.map((part) => this.addNode(part, next)) });
      case 'REPETITION':
        return this.#addRepetition(node, next);
      default:
        return node satisfies never;
    }
  }

  #addRepetition({ node, least, most }: Extract<PatternNode, { type: 'REPETITION' }>, next: number): number {
    let first = next;
    if (most === null) {
      const loop = this.#add({ type: 'MATCH' });
      this.#states[loop] = { type: 'SPLIT', next: [this.addNode(node, loop), next] };
      first = loop;
    } else {
      for (let count = least; count < most; count += 1) {
        first = this.#add({ type: 'SPLIT', next: [this.addNode(node, first), next] });
      }
    }
    for (let count = 0; count < least; count += 1) first = this.addNode(node, first);
    return first;
  }

  #add(state: State): number {
    if (this.#states.length >= mostStates) {
      throw new PatternError(`it is too large: its repetitions make more than ${mostStates} steps`);
    }
    return this.#states.push(state) - 1;
  }
}

function matches(states: readonly State[], first: number, text: string): boolean {
  const seen = new Int32Array(states.length).fill(-1);
  let current: number[] = [];
  let position = 0;

  /** Follows what takes no character. @returns whether the pattern has matched */
  function reach(state: number, into: number[], isEnd: boolean): boolean {
    const open = [state];
    for (let id = open.pop(); id !== undefined; id = open.pop()) {
      const found = states[id];
      if (found === undefined || seen[id] === position) continue;
      seen[id] = position;
      if (found.type === 'MATCH') return true;
      if (found.type === 'CHARACTER') into.push(id);
      else if (found.type === 'SPLIT') open.push(...found.next);
      else if (found.type === 'START' ? position === 0 : isEnd) open.push(found.next);
    }
    return false;
  }

  const characters = [...text];
  if (reach(first, current, characters.length === 0)) return true;
  for (const [index, character] of characters.entries()) {
    const codePoint = character.codePointAt(0) ?? 0;
    const isEnd = index === characters.length - 1;
    const next: number[] = [];
    position = index + 1;
    for (const id of current) {
      const state = states[id];
      if (state?.type !== 'CHARACTER' || !contains(state.set, codePoint)) continue;
      if (reach(state.next, next, isEnd)) return true;
    }
    // A match may begin at any character.
    if (reach(first, next, isEnd)) return true;
    current = next;
  }
  return false;
}
