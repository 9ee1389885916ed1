import { algorithmsFitting, isDeprecated } from './algorithms.ts';
import type { KeyRestriction } from './der/rsa-pss.ts';
import type { PrivateJwk, PublicJwk } from './jwk.ts';
import { hasPrivatePart, type KeyTypeName, keyTypeInfo } from './key-types.ts';

/** Facts about a key that reveal nothing of its value. */
export interface KeyFacts {
  readonly type: KeyTypeName;
  readonly curve: string | null;
  /** Bits: of the modulus, of the curve's field, of the secret; null where the algorithm says it all. */
  readonly size: number | null;
  readonly private: boolean;
  /** What may be asked for with it, by use type; deprecated ones last. */
  readonly algorithms: { readonly SIGNATURE: readonly string[]; readonly ENCRYPTION: readonly string[] };
}

/** @param restriction what the key's own encoding permits beside its type */
export function keyFacts(jwk: PrivateJwk, restriction?: KeyRestriction): KeyFacts {
  const fitting = (useType: 'SIGNATURE' | 'ENCRYPTION') =>
    algorithmsFitting(jwk, useType)
      .filter((name) => restriction === undefined || permits(restriction, name))
      .toSorted((a, b) => Number(isDeprecated(a)) - Number(isDeprecated(b)));
  return {
    type: keyTypeInfo(jwk.kty).name,
    ...keySize(jwk),
    private: hasPrivatePart(jwk),
    algorithms: { SIGNATURE: fitting('SIGNATURE'), ENCRYPTION: fitting('ENCRYPTION') },
  };
}

/** The curve of a key, and its bits as `KeyFacts` counts them. */
export function keySize(jwk: PrivateJwk | PublicJwk): Pick<KeyFacts, 'curve' | 'size'> {
  const { curves, sizeOf } = keyTypeInfo(jwk.kty);
  const curve = 'crv' in jwk ? jwk.crv : null;
  return { curve, size: (curve === null ? sizeOf?.(jwk) : curves?.table.get(curve)?.bits) ?? null };
}

/** RFC 4055 §1.2: such a key signs with PSS alone, and with parameters with one hash of it. */
function permits(restriction: KeyRestriction, algorithm: string): boolean {
  return restriction === 'RSA-PSS' ? algorithm.startsWith('PS') : algorithm === restriction;
}
