import type { Signer } from '../../operations/sign-jws.ts';
import type { CallingApplication } from './callers/calling-application.ts';
import { requireLease } from './leased.ts';
import type { OperationContext } from './operation-call.ts';
import type { OperationIndex } from './operation-index.ts';
import type { ActiveSigner, OperationTarget } from './operation-target.ts';

export interface SigningCall {
  readonly application: CallingApplication;
  readonly target: OperationTarget;
  /** Of the target when the request arrived. */
  readonly signer: Signer;
}

/**
 * Signs with the signer that the target has when the turn of the request comes: while it waited, its key may have been replaced or
 * revoked.
 * @throws KeyplaneError where nothing signs then
 */
export function signInTurn<T>(
  context: OperationContext & { readonly index: Pick<OperationIndex, 'current'> },
  { application, target, signer }: SigningCall,
  sign: (active: ActiveSigner) => T | Promise<T>,
): T | Promise<T> {
  const { inTurn, index, now } = context;
  return inTurn(signer.key.algorithm, application, () => {
    const current = index.current(target, application);
    const active = current.signer(now());
    requireLease(context, current);
    return sign(active);
  });
}
