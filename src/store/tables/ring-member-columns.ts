// What a JWK is in its ring, as columns of its row.

import type { RingMember } from '../../jwks/ring-member.ts';
import type { JwkRow } from '../database-schema.ts';
import { dateOrNull, timeOrNull } from './column-values.ts';

type MemberColumns = Pick<JwkRow, 'ring_id' | 'ring_version' | 'ring_state' | 'ring_member'>;

const outside: MemberColumns = Object.freeze({
  ring_id: null,
  ring_version: null,
  ring_state: null,
  ring_member: null,
});

/** What has no column; times are milliseconds since 1970. */
interface Kept {
  readonly revisions: RingMember['revisions'];
  /** Absent: empty. */
  readonly joinedAt?: RingMember['joinedAt'];
  readonly publishedAt: number | null;
  readonly readyAt: number | null;
  readonly activatedAt: number | null;
  readonly retireAt: number | null;
  readonly retiredAt: number | null;
  readonly revokedAt: number | null;
  readonly revokedReason: RingMember['revokedReason'];
  readonly confirmedAt: number | null;
  readonly sentRetireAt: number | null;
  readonly pendingNodeIds: readonly string[];
  readonly hasSigned: boolean;
  readonly erasedAt: number | null;
  readonly generation: string | null;
}

export function memberColumns(member: RingMember | undefined): MemberColumns {
  if (member === undefined) return outside;
  const kept: Kept = {
    revisions: member.revisions,
    ...(Object.keys(member.joinedAt).length > 0 && { joinedAt: member.joinedAt }),
    publishedAt: timeOrNull(member.publishedAt),
    readyAt: timeOrNull(member.readyAt),
    activatedAt: timeOrNull(member.activatedAt),
    retireAt: timeOrNull(member.retireAt),
    retiredAt: timeOrNull(member.retiredAt),
    revokedAt: timeOrNull(member.revokedAt),
    revokedReason: member.revokedReason,
    confirmedAt: timeOrNull(member.confirmedAt),
    sentRetireAt: timeOrNull(member.sentRetireAt),
    pendingNodeIds: member.pendingNodeIds,
    hasSigned: member.hasSigned,
    erasedAt: timeOrNull(member.erasedAt),
    generation: member.generation,
  };
  return {
    ring_id: member.ringId,
    ring_version: member.version,
    ring_state: member.state,
    ring_member: JSON.stringify(kept),
  };
}

/** Of a row that is in a ring. */
export function memberOf(row: MemberColumns): RingMember {
  const kept = JSON.parse(row.ring_member ?? '{}') as Kept;
  return {
    ringId: row.ring_id ?? '',
    version: row.ring_version ?? 0,
    state: row.ring_state ?? 'RETIRED',
    revisions: kept.revisions,
    joinedAt: kept.joinedAt ?? {},
    publishedAt: dateOrNull(kept.publishedAt),
    readyAt: dateOrNull(kept.readyAt),
    activatedAt: dateOrNull(kept.activatedAt),
    retireAt: dateOrNull(kept.retireAt),
    retiredAt: dateOrNull(kept.retiredAt),
    revokedAt: dateOrNull(kept.revokedAt),
    revokedReason: kept.revokedReason,
    confirmedAt: dateOrNull(kept.confirmedAt),
    sentRetireAt: dateOrNull(kept.sentRetireAt),
    pendingNodeIds: kept.pendingNodeIds,
    hasSigned: kept.hasSigned,
    erasedAt: dateOrNull(kept.erasedAt),
    generation: kept.generation,
  };
}
