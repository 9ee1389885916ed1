import { isKeyplaneError } from '../../errors.ts';

export interface Finding {
  /** An error is what a manager would refuse, or what must not be published. */
  readonly severity: 'error' | 'warning';
  /** Which part of the source, such as `keys[1] (kid a)`; empty for the whole. */
  readonly where: string;
  readonly problem: string;
  /** What would be right. */
  readonly remedy: string;
}

export function warning(where: string, problem: string, remedy: string): Finding {
  return { severity: 'warning', where, problem, remedy };
}

export function mistake(where: string, problem: string, remedy: string): Finding {
  return { severity: 'error', where, problem, remedy };
}

/**
 * A refusal of the rules as a finding. Many say what would be right in their second sentence.
 * @param remedy where this one does not
 * @throws whatever is no refusal
 */
export function refusal(error: unknown, where: string, remedy: string): Finding {
  if (!isKeyplaneError(error)) throw error;
  const { problem, said } = sentencesOf(error.message);
  return mistake(where, problem, error.remedy ?? said ?? remedy);
}

/** What was wrong, and what would be right where a text says both. */
export function sentencesOf(text: string): { readonly problem: string; readonly said?: string } {
  const [, problem, said] = /^(.*?[^ ]!) (.+)$/s.exec(text) ?? [];
  return problem === undefined || said === undefined ? { problem: text } : { problem, said };
}
