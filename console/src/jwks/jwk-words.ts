import type { Jwk as ListedJwk } from '../../../clients/typescript/src/index.ts';
import { sourceTypeOptions } from '../../../src/sources/source-type-options.ts';
import type { ValidityState } from '../display/status-words.ts';

export type { ListedJwk };

export const sourceWords: Readonly<Record<string, string>> = Object.fromEntries(
  sourceTypeOptions.map(({ sourceType, label }) => [sourceType, label]),
);

export const useWords: Readonly<Record<string, string>> = { sig: 'signature', enc: 'encryption' };

const soonMs = 30 * 24 * 3_600_000;

/** The validity of a JWK. `now` is milliseconds since 1970. */
export function validityState(
  { notBeforeTime, expirationTime }: Pick<ListedJwk, 'notBeforeTime' | 'expirationTime'>,
  now: number,
): ValidityState {
  if (expirationTime !== null && Date.parse(expirationTime) <= now) return 'expired';
  if (notBeforeTime !== null && Date.parse(notBeforeTime) > now) return 'not yet valid';
  if (expirationTime === null) return 'no expiry';
  return Date.parse(expirationTime) - now < soonMs ? 'expiring' : 'valid';
}

/** `EC P-256`, `RSA 2048`: the type with its curve, or with its bits. */
export function keyText({ type, curve, size }: Pick<ListedJwk, 'type' | 'curve' | 'size'>): string {
  return [type, curve ?? size].filter((part) => part !== null).join(' ');
}

/** `RSA, 3072 bits`, `EC, P-256`, `OCT` */
export function keyTextWithUnit({ type, curve, size }: Pick<ListedJwk, 'type' | 'curve' | 'size'>): string {
  const detail = curve ?? (size === null ? undefined : `${size} bits`);
  return detail === undefined ? type : `${type}, ${detail}`;
}
