import { durationInHours } from '../../iso-duration.ts';
import { keyTypeMember } from '../../jose/key-type-name.ts';
import type { RevocationClock } from '../../rings/revocation-clock.ts';
import type { RingView } from '../../rings/ring-reader.ts';
import type { MemberJwk } from '../../rings/ring-store.ts';
import type { Waiting } from '../../rings/schedule/ring-facts.ts';
import type { TimelineRow } from '../../rings/schedule/timeline.ts';
import { instantOrNull, instantText } from '../responses/response-schemas.ts';

export function ringView(view: RingView) {
  const { ring, decision, members } = view;
  const { policy } = ring;
  return {
    name: ring.name,
    description: ring.description,
    projectId: ring.projectId,
    type: ring.type,
    use: ring.use,
    [keyTypeMember(ring.type)]: { ...ring.parameters },
    rotationInterval: policy.rotationInterval,
    maxTokenLifetime: policy.maxTokenLifetime,
    verifierCacheTime: policy.verifierCacheTime,
    clockSkew: policy.clockSkew,
    signingLease: policy.signingLease,
    exportable: policy.exportable,
    environmentNames: view.environmentNames && [...view.environmentNames],
    publicationDelay: durationInHours(view.publicationDelayMs),
    state: decision.state,
    heldBecause: ring.heldBecause,
    lateSince: timeOrNull(decision.lateSince),
    nextRotationAt: timeOrNull(decision.nextRotationAt),
    cacheAdvice: cacheAdvice(view),
    waitingFor: decision.waitingFor.map(waitingView),
    members: members.map((jwk) => memberView(jwk, view)),
    createdAt: instantText(ring.createdAt),
    updatedAt: instantText(ring.updatedAt),
  };
}

/** The promise that rotation relies on. */
function cacheAdvice({ copiesMs }: RingView): string | null {
  if (copiesMs === null) return null;
  return `A verifier may use a JWK Set for ${durationInHours(copiesMs)} after it was served, and no longer.`;
}

function memberView({ id, name, kid, algorithm, createdAt, member }: MemberJwk, view: RingView) {
  return {
    version: member.version,
    jwkName: name,
    kid,
    algorithm,
    state: member.state,
    createdAt: instantText(createdAt),
    publishedAt: instantOrNull(member.publishedAt),
    readyAt: instantOrNull(view.readyAt.get(member.version) ?? null),
    activatedAt: instantOrNull(member.activatedAt),
    retireAt: instantOrNull(member.retireAt),
    retiredAt: instantOrNull(member.retiredAt),
    revokedAt: instantOrNull(member.revokedAt),
    revokedReason: member.revokedReason,
    // A key that is revoked again keeps its first revocation.
    revocationId: view.revokedKids.findLast(({ kids }) => kids.includes(kid))?.id ?? null,
    lastUsedAt: instantOrNull(view.lastUsedAt.get(id) ?? null),
  };
}

/** How far a rotation is: the response to a request about it. */
export function rotationView({ ring, decision, members }: RingView) {
  const active = members.find(({ member }) => member.state === 'ACTIVE');
  const isRequested = ring.rotateRequestedAt !== null || ring.requestedActivation !== null;
  return {
    state: decision.state,
    activatesAt: isRequested
      ? timeOrNull(decision.activatesAt)
      : instantOrNull(active?.member.activatedAt ?? null),
    waitingFor: decision.waitingFor.map(waitingView),
  };
}

export function revocationView(clock: RevocationClock) {
  const { revocation, safeNodes, pendingNodes, nodesSafeAt, verifiersSafeAt } = clock;
  return {
    revocationId: revocation.id,
    revokedAt: instantText(revocation.revokedAt),
    kids: [...revocation.kids],
    reason: revocation.reason,
    comment: revocation.comment,
    ...(revocation.activatedBeforeReady && { activatedBeforeReady: true as const }),
    safeNodes: safeNodes.map((node) => ({ ...node })),
    pendingNodes: pendingNodes.map(
      ({ environmentName, nodeName, outletName, lastSeenAt, signsUntil, publishesUntil }) => ({
        environmentName,
        nodeName,
        ...(outletName !== undefined && { outletName }),
        lastSeenAt: instantOrNull(lastSeenAt),
        signsUntil: instantOrNull(signsUntil),
        publishesUntil: instantOrNull(publishesUntil),
      }),
    ),
    nodesSafeAt: instantOrNull(nodesSafeAt),
    verifiersSafeAt: instantOrNull(verifiersSafeAt),
  };
}

export function timelineView({ at, ...row }: TimelineRow) {
  return { ...row, at: instantText(new Date(at)) };
}

function waitingView({ lastSeenAt, ...waiting }: Waiting) {
  return { ...waiting, lastSeenAt: timeOrNull(lastSeenAt) };
}

function timeOrNull(time: number | null): string | null {
  return time === null ? null : instantText(new Date(time));
}
