// A length of time or a size as a person writes it: a whole number and a unit.

import { parseDuration } from '../../../src/iso-duration.ts';

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
  const units = [second, minute, hour, day];
  const { amount, unit } = quantityOf(milliseconds, units);
  const { label = 'seconds' } = units.find(({ value }) => value === unit) ?? {};
  return amount === '1' ? `every ${label.slice(0, -1)}` : `every ${amount} ${label}`;
}
