// How values of flags are read: choices in any case, durations, points in time, numbers and lists of names. A wrong value
// ends the command with the flag and what is accepted.

import { InvalidArgumentError, Option } from 'commander';
import { durationText, parseDuration } from '../iso-duration.ts';
import { wrongUsage } from './failure.ts';

/** Accepts one of the listed values in any case and returns it in the spelling of the list. */
export function choiceOption(flags: string, description: string, values: readonly string[]): Option {
  // The order matters: `choices` sets its own parser.
  return new Option(flags, description).choices(values).argParser((text) => choiceOf(text, values));
}

function choiceOf(text: string, values: readonly string[]): string {
  const found = values.find((value) => value.toLowerCase() === text.toLowerCase());
  if (found !== undefined) return found;
  throw new InvalidArgumentError(`Valid values: ${values.join(', ')}`);
}

/** Gives the duration in ISO 8601, as the API takes it. */
export function durationOption(flags: string, description: string): Option {
  return new Option(flags, description).argParser(durationOf);
}

function durationOf(text: string): string {
  const durationMs = shortDurationMs(text) ?? parseDuration(text.toUpperCase());
  if (durationMs !== undefined) return durationText(durationMs);
  throw new InvalidArgumentError('A duration such as 30m, 1h or 7d, or PT1H of ISO 8601, is accepted.');
}

const unitMs = { w: 604_800_000, d: 86_400_000, h: 3_600_000, m: 60_000, s: 1_000 } as const;
const shortDuration = /^(?:\d{1,9}[wdhms])+$/i;

/** `1h30m`; undefined for any other text. Each unit once, the larger before the smaller. */
function shortDurationMs(text: string): number | undefined {
  if (!shortDuration.test(text)) return undefined;
  const parts = [...text.toLowerCase().matchAll(/(\d+)([wdhms])/g)];
  const units = parts.map(([, , unit = '']) => 'wdhms'.indexOf(unit));
  if (units.some((unit, index) => index > 0 && unit <= (units[index - 1] ?? 0))) return undefined;
  return parts.reduce((sum, [, count, unit]) => sum + Number(count) * unitMs[unit as keyof typeof unitMs], 0);
}

/** Gives milliseconds, for a number of them or a duration. */
export function millisecondsOption(flags: string, description: string): Option {
  return new Option(flags, description).argParser((text) => {
    const ms = /^\d{1,9}$/.test(text) ? Number(text) : (shortDurationMs(text) ?? parseDuration(text));
    if (ms !== undefined) return ms;
    throw new InvalidArgumentError('Milliseconds such as 500, or a duration such as 5s, are accepted.');
  });
}

/** A point in time, or a duration from now. The manager checks anything else. */
export function futureTimeOption(flags: string, description: string): Option {
  return new Option(flags, description).argParser((text) => timeFrom(text, 1));
}

/** A point in time, or a duration before now. */
export function pastTimeOption(flags: string, description: string): Option {
  return new Option(flags, description).argParser((text) => timeFrom(text, -1));
}

function timeFrom(text: string, direction: 1 | -1): string {
  const distanceMs = shortDurationMs(text) ?? parseDuration(text);
  return distanceMs === undefined ? text : new Date(Date.now() + direction * distanceMs).toISOString();
}

export function wholeNumberOption(
  flags: string,
  description: string,
  { least, most }: { readonly least: number; readonly most: number },
): Option {
  return new Option(flags, description).argParser((text) => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= least && value <= most) return value;
    throw new InvalidArgumentError(`A whole number from ${least} to ${most} is accepted.`);
  });
}

/** Of a list separated by commas. */
export function splitNames(text: string): readonly string[] {
  return text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

/** @throws CliFailure unless exactly one of them is given */
export function exactlyOne(flags: Readonly<Record<string, unknown>>, names: readonly string[]): string {
  const given = names.filter((name) => flags[camelCase(name)] !== undefined);
  const [only] = given;
  const all = names.map((name) => `--${name}`).join(', ');
  if (only === undefined) throw wrongUsage(`One of ${all} is required`);
  if (given.length > 1) throw wrongUsage(`Only one of ${all} is accepted`);
  return only;
}

/** How commander calls the value of a flag. */
export function camelCase(name: string): string {
  return name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}
