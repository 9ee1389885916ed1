// Flags of what nodes accept with a JWK beside the ordinary. Each is off by default.

import { type Command, InvalidArgumentError } from 'commander';
import { wholeNumberOption } from '../flag-values.ts';

export interface AllowanceFlags {
  readonly allowRsa15?: boolean;
  readonly allowCompressed?: boolean;
  readonly maxIterations?: number;
}

export function addAllowanceOptions(command: Command): Command {
  return command
    .optionsGroup('Operations at nodes:')
    .option('--allow-rsa15 [no]', 'decrypt RSA1_5 with it, which has a padding oracle elsewhere', yesOrNo)
    .option('--allow-compressed [no]', 'decrypt compressed content with it, up to 256 KiB', yesOrNo)
    .addOption(
      wholeNumberOption('--max-iterations <NUMBER>', 'the most PBES2 iterations (default: 100000)', {
        least: 1,
        most: 999_999_999,
      }),
    )
    .optionsGroup('Options:');
}

function yesOrNo(text: string): boolean {
  if (text.toLowerCase() === 'no') return false;
  throw new InvalidArgumentError('Only no is accepted; without a value it is allowed.');
}

export function allowancesOf({ allowRsa15, allowCompressed, maxIterations }: AllowanceFlags) {
  return { allowRsa15, allowCompressed, maxIterationCount: maxIterations };
}
