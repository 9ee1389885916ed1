// What operations at a node take: texts, files and standard input, which has room for one thing.

import { wrongUsage } from '../failure.ts';
import { choiceOption } from '../flag-values.ts';
import { readInput } from '../terminal/input.ts';

/** `@FILE`, or `-` for standard input. @throws CliFailure */
export async function readGivenContent(given: string, hasUsedStdin: boolean): Promise<Buffer> {
  const path = given.replace(/^@/, '');
  if (path === '-') requireFreeStdin(hasUsedStdin);
  return readInput(path);
}

/**
 * A JWS or JWE: itself, `@FILE`, or standard input. Other serializations than COMPACT are JSON objects.
 * @throws CliFailure
 */
export async function readGivenObject(given: string | undefined, hasUsedStdin: boolean): Promise<unknown> {
  const isItself = given !== undefined && given !== '-' && !given.startsWith('@');
  const text = isItself
    ? given
    : (await readGivenContent(given ?? '-', hasUsedStdin)).toString('utf8').trim();
  if (!text.startsWith('{')) return text;
  try {
    return JSON.parse(text);
  } catch {
    throw wrongUsage('It begins like JSON and is not valid JSON');
  }
}

export function requireFreeStdin(hasUsedStdin: boolean): void {
  if (!hasUsedStdin) return;
  throw wrongUsage('Standard input has the token already: give a file, or set KEYPLANE_APPLICATION_TOKEN');
}

export const serializationOption = () =>
  choiceOption('--serialization <FORM>', 'of the result (default: COMPACT)', [
    'COMPACT',
    'FLATTENED',
    'GENERAL',
  ]);

/** A compact result as it is; any other as JSON on one line. */
export function objectText(value: unknown): string {
  return `${typeof value === 'string' ? value : JSON.stringify(value)}\n`;
}

export const gather = (one: string, others: readonly string[] = []): readonly string[] => [...others, one];
