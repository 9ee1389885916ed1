import type { Algorithm, UseType } from '../../../clients/typescript/src/index.ts';
import { wrongUsage } from '../failure.ts';
import { unchecked } from '../session/unchecked.ts';
import { note } from '../terminal/output.ts';
import { choose, isInteractive } from '../terminal/prompt.ts';

/** What may be asked for with a key, by use type. */
export type FittingAlgorithms = Readonly<Record<UseType, readonly string[]>>;

export interface Demand {
  readonly useType: UseType;
  readonly algorithm: Algorithm;
}

const useTypes: Readonly<Record<string, UseType>> = Object.freeze({
  sig: 'SIGNATURE',
  enc: 'ENCRYPTION',
  SIGNATURE: 'SIGNATURE',
  ENCRYPTION: 'ENCRYPTION',
});

/** @throws CliFailure for what is no use */
export function useTypeOf(given: string | undefined): UseType | undefined {
  if (given === undefined) return undefined;
  const useType = Object.hasOwn(useTypes, given) ? useTypes[given] : undefined;
  if (!useType) throw wrongUsage(`--use takes sig or enc, not ${given}`);
  return useType;
}

/**
 * Use and algorithm of a key that says neither: as given; where only one fits, that one; else the person is asked.
 * @param fitting null where it is not known: then the manager decides about what was given
 * @throws CliFailure where several fit and nobody can be asked
 */
export async function chooseAlgorithm(
  flags: { readonly use?: string; readonly algorithm?: string },
  fitting: FittingAlgorithms | null,
): Promise<Demand> {
  const { algorithm } = flags;
  const useType = useTypeOf(flags.use) ?? useOfAlgorithm(algorithm, fitting);
  if (algorithm !== undefined) return { useType, algorithm: unchecked(algorithm) };
  const values = fitting?.[useType] ?? [];
  const [only] = values;
  if (only !== undefined && values.length === 1) {
    note(`Algorithm ${only}: the only one for ${useType} that fits this key`);
    return { useType, algorithm: unchecked(only) };
  }
  const listed = values.length > 0 ? values.join(', ') : 'such as RS256';
  if (values.length === 0 || !isInteractive()) {
    throw wrongUsage(`Which algorithm for ${useType}? Add --algorithm with one of: ${listed}`);
  }
  const question = { text: `Algorithm for ${useType}`, otherwise: 'give --algorithm' };
  const choices = values.map((value) => ({ value, label: value }));
  return { useType, algorithm: unchecked(await choose(question, choices)) };
}

/** An algorithm says its use; without one, what the key can do, and signatures before encryption. */
function useOfAlgorithm(algorithm: string | undefined, fitting: FittingAlgorithms | null): UseType {
  if (algorithm !== undefined) return fitting?.ENCRYPTION.includes(algorithm) ? 'ENCRYPTION' : 'SIGNATURE';
  return fitting?.SIGNATURE.length === 0 && fitting.ENCRYPTION.length > 0 ? 'ENCRYPTION' : 'SIGNATURE';
}
