// Questions to the person at the terminal, on standard error so that the output stays what a program reads.
// Without a terminal nothing is asked and nothing waits: the command ends at once and names the flag to give.

import { createInterface } from 'node:readline/promises';
import { CliFailure, exitCode, wrongUsage } from '../failure.ts';
import { harmless } from './harmless-text.ts';

export interface Question {
  readonly text: string;
  /** Completes "… is needed:" where nobody can be asked, such as `--username`. */
  readonly otherwise: string;
}

export function isInteractive(): boolean {
  return process.stdin.isTTY === true && process.stderr.isTTY === true;
}

/** @throws CliFailure where nobody can be asked */
export function mustBeInteractive({ text, otherwise }: Question): void {
  if (isInteractive()) return;
  throw wrongUsage(`${text} is needed, and there is no terminal to ask on: ${otherwise}`);
}

/** An empty answer is the proposal, where there is one, and asked again otherwise. */
export async function ask(question: Question, proposal?: string): Promise<string> {
  mustBeInteractive(question);
  const shown = proposal === undefined ? '' : ` [${harmless(proposal)}]`;
  for (;;) {
    const answer = (await line(`${question.text}${shown}: `)).trim() || proposal;
    if (answer) return answer;
  }
}

export interface Choice {
  readonly value: string;
  readonly label: string;
}

/** By number or by value. */
export async function choose(question: Question, choices: readonly Choice[]): Promise<string> {
  mustBeInteractive(question);
  const listed = choices.map(({ label }, index) => `  ${index + 1}  ${harmless(label)}\n`);
  process.stderr.write(`${question.text}:\n${listed.join('')}`);
  for (;;) {
    const answer = (await line(`1 to ${choices.length}: `)).trim();
    const chosen = choices[Number(answer) - 1] ?? choices.find(({ value }) => value === answer);
    if (chosen) return chosen.value;
  }
}

/** @throws CliFailure unless the answer is yes */
export async function confirm(text: string, isConfirmed: boolean | undefined): Promise<void> {
  if (isConfirmed) return;
  mustBeInteractive({ text: `A yes to "${harmless(text)}"`, otherwise: 'add --yes' });
  const answer = await line(`${harmless(text)} [y/N] `);
  if (!/^y(es)?$/i.test(answer.trim())) throw cancelled();
}

export function cancelled(): CliFailure {
  return new CliFailure('Cancelled, nothing was done', exitCode.cancelled);
}

async function line(text: string): Promise<string> {
  const reader = createInterface({ input: process.stdin, output: process.stderr });
  const stopped = new AbortController();
  reader.once('SIGINT', () => stopped.abort());
  reader.once('close', () => stopped.abort());
  try {
    return await reader.question(text, { signal: stopped.signal });
  } catch {
    process.stderr.write('\n');
    throw cancelled();
  } finally {
    reader.close();
  }
}
