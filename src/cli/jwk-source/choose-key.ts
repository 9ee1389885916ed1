import { wrongUsage } from '../failure.ts';
import { note } from '../terminal/output.ts';
import { choose, isInteractive } from '../terminal/prompt.ts';
import type { FittingAlgorithms } from './choose-algorithm.ts';

/** One key of a source, as the manager or our own reader of files describes it. */
export interface CandidateKey {
  readonly kid: string | null;
  /** Selects a key that has no kid. */
  readonly thumbprint: string | null;
  readonly aliasName: string | null;
  readonly type: string | null;
  readonly curve: string | null;
  readonly size: number | null;
  readonly algorithms: FittingAlgorithms | null;
  readonly problem: string | null;
}

/** @throws CliFailure where several are usable and there is no terminal to ask on */
export async function chooseAlias(keys: readonly CandidateKey[]): Promise<string> {
  const usable = keys.filter(({ problem }) => problem === null);
  const [only, ...others] = usable;
  if (only?.aliasName && others.length === 0) {
    note(`Alias ${only.aliasName}: the only one${keys.length > 1 ? ' from which a JWK can be created' : ''}`);
    return only.aliasName;
  }
  const names = usable.map(({ aliasName }) => aliasName ?? '');
  if (names.length === 0) {
    const [reason] = keys.map(({ aliasName, problem }) => `${aliasName}: ${problem}`);
    throw wrongUsage(
      `The keystore holds no entry from which a JWK can be created${reason ? ` (${reason})` : ''}`,
    );
  }
  if (!isInteractive()) throw wrongUsage(`Which entry? Add --alias with one of: ${names.join(', ')}`);
  const choices = usable.map((key) => ({
    value: key.aliasName ?? '',
    label: `${key.aliasName}  ${kindOf(key)}`,
  }));
  return choose({ text: 'Alias', otherwise: 'give --alias' }, choices);
}

/** Undefined where there is no choice, or no terminal to ask on: then the manager says what is missing. */
export async function chooseKid(keys: readonly CandidateKey[]): Promise<string | undefined> {
  const named = keys.flatMap((key) => {
    const value = key.kid ?? key.thumbprint;
    return value === null ? [] : [{ value, label: `${value}  ${kindOf(key)}` }];
  });
  if (keys.length < 2 || named.length === 0 || !isInteractive()) return undefined;
  return choose({ text: 'Key of the JWK Set, by its kid or thumbprint', otherwise: 'give --kid' }, named);
}

function kindOf({ type, curve, size, problem }: CandidateKey): string {
  const kind = [type, curve ?? (size === null ? null : `${size} bits`)]
    .filter((part) => part !== null)
    .join(' ');
  return problem === null ? kind : `${kind} (${problem})`;
}
