// The events of a ring: a member that came to be in another state, and a ring that cannot move on.

import type { EventFacts } from '../events/event.ts';
import type { EventStores } from '../events/event-store.ts';
import type { EventType } from '../events/event-types.ts';
import { recordEvent } from '../events/record-event.ts';
import type { MemberState } from '../jwks/ring-member.ts';
import type { KeyRing } from './ring.ts';
import type { MemberJwk, RingExamination } from './ring-store.ts';

/** RETIRING has none: it begins with the activation of another member. */
const transitionTypes: Readonly<Record<MemberState, EventType | undefined>> = Object.freeze({
  REVOKED: 'keyring.revoked',
  RETIRED: 'keyring.retired',
  RETIRING: undefined,
  ACTIVE: 'keyring.activated',
  NEXT: 'keyring.ready',
  STAGED: 'keyring.staged',
});
/** In one transaction: what ends comes before what takes its place, and that before what is next. */
const order = Object.keys(transitionTypes);

interface Transitions {
  readonly ring: KeyRing;
  /** Members that came to be in another state. */
  readonly moved: readonly MemberJwk[];
  readonly now: Date;
}

/** In the transaction that stores them. */
export async function recordTransitions(
  stores: EventStores,
  { ring, moved: members, now: at }: Transitions,
): Promise<void> {
  const moved = members.toSorted((a, b) => order.indexOf(a.member.state) - order.indexOf(b.member.state));
  for (const jwk of moved) {
    const type = transitionTypes[jwk.member.state];
    if (type === undefined) continue;
    await recordEvent(stores, { ...ofRing(ring), type, kid: jwk.kid, facts: factsOf(jwk), at });
  }
}

function factsOf({ name, member }: MemberJwk): EventFacts {
  const { version, state, readyAt, revokedReason } = member;
  return {
    jwkName: name,
    version,
    ...(state === 'NEXT' && { readyAt: readyAt?.toISOString() ?? null }),
    ...(state === 'REVOKED' && { reason: revokedReason }),
  };
}

/** Once each time that it begins, in the transaction that stores what was found. */
export async function recordExamination(
  stores: EventStores,
  ring: KeyRing,
  change: {
    readonly before: Pick<RingExamination, 'state' | 'lateSince'> | undefined;
    readonly found: Pick<RingExamination, 'state' | 'lateSince'>;
    readonly at: Date;
  },
): Promise<void> {
  const { before, found, at } = change;
  if (found.state === 'BLOCKED' && before?.state !== 'BLOCKED') {
    await recordEvent(stores, { ...ofRing(ring), type: 'keyring.blocked', at });
  }
  if (found.lateSince !== null && !before?.lateSince) {
    const facts = { lateSince: found.lateSince.toISOString() };
    await recordEvent(stores, { ...ofRing(ring), type: 'keyring.late', facts, at });
  }
}

function ofRing({ projectId, name }: KeyRing) {
  return { projectId, objectType: 'key-ring', objectName: name } as const;
}
