// Which keys of a project are in one of its JWK Sets. Manager and node decide by the same functions.

import type { DeployedSelection, DeployedView } from './content.ts';

/** A key with a public half, as far as a selection looks at it. */
export interface SelectableKey {
  /** Of the JWK. */
  readonly id: string;
  /** The key ring that it belongs to. */
  readonly keyRingId: string | undefined;
  readonly kty: string;
  readonly alg: string | undefined;
  readonly use: string | undefined;
}

/** @param jwk with the members of its public half */
export function selectableJwk(
  jwk: Readonly<Record<string, unknown>>,
  place: Pick<SelectableKey, 'id' | 'keyRingId'>,
): SelectableKey {
  const text = (value: unknown) => (typeof value === 'string' ? value : undefined);
  return { ...place, kty: text(jwk.kty) ?? '', alg: text(jwk.alg), use: text(jwk.use) };
}

/**
 * Whether a view holds a key. Of `include` every kind that is given must match, of `exclude` one is enough, and what is
 * excluded is left out even where it is included.
 */
export function isInView(
  { include, exclude }: Pick<DeployedView, 'include' | 'exclude'>,
  key: SelectableKey,
): boolean {
  const isIncluded = include === null || matches(include, key).every((match) => match);
  return isIncluded && !(exclude !== null && matches(exclude, key).some((match) => match));
}

/** One answer for each kind of criterion that is given: any of its list matches. */
function matches(
  { keyTypes, algorithms, uses, keyRingIds, jwkIds }: DeployedSelection,
  { id, keyRingId, kty, alg, use }: SelectableKey,
): readonly boolean[] {
  const found: boolean[] = [];
  if (keyTypes !== undefined) found.push(keyTypes.includes(kty));
  if (algorithms !== undefined) found.push(alg !== undefined && algorithms.includes(alg));
  if (uses !== undefined) found.push(uses.some((one) => one === use));
  if (keyRingIds !== undefined || jwkIds !== undefined) {
    const isOfRing = keyRingId !== undefined && keyRingIds?.includes(keyRingId) === true;
    found.push(isOfRing || jwkIds?.includes(id) === true);
  }
  return found;
}
