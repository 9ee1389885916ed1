// Which key rings a node can sign with now, for probes and for applications that wait until they can.

import { isKeyplaneError } from '../../errors.ts';
import type { SigningLease } from '../lease/signing-lease.ts';
import type { CallingApplication } from './callers/calling-application.ts';
import { grantedBy } from './node-operation.ts';
import type { OperationIndex } from './operation-index.ts';
import type { OperationTarget } from './operation-target.ts';

export interface ReadinessSources {
  readonly index: Pick<OperationIndex, 'signingRings'>;
  readonly lease: Pick<SigningLease, 'refusal'>;
  /** The manager's time, milliseconds since 1970. */
  readonly now: () => number;
}

export interface RingReadiness {
  readonly keyRingName: string;
  readonly signs: boolean;
  /** The reason of the error that a request to sign gets; null where it signs. */
  readonly reason: string | null;
}

export interface RingCounts {
  readonly signing: number;
  readonly notSigning: number;
}

/** Of all rings that an application may use. */
export function countRings({ index, lease, now }: ReadinessSources): RingCounts {
  const at = now();
  let signing = 0;
  let notSigning = 0;
  for (const { target } of index.signingRings()) {
    if (whyNot(target, { lease, at }) === null) signing += 1;
    else notSigning += 1;
  }
  return { signing, notSigning };
}

/** Of the rings that this application may sign with. */
export function ringsOf(
  { index, lease, now }: ReadinessSources,
  { project, grants }: CallingApplication,
): readonly RingReadiness[] {
  const at = now();
  const rings: RingReadiness[] = [];
  for (const { project: ofRing, name, target } of index.signingRings()) {
    const granted = ofRing === project ? grants.get(target.id)?.operations : undefined;
    const route = { kind: 'key-rings', operation: 'SIGN' } as const;
    if (granted === undefined || grantedBy(granted, route) === undefined) continue;
    const reason = whyNot(target, { lease, at });
    rings.push({ keyRingName: name, signs: reason === null, reason });
  }
  return rings;
}

function whyNot(
  target: OperationTarget,
  { lease, at }: { readonly lease: Pick<SigningLease, 'refusal'>; readonly at: number },
): string | null {
  try {
    target.signer(at);
  } catch (error) {
    if (isKeyplaneError(error)) return error.reason;
    throw error;
  }
  return lease.refusal(target.lease)?.reason ?? null;
}
