import { KeyplaneError } from '../../errors.ts';
import type { OperationContext } from './operation-call.ts';
import type { OperationTarget } from './operation-target.ts';

/** Longer than a manager takes to answer a heartbeat. */
const firstContactMs = 2_000;

type Leases = Pick<OperationContext, 'lease' | 'contact'>;

/** A node that just joined has its keys a moment before the manager's reply from which its leases count. */
export function whenLeased({ contact }: Leases, { lease }: OperationTarget): Promise<void> | undefined {
  if (contact.lastSeenAt !== undefined || lease.signingLeaseMs === null) return undefined;
  return contact.whenHeard(firstContactMs);
}

/** @throws KeyplaneError `unavailable` where this node may not sign */
export function requireLease({ lease }: Leases, target: OperationTarget): void {
  const refusal = lease.refusal(target.lease);
  if (refusal === undefined) return;
  throw new KeyplaneError('unavailable', refusal.text, { reason: refusal.reason });
}
