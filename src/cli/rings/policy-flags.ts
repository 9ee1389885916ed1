// The flags of a ring's policy and of the keys that it generates.

import type { Command, Option } from 'commander';
import { curveTypeName, keyTypeMember, keyTypeName } from '../../jose/key-type-name.ts';
import { generatedKeyTypes, keyTypeInfo } from '../../jose/key-types.ts';
import { wrongUsage } from '../failure.ts';
import { choiceOption, durationOption, splitNames, wholeNumberOption } from '../flag-values.ts';
import { useOption, useTypeOf } from '../jwk-source/choose-algorithm.ts';

export interface PolicyFlags {
  readonly rotationInterval?: string;
  readonly maxTokenLifetime?: string;
  readonly verifierCacheTime?: string;
  readonly clockSkew?: string;
  readonly signingLease?: string;
  readonly exportable?: boolean;
  readonly environments?: readonly string[] | typeof all;
}

export interface KeyFlags {
  readonly type?: string;
  readonly size?: number;
  readonly curve?: string;
  readonly use?: 'sig' | 'enc';
  readonly algorithm?: string;
}

/** Null cannot be the value of a flag: commander makes it an empty text. */
const none = 'none';
const all = 'all';

export function addPolicyOptions(command: Command): Command {
  return addTimingOptions(command)
    .option('--exportable', 'private keys may be exported')
    .option('--no-exportable', 'private keys may not be exported; this cannot be taken back')
    .option(
      '--environments <NAMES>',
      'only these environments, separated by commas; all for every one that the project reaches',
      (text) => (text === all ? all : splitNames(text)),
    );
}

/** Those that a timeline depends on. */
export function addTimingOptions(command: Command): Command {
  return command
    .optionsGroup('Policy:')
    .addOption(
      orNone(durationOption('--rotation-interval <DURATION>', 'such as 90d; none: keys are rotated by hand')),
    )
    .addOption(durationOption('--max-token-lifetime <DURATION>', 'the longest time from signature to expiry'))
    .addOption(
      durationOption(
        '--verifier-cache-time <DURATION>',
        'how long verifiers keep a JWK Set beyond what its Cache-Control says',
      ),
    )
    .addOption(durationOption('--clock-skew <DURATION>', 'how far clocks of verifiers may differ'))
    .addOption(
      orNone(
        durationOption(
          '--signing-lease <DURATION>',
          'a node that hears from no manager for so long stops signing; none: it does not stop',
        ),
      ),
    );
}

/** It takes `none`, too. */
function orNone(option: Option): Option {
  const parse = option.parseArg;
  return option.argParser((text, before) => (text === none ? none : parse?.(text, before)));
}

export function policyOf({ exportable, environments, ...flags }: PolicyFlags) {
  return {
    ...timingOf(flags, null),
    ...(exportable !== undefined && { exportable }),
    ...(environments !== undefined && { environmentNames: environments === all ? null : environments }),
  };
}

/** As query parameters of a dry run, where `null` is written as a text. */
export function timingQueryOf(flags: PolicyFlags): Readonly<Record<string, string>> {
  return timingOf(flags, 'null');
}

/** Those that are given, with what stands for `none`. */
function timingOf<Nothing>(flags: PolicyFlags, nothing: Nothing): Readonly<Record<string, string | Nothing>> {
  const { rotationInterval, maxTokenLifetime, verifierCacheTime, clockSkew, signingLease } = flags;
  const given = { rotationInterval, maxTokenLifetime, verifierCacheTime, clockSkew, signingLease };
  const known = Object.entries(given).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value === none ? nothing : value] as const],
  );
  return Object.fromEntries(known);
}

const typeNames = generatedKeyTypes.map(keyTypeName);

/** By the parameter of the API. */
const parameterFlags = { keySize: '--size', curveType: '--curve', algorithm: '--algorithm' } as const;

/** `EC and OKP` */
function typesWith(parameter: 'keySize' | 'curveType'): string {
  const types = generatedKeyTypes.filter((kty) => keyTypeInfo(kty).generation?.parameter === parameter);
  return types.map(keyTypeName).join(' and ');
}

export function addKeyOptions(command: Command): Command {
  return command
    .optionsGroup('Keys:')
    .addOption(choiceOption('--type <TYPE>', 'key type', typeNames))
    .addOption(
      wholeNumberOption('--size <BITS>', `of ${typesWith('keySize')} keys`, { least: 1, most: 999_999 }),
    )
    .option('--curve <CURVE>', `of ${typesWith('curveType')} keys, such as P-256`)
    .addOption(useOption('use of the keys (default: sig)'))
    .option('--algorithm <ALGORITHM>', 'such as ES256 (default: the first that fits)');
}

/** `{ type: 'EC', ec: { … } }`; empty without `--type`. */
export function ringKeyBody(flags: KeyFlags): Readonly<Record<string, unknown>> {
  const kty = generatedKeyTypes.find((one) => keyTypeName(one) === flags.type);
  if (kty === undefined) {
    const others = [flags.size, flags.curve, flags.use, flags.algorithm];
    if (others.some((flag) => flag !== undefined)) {
      throw wrongUsage('--size, --curve, --use and --algorithm need --type');
    }
    return {};
  }
  const needs = keyTypeInfo(kty).generation?.parameter;
  if (needs !== undefined) {
    const needed = parameterFlags[needs];
    const other =
      needs !== 'curveType' && flags.curve !== undefined
        ? '--curve'
        : needs !== 'keySize' && flags.size !== undefined && '--size';
    if (other) throw wrongUsage(`${other} does not go with --type ${keyTypeName(kty)}: give ${needed}`);
  }
  const parameters = {
    keySize: flags.size,
    curveType: flags.curve === undefined ? undefined : curveTypeName(flags.curve),
    keyUseType: useTypeOf(flags.use),
    algorithm: flags.algorithm,
  };
  return { type: keyTypeName(kty), [keyTypeMember(kty)]: parameters };
}
