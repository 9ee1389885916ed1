// Questions to the person at the terminal, on standard error, so that standard output is only for results. Without a
// terminal the command ends at once and names the flag to give.

import { createInterface } from 'node:readline/promises';
import { CliFailure, exitCode, wrongUsage } from '../failure.ts';
import { sanitize } from './sanitize.ts';

export interface Question {
  readonly text: string;
  /** What to give without a terminal, such as `give --username`. */
  readonly otherwise: string;
}

export function isInteractive(): boolean {
  return process.stdin.isTTY === true && process.stderr.isTTY === true;
}

/** @throws CliFailure without a terminal */
export function requireTerminal({ text, otherwise }: Question): void {
  if (isInteractive()) return;
  throw wrongUsage(`${text} is required, and there is no terminal to ask on: ${otherwise}`);
}

/** An empty answer means the proposal; without one the question is repeated. */
export async function ask(question: Question, proposal?: string): Promise<string> {
  requireTerminal(question);
  const shown = proposal === undefined ? '' : ` [${sanitize(proposal)}]`;
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
  requireTerminal(question);
  const listed = choices.map(({ label }, index) => `  ${index + 1}  ${sanitize(label)}\n`);
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
  if (!isInteractive()) throw wrongUsage('Confirmation required: add --yes');
  const answer = await line(`${sanitize(text)} [y/N] `);
  if (!/^y(es)?$/i.test(answer.trim())) throw cancelled();
}

export function cancelled(): CliFailure {
  return new CliFailure('Cancelled; nothing was changed', exitCode.cancelled);
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
