import { isKeyplaneError } from '../errors.ts';
import type { KeyRestriction } from '../jose/der/rsa-pss.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../jose/json.ts';

/** One key of what a source holds, before anybody chose it. */
export interface InspectedKey {
  /** Undefined where the key itself cannot be determined. */
  readonly raw?: JsonObject | undefined;
  /** Why there is no `raw`, in public words. */
  readonly problem?: string | undefined;
  readonly aliasName?: string | undefined;
  readonly restriction?: KeyRestriction | undefined;
  readonly notBeforeTime?: Date | null | undefined;
  readonly expirationTime?: Date | null | undefined;
  /** Set where `raw` is the public half of something whose private half stays closed. */
  readonly holdsPrivate?: boolean | undefined;
}

/** What came out of a source. */
export interface Inspected {
  readonly keys: readonly InspectedKey[];
  /** How many there are; `keys` may be the first of them only. */
  readonly total: number;
}

/** More keys than anybody chooses among by looking. */
export const inspectedKeysAtMost = 100;

/** Keys of a JWK Set; an entry that is no object is its own problem, not that of its siblings. */
export function inspectedOf(keys: readonly JsonValue[], total: number): Inspected {
  const inspected = keys.map((key) =>
    isJsonObject(key) ? { raw: key } : { problem: 'It is not a JWK: it must be a JSON object' },
  );
  return { keys: inspected, total };
}

/** One key, or why it cannot be read. */
export function inspectOne(read: () => InspectedKey): InspectedKey {
  try {
    return read();
  } catch (error) {
    if (isKeyplaneError(error)) return { problem: error.message };
    throw error;
  }
}
