import { isKeyplaneError } from '../../errors.ts';

export interface LintFinding {
  /** An error: the manager rejects it, or it must not be published. */
  readonly severity: 'error' | 'warning';
  /** The part of the source, such as `keys[1] (kid a)`; empty for the whole source. */
  readonly where: string;
  readonly problem: string;
  /** How to fix it. */
  readonly remedy: string;
}

export function warning(where: string, problem: string, remedy: string): LintFinding {
  return { severity: 'warning', where, problem, remedy };
}

export function errorFinding(where: string, problem: string, remedy: string): LintFinding {
  return { severity: 'error', where, problem, remedy };
}

/**
 * An error of the rules as a finding. Many errors state the remedy in their second sentence.
 * @param remedy for an error that states none
 * @throws anything else
 */
export function rejection(error: unknown, where: string, remedy: string): LintFinding {
  if (!isKeyplaneError(error)) throw error;
  const { problem, remedy: stated } = sentencesOf(error.message);
  return errorFinding(where, problem, error.remedy ?? stated ?? remedy);
}

/** The problem, and the remedy where a text states both. */
export function sentencesOf(text: string): { readonly problem: string; readonly remedy?: string } {
  const [, problem, remedy] = /^(.*?[^ ]!) (.+)$/s.exec(text) ?? [];
  return problem === undefined || remedy === undefined ? { problem: text } : { problem, remedy };
}
