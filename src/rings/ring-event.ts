// What the audit log records of rings: what was asked of one, and every change of a member, under the id of its JWK, so
// that the history of the JWK has it.

import { auditEvent } from '../audit/audit-event.ts';
import type { AuditEvent } from '../audit/audit-log.ts';
import type { MemberState } from '../jwks/ring-member.ts';
import type { KeyRing } from './ring.ts';
import type { RingDraft } from './ring-draft.ts';
import type { LoadedRing } from './ring-facts-of.ts';
import type { MemberJwk } from './ring-store.ts';

export type RingVerb =
  | 'create'
  | 'adopt'
  | 'update'
  | 'delete'
  | 'rotate'
  | 'request-activation'
  | 'hold'
  | 'resume';

interface Scope {
  readonly actor: string;
  readonly projectName: string;
}

export function ringEvent(
  verb: RingVerb,
  { actor, projectName }: Scope,
  { id, name }: Pick<KeyRing, 'id' | 'name'>,
  details: AuditEvent['details'] = {},
): AuditEvent {
  return auditEvent({
    actor,
    action: `keyring.${verb}`,
    objectType: 'key-ring',
    objectId: id,
    objectName: name,
    projectName,
    details,
  });
}

/** The action of a record about a member that came to be in a state. */
const transitionActions: Readonly<Record<MemberState, string>> = Object.freeze({
  STAGED: 'keyring.stage',
  NEXT: 'keyring.publish',
  ACTIVE: 'keyring.activate',
  RETIRING: 'keyring.supersede',
  RETIRED: 'keyring.retire',
  REVOKED: 'keyring.revoke',
});

export interface TransitionFacts {
  readonly actor: string;
  readonly cause: string | null;
  /** As it was given for force, or with a revocation. */
  readonly reason?: string | null;
  /** Of the lease, where the scheduler does it. */
  readonly fence: number | null;
}

/** A record for each member that is in another state than it was. */
export function transitionEvents(
  { ring, members, projectName }: Pick<LoadedRing, 'ring' | 'members' | 'projectName'>,
  draft: RingDraft,
  { actor, cause, reason = null, fence }: TransitionFacts,
): readonly AuditEvent[] {
  const before = new Map(members.map((jwk) => [jwk.member.version, jwk.member]));
  return [...draft.changed].flatMap((version) => {
    const jwk = draft.member(version);
    const from = before.get(version);
    const record = (action: string, details: AuditEvent['details']) =>
      auditEvent({
        actor,
        action,
        objectType: 'jwk',
        objectId: jwk.id,
        objectName: jwk.name,
        projectName,
        details: { ring: ring.name, version, kid: jwk.kid, ...details, fence },
      });
    const { state, retireAt, erasedAt } = jwk.member;
    if (from?.state !== state) {
      return record(transitionActions[state], { from: from?.state ?? null, to: state, cause, reason });
    }
    if (from.retireAt?.getTime() !== retireAt?.getTime()) {
      return record('keyring.set-retirement', { retireAt: retireAt?.toISOString() ?? null });
    }
    return from.erasedAt?.getTime() === erasedAt?.getTime() ? [] : record('keyring.erase', {});
  });
}

export function ofMember({ kid, member }: MemberJwk): AuditEvent['details'] {
  return { version: member.version, kid };
}
