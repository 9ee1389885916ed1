import { unchecked } from '../../api/unchecked.ts';
import { generatedKind } from '../../jwk-form/generated-kinds.ts';
import type { KeyRing } from '../ring-types.ts';

export interface RingKeyParameters {
  /** Bits, or the name of a curve as the API takes it. */
  readonly variant: string;
  /** Undefined: the first that fits. */
  readonly algorithm: string | undefined;
}

/** What the next key of a ring is generated with: the object of its type. */
export function parametersOf(ring: KeyRing): RingKeyParameters {
  const { member, generate } = generatedKind(ring.type);
  const given =
    unchecked<Readonly<Record<string, Readonly<Record<string, string | number>> | undefined>>>(ring)[member];
  return {
    variant: String(given?.[generate.parameter] ?? generate.preset),
    algorithm: given?.algorithm === undefined ? undefined : String(given.algorithm),
  };
}
