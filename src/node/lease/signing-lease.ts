import { durationInHours } from '../../iso-duration.ts';
import type { DeployedKeyRing } from '../../protocol/content.ts';
import type { ManagerContact } from './manager-contact.ts';

export type LeasedRing = Pick<DeployedKeyRing, 'name' | 'signingLeaseMs'>;

export interface LeaseRefusal {
  readonly reason: 'SIGNING_LEASE_EXPIRED' | 'CLOCK_SKEW';
  readonly text: string;
}

/** With a clock that is off by more, the times in a token would be wrong. */
const mostClockOffsetMs = 5 * 60_000;

/** Whether this node may sign: it heard from a manager within the lease of the ring, and its clock is right. */
export class SigningLease {
  readonly #contact: ManagerContact;

  constructor(contact: ManagerContact) {
    this.#contact = contact;
  }

  /** @returns why it may not, as public text; undefined where it may */
  refusal({ name, signingLeaseMs }: LeasedRing): LeaseRefusal | undefined {
    const contact = this.#contact;
    const offsetMs = Math.abs(contact.time.offsetMs);
    if (offsetMs > mostClockOffsetMs) {
      return clockSkew(`The clock of this node is off by ${roughly(offsetMs)}: it does not sign!`);
    }
    if (signingLeaseMs === null || contact.ageMs < signingLeaseMs) return undefined;
    if (contact.isClockBehind) {
      return clockSkew('The clock of this node was set back: it does not sign until a manager answers!');
    }
    const since = contact.lastSeenAt === undefined ? 'yet' : `for ${durationInHours(signingLeaseMs)}`;
    const text = `This node has not heard from a manager ${since}: it does not sign with key ring (name: ${name})!`;
    return { reason: 'SIGNING_LEASE_EXPIRED', text };
  }

  /** @returns true, or a public text that says why it may not */
  maySign(ring: LeasedRing): true | string {
    return this.refusal(ring)?.text ?? true;
  }

  /** By the manager's time, milliseconds since 1970; null: without end. */
  signsUntil({ signingLeaseMs }: LeasedRing): number | null {
    if (signingLeaseMs === null) return null;
    const { lastSeenAt } = this.#contact;
    return lastSeenAt === undefined ? 0 : lastSeenAt + signingLeaseMs;
  }
}

function clockSkew(text: string): LeaseRefusal {
  return { reason: 'CLOCK_SKEW', text };
}

function roughly(milliseconds: number): string {
  return durationInHours(Math.round(milliseconds / 1000) * 1000);
}
