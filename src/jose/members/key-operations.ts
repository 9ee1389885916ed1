// key_ops (RFC 7517 §4.3): which operations there are, whose half does them and which key type can.

import { badRequest } from '../../errors.ts';
import type { PrivateJwk } from '../jwk.ts';
import { hasPrivatePart, keyTypeInfo, type OperationFamily } from '../key-types.ts';
import { shown } from '../shown.ts';
import type { UseType } from '../use-type.ts';

interface OperationRow {
  readonly useType: UseType;
  readonly family: OperationFamily;
  /** What the public half does when the private half does this; undefined when it does nothing. */
  readonly publicTwin: string | undefined;
  readonly needsPrivatePart: boolean;
}

/** @param twins what this half does, and what the public half does then, if anything */
function row(
  useType: UseType,
  family: OperationFamily,
  [own, publicTwin]: readonly [string, string?],
): [string, OperationRow] {
  const needsPrivatePart = publicTwin !== undefined && publicTwin !== own;
  return [own, Object.freeze({ useType, family, publicTwin, needsPrivatePart })];
}

const operations: ReadonlyMap<string, OperationRow> = new Map([
  row('SIGNATURE', 'signing', ['sign', 'verify']),
  row('SIGNATURE', 'signing', ['verify', 'verify']),
  row('ENCRYPTION', 'encrypting', ['encrypt', 'encrypt']),
  row('ENCRYPTION', 'encrypting', ['decrypt', 'encrypt']),
  row('ENCRYPTION', 'encrypting', ['wrapKey', 'wrapKey']),
  row('ENCRYPTION', 'encrypting', ['unwrapKey', 'wrapKey']),
  row('ENCRYPTION', 'deriving', ['deriveKey']),
  row('ENCRYPTION', 'deriving', ['deriveBits']),
]);

export function isKeyOperation(name: string): boolean {
  return operations.has(name);
}

/** What is left of `key_ops` for the public half. */
export function publicOperations(keyOps: readonly string[]): string[] {
  const twins = new Set<string>();
  for (const operation of keyOps) {
    const twin = operations.get(operation)?.publicTwin;
    if (twin !== undefined) twins.add(twin);
  }
  return [...twins];
}

/**
 * RFC 7517 §4.3: each value once, and only operations that this key can do for one purpose.
 * Signing beside encrypting is refused; WebCrypto writes encrypt beside wrapKey, so those may stand together.
 * @returns the use type that key_ops implies, undefined when it is absent or empty
 */
export function checkKeyOperations(jwk: PrivateJwk): UseType | undefined {
  let implied: UseType | undefined;
  const seen = new Set<string>();
  for (const operation of jwk.key_ops ?? []) {
    const known = operations.get(operation);
    if (known === undefined) {
      throw badRequest(
        `key_ops value (${shown(operation)}) is not valid! Valid values: ${[...operations.keys()].join(', ')}`,
        { reason: 'KEY_INCONSISTENT' },
      );
    }
    if (seen.has(operation))
      throw badRequest(`key_ops names ${operation} twice (RFC 7517 §4.3)`, { reason: 'KEY_INCONSISTENT' });
    seen.add(operation);
    const keyType = keyTypeInfo(jwk.kty);
    if (!keyType.operations.includes(known.family)) {
      throw badRequest(`key_ops contradicts the key: ${keyType.name} keys can not ${operation}`, {
        reason: 'KEY_INCONSISTENT',
      });
    }
    if (known.needsPrivatePart && !hasPrivatePart(jwk)) {
      throw badRequest(
        `key_ops contradicts the key: ${operation} needs the private key, and this one is public`,
        { reason: 'KEY_INCONSISTENT' },
      );
    }
    if (implied !== undefined && implied !== known.useType) {
      throw badRequest('key_ops contradicts itself: one key may not both sign and encrypt (RFC 7517 §4.3)', {
        reason: 'KEY_INCONSISTENT',
      });
    }
    implied = known.useType;
  }
  return implied;
}
