import { InvalidArgumentError, Option } from 'commander';
import type { Algorithm, UseType } from '../../../clients/typescript/src/index.ts';
import { differentAlgorithms } from '../../jose/algorithms.ts';
import { wrongUsage } from '../failure.ts';
import { unchecked } from '../session/unchecked.ts';
import { note } from '../terminal/output.ts';
import { choose, isInteractive } from '../terminal/prompt.ts';

/** Algorithms that fit a key, by use type. */
export type FittingAlgorithms = Readonly<Record<UseType, readonly string[]>>;

export interface ChosenAlgorithm {
  readonly useType: UseType;
  readonly algorithm: Algorithm;
}

type Use = 'sig' | 'enc';

/** In the spellings of JOSE and of the API. */
const uses: Readonly<Record<string, Use>> = Object.freeze({
  sig: 'sig',
  enc: 'enc',
  signature: 'sig',
  encryption: 'enc',
});

export function useOption(description: string): Option {
  return new Option('--use <USE>', description).choices(['sig', 'enc']).argParser((text): Use => {
    const use = Object.hasOwn(uses, text.toLowerCase()) ? uses[text.toLowerCase()] : undefined;
    if (use === undefined) throw new InvalidArgumentError('Valid values: sig, enc');
    return use;
  });
}

export function useTypeOf(use: Use | undefined): UseType | undefined {
  if (use === undefined) return undefined;
  return use === 'sig' ? 'SIGNATURE' : 'ENCRYPTION';
}

/**
 * Use and algorithm of a key that states neither: as given; where only one algorithm fits, that one by the name that more
 * verifiers know; otherwise the person chooses.
 * @param fitting null where it is unknown: then the manager decides about what was given
 * @throws CliFailure where several fit and there is no terminal to ask on
 */
export async function chooseAlgorithm(
  flags: { readonly use?: Use; readonly algorithm?: string },
  fitting: FittingAlgorithms | null,
): Promise<ChosenAlgorithm> {
  const { algorithm } = flags;
  const useType = useTypeOf(flags.use) ?? useOfAlgorithm(algorithm, fitting);
  if (algorithm !== undefined) return { useType, algorithm: unchecked(algorithm) };
  const values = fitting?.[useType] ?? [];
  const different = differentAlgorithms(values);
  const [only] = different;
  const use = useType === 'SIGNATURE' ? 'signatures' : 'encryption';
  if (only !== undefined && different.length === 1) {
    note(`Algorithm ${only}: the only one for ${use} that fits this key`);
    return { useType, algorithm: unchecked(only) };
  }
  const listed = values.length > 0 ? values.join(', ') : 'such as RS256';
  if (values.length === 0 || !isInteractive()) {
    throw wrongUsage(`Which algorithm for ${use}? Add --algorithm with one of: ${listed}`);
  }
  const question = { text: `Algorithm for ${use}`, otherwise: 'give --algorithm' };
  const choices = values.map((value) => ({ value, label: value }));
  return { useType, algorithm: unchecked(await choose(question, choices)) };
}

/** The use of the algorithm; without one, signatures where the key can sign, otherwise encryption. */
function useOfAlgorithm(algorithm: string | undefined, fitting: FittingAlgorithms | null): UseType {
  if (algorithm !== undefined) return fitting?.ENCRYPTION.includes(algorithm) ? 'ENCRYPTION' : 'SIGNATURE';
  return fitting?.SIGNATURE.length === 0 && fitting.ENCRYPTION.length > 0 ? 'ENCRYPTION' : 'SIGNATURE';
}
