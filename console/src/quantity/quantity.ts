// A length of time or a size as a person writes it: a whole number and a unit.

import { parseDuration } from '../../../src/iso-duration.ts';
import { durationInWords } from '../../../src/runtime/time-text.ts';

export interface Quantity {
  /** Digits, or empty. */
  readonly amount: string;
  readonly unit: string;
}

export interface Unit {
  readonly value: string;
  readonly label: string;
  /** The factor to the unit of the API: milliseconds or bytes. */
  readonly factor: number;
}

const second = { value: 's', label: 'seconds', factor: 1_000 };
const minute = { value: 'min', label: 'minutes', factor: 60_000 };
const hour = { value: 'h', label: 'hours', factor: 3_600_000 };
const day = { value: 'd', label: 'days', factor: 86_400_000 };

export const timeLimitUnits: readonly Unit[] = [{ value: 'ms', label: 'milliseconds', factor: 1 }, second];
export const intervalUnits: readonly Unit[] = [minute, hour, day];
/** Of the policy of a key ring. */
export const policyUnits: readonly Unit[] = [second, minute, hour, day];
export const sizeUnits: readonly Unit[] = [
  { value: 'B', label: 'bytes', factor: 1 },
  { value: 'KiB', label: 'KiB', factor: 1_024 },
  { value: 'MiB', label: 'MiB', factor: 1_048_576 },
];

/** The value in the unit of the API; undefined if the field is empty. */
export function countOf({ amount, unit }: Quantity, units: readonly Unit[]): number | undefined {
  if (amount === '') return undefined;
  return Number(amount) * (units.find(({ value }) => value === unit)?.factor ?? 1);
}

/** The largest unit of which `count` is a whole number. */
export function quantityOf(count: number, units: readonly Unit[]): Quantity {
  const [unit] = units.toReversed().filter(({ factor }) => count % factor === 0);
  return unit === undefined
    ? { amount: '', unit: units[0]?.value ?? '' }
    : { amount: String(count / unit.factor), unit: unit.value };
}

const isoUnits: Readonly<Record<string, readonly [prefix: string, letter: string]>> = {
  s: ['PT', 'S'],
  min: ['PT', 'M'],
  h: ['PT', 'H'],
  d: ['P', 'D'],
};

/** As ISO 8601. What has no amount is no duration, which the manager says. */
export function isoOf({ amount, unit }: Quantity): string {
  const [prefix = 'PT', letter = 'M'] = isoUnits[unit] ?? [];
  return `${prefix}${amount}${letter}`;
}

/** `every hour`, `every 90 minutes`; a duration that cannot be read is shown as it is. */
export function everyText(iso: string): string {
  const milliseconds = parseDuration(iso);
  if (milliseconds === undefined) return `every ${iso}`;
  return `every ${lengthText(milliseconds).replace(/^1 /, '')}`;
}

/** `90 minutes`, in the largest unit of which it is a whole number. */
function lengthText(milliseconds: number): string {
  const { amount, unit } = quantityOf(milliseconds, policyUnits);
  const { label = 'seconds' } = policyUnits.find(({ value }) => value === unit) ?? {};
  return `${amount} ${amount === '1' ? label.slice(0, -1) : label}`;
}

/** `24 hours 7 minutes`, `90 days`; what cannot be read is shown as it is. */
export function durationWords(iso: string): string {
  const milliseconds = parseDuration(iso);
  return milliseconds === undefined ? iso : durationInWords(milliseconds);
}
