import { KeyplaneError } from '../../errors.ts';
import { encryptJwe, type JweToEncrypt } from '../../operations/encryption/encrypt-jwe.ts';
import { countsGcmUse } from '../../operations/encryption/gcm-uses.ts';
import type { CallingApplication } from './callers/calling-application.ts';
import type { GcmUses } from './gcm-uses.ts';
import type { OperationContext } from './operation-call.ts';
import type { OperationTarget } from './operation-target.ts';
import { secureRandomness } from './secure-randomness.ts';

export interface EncryptionCall {
  readonly application: CallingApplication;
  readonly target: OperationTarget;
  /** Of the target. */
  readonly encryption: ReturnType<OperationTarget['encryption']>;
}

/**
 * Encrypts when the turn of the request comes, and counts the use of a secret key that AES-GCM bounds.
 * @throws KeyplaneError where such a key is used up
 */
export async function encryptInTurn(
  { inTurn, gcmUses }: Pick<OperationContext, 'inTurn'> & { readonly gcmUses: GcmUses },
  { application, target, encryption: { jwkId, secretId, key } }: EncryptionCall,
  request: JweToEncrypt,
): Promise<Awaited<ReturnType<typeof encryptJwe>>> {
  if (secretId !== undefined && countsGcmUse(key, request.enc)) {
    if (!(await gcmUses.take({ jwkId, secretId }, 1))) throw usedUp(target);
  }
  return inTurn(key, application, () => encryptJwe(key, request, secureRandomness));
}

function usedUp({ title }: OperationTarget): KeyplaneError {
  return new KeyplaneError(
    'bad_request',
    `${title} has encrypted as often at this node as AES-GCM allows (NIST SP 800-38D §8.3)! Replace the key.`,
    { reason: 'KEY_USED_UP' },
  );
}
