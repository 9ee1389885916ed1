// Flags of the targets that are few enough members for them; every target can be given as JSON.

import type { Command } from 'commander';
import { listed, outletKind, outletKindNames } from '../../outlets/kinds/kinds.ts';
import type { OutletField, OutletFlag } from '../../outlets/kinds/outlet-field.ts';
import { wrongUsage } from '../failure.ts';
import { camelCase, choiceOption, splitNames } from '../flag-values.ts';
import { readJsonInput } from '../terminal/input.ts';

export interface TargetFlags {
  readonly target?: string;
}

interface FlaggedField {
  readonly member: OutletField['member'];
  readonly input: OutletField['input'];
  readonly flag: OutletFlag;
}

/** Of each kind that has some; fields of one member share their flag. */
const flagged = outletKindNames
  .map((kind) => ({ kind, fields: uniqueFlags(outletKind(kind).fields.flat()) }))
  .filter(({ fields }) => fields.length > 0);

function uniqueFlags(fields: readonly OutletField[]): readonly FlaggedField[] {
  const found = new Map<string, FlaggedField>();
  for (const { member, input, ...field } of fields) {
    const flag = 'flag' in field ? field.flag : undefined;
    if (flag) found.set(flag.name, { member, input, flag });
  }
  return [...found.values()];
}

export function addTargetFlags(command: Command): Command {
  command.option('--target <JSON>', 'where it is delivered, by kind: JSON, @FILE, or - for standard input');
  for (const { kind, fields } of flagged) {
    for (const [index, { flag, input }] of fields.entries()) {
      const what = index === 0 ? `target of ${kind}` : `with --${fields[0]?.flag.name}`;
      const flags = `--${flag.name} <${flag.argument}>`;
      const text = `${what}: ${flag.text}`;
      if (input.type !== 'CHOICE') command.option(flags, text);
      else
        command.addOption(
          choiceOption(
            flags,
            text,
            input.options.map(({ value }) => value),
          ),
        );
    }
  }
  return command;
}

/** Undefined where no flag gives one. @throws CliFailure for flags of more than one */
export async function targetOf(flags: TargetFlags): Promise<unknown> {
  const given = flagged.filter(({ fields }) => fields.some((field) => flagValue(flags, field) !== undefined));
  if (given.length + (flags.target === undefined ? 0 : 1) > 1) {
    const ways = flagged.map(({ fields: [first, ...others] }) =>
      [`--${first?.flag.name}`, listed(others.map(({ flag }) => `--${flag.name}`))].join(' with '),
    );
    throw wrongUsage(`Only one target is accepted: ${['--target', ...ways].join(', or ')}`);
  }
  if (flags.target !== undefined) return readJsonInput(flags.target, '--target');
  const [kind] = given;
  return kind && Object.fromEntries(kind.fields.map((field) => [nameOf(field), flagValue(flags, field)]));
}

function nameOf({ member }: FlaggedField): string {
  return member.slice('target.'.length);
}

function flagValue(flags: object, { flag, input }: FlaggedField): unknown {
  const value: unknown = new Map(Object.entries(flags)).get(camelCase(flag.name));
  return input.type === 'LIST' && typeof value === 'string' ? splitNames(value) : value;
}
