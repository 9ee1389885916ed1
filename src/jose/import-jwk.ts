// The one way in for a key that others made: normalised, then shape, consistency and soundness checked.
// The result holds known members only and is safe to store; every other key is rejected with a reason. No step blocks
// the event loop: lengths are checked before arithmetic, and expensive arithmetic runs in short slices.

import { fairTurn } from '../runtime/event-loop.ts';
import { checkConsistency } from './consistency.ts';
import type { JsonObject } from './json.ts';
import type { PrivateJwk } from './jwk.ts';
import { keyTypeInfo } from './key-types.ts';
import { normaliseMembers } from './members/normalise.ts';
import { readShape } from './members/shape.ts';

export interface ImportOptions {
  /** The key members went through an import already and only others were added: shape and consistency suffice. */
  readonly soundnessChecked?: boolean;
}

export interface ImportedJwk {
  readonly jwk: PrivateJwk;
  /** Public texts: what was left out or rewritten because it was wrong in a way that does not concern the key. */
  readonly warnings: readonly string[];
}

/**
 * An RSA key of n, e and d alone is returned with its CRT members.
 * @throws KeyplaneError bad_request with the first reason found
 */
export async function importJwkWithWarnings(
  raw: JsonObject,
  options: ImportOptions = {},
): Promise<ImportedJwk> {
  const { members, warnings } = normaliseMembers(raw);
  const shaped = readShape(members);
  const keyType = keyTypeInfo(shaped.kty);
  if (keyType.checkSizes !== undefined) {
    keyType.checkSizes(shaped);
    await fairTurn();
  }
  const consistent = checkConsistency(shaped);
  const jwk = (keyType.completeMembers?.(consistent.jwk) ?? consistent.jwk) as PrivateJwk;
  if (options.soundnessChecked !== true) await keyType.checkSoundness(jwk);
  return { jwk, warnings: [...warnings, ...consistent.warnings] };
}

/** The same for callers that cannot show warnings. */
export async function importJwk(raw: JsonObject, options: ImportOptions = {}): Promise<PrivateJwk> {
  return (await importJwkWithWarnings(raw, options)).jwk;
}
