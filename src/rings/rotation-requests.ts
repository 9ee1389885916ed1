// What users ask of a rotation: rotate, activate a key by its kid, hold, resume. Each is stored, and then carried out as
// far as the gates let it.

import type { ProjectScope } from '../access/caller.ts';
import { readForce } from '../access/force.ts';
import type { AuditEvent } from '../audit/audit-log.ts';
import type { ChangeResult } from '../deployments/deployment-result.ts';
import { badRequest } from '../errors.ts';
import { shownText } from '../names.ts';
import type { KeyRing } from './ring.ts';
import { ofMember, type RingVerb, ringEvent } from './ring-event.ts';
import { type LoadedRing, loadRing } from './ring-facts-of.ts';
import { type RingRuleStores, requireRing } from './ring-rules.ts';
import type { MemberJwk } from './ring-store.ts';
import { requireActivatable, requireRotatable } from './schedule/refusals.ts';
import { type SettleOptions, settle } from './settle-ring.ts';

export interface ActivationRequest {
  readonly kid?: string | undefined;
  readonly force?: boolean | undefined;
  readonly reason?: string | undefined;
}

type Request = (scope: ProjectScope, name: string) => Promise<ChangeResult>;

export interface RotationRequests {
  /** The next member becomes ACTIVE as soon as it is ready. */
  readonly rotate: Request;
  readonly activate: (scope: ProjectScope, name: string, request: ActivationRequest) => Promise<ChangeResult>;
  readonly hold: Request;
  readonly resume: Request;
}

/** What a request makes of the ring; undefined: it is so already. */
interface RingChange {
  readonly change: Partial<KeyRing>;
  readonly verb: RingVerb;
  readonly details?: AuditEvent['details'];
}

export function rotationRequests(options: SettleOptions): RotationRequests {
  const request = async (
    scope: ProjectScope,
    given: string,
    changeOf: (loaded: LoadedRing) => RingChange | undefined,
  ) => {
    await options.deployments.recordConfirmations();
    const ringId = await options.store.write(async (stores) => {
      const loaded = await loadRing(stores, await requireRing(stores, scope.projectId, given));
      const asked = changeOf(loaded);
      if (asked) await store(stores, options, { scope, loaded, asked });
      await scope.once?.save(stores, { targets: [], verb: 'deploy' });
      return loaded.ring.id;
    });
    return settle(options, { ringId, targets: [] });
  };
  return {
    rotate: (scope, name) =>
      request(scope, name, ({ ring, facts, now }) => {
        requireRotatable(facts);
        if (ring.rotateRequestedAt !== null) return undefined;
        return { verb: 'rotate', change: { rotateRequestedAt: now } };
      }),

    activate: (scope, name, { kid, ...given }) => {
      const { force, reason } = readForce(given);
      return request(scope, name, ({ ring, facts, members }) => {
        const jwk = requireMember(ring, members, kid);
        const { version } = jwk.member;
        const member = facts.members.find((one) => one.version === version);
        if (member) requireActivatable(facts, member, force);
        if (jwk.member.state === 'ACTIVE') return undefined;
        const { actor } = scope;
        return {
          verb: 'request-activation',
          change: { requestedActivation: { version, force, reason, actor } },
          details: { ...ofMember(jwk), force, reason },
        };
      });
    },

    hold: (scope, name) =>
      request(scope, name, ({ ring }) => {
        if (ring.heldBecause !== null) return undefined;
        return { verb: 'hold', change: { heldBecause: 'REQUESTED' } };
      }),

    resume: (scope, name) =>
      request(scope, name, ({ ring, now }) => {
        if (ring.heldBecause === null) return undefined;
        const details = { heldBecause: ring.heldBecause };
        return { verb: 'resume', change: { heldBecause: null, resumedAt: now }, details };
      }),
  };
}

interface Asked {
  readonly scope: ProjectScope;
  readonly loaded: LoadedRing;
  readonly asked: RingChange;
}

async function store(
  stores: RingRuleStores,
  { audit }: SettleOptions,
  { scope, loaded: { ring, now }, asked: { change, verb, details } }: Asked,
): Promise<void> {
  await stores.rings.update({ ...ring, ...change, examineAt: now, updatedAt: now });
  await audit.append(stores, ringEvent(verb, scope, ring, details));
}

/** @throws KeyplaneError `bad_request` */
export function requireMember(
  ring: Pick<KeyRing, 'name'>,
  members: readonly MemberJwk[],
  kid: string | undefined,
): MemberJwk {
  if (kid === undefined || kid === '') {
    throw badRequest('kid is required!', { reason: 'FIELD_REQUIRED', member: 'kid' });
  }
  const jwk = members.find((one) => one.kid === kid);
  if (jwk) return jwk;
  throw badRequest(`Key (kid: ${shownText(kid)}) is not found in key ring (name: ${ring.name})!`, {
    reason: 'NOT_FOUND',
    member: 'kid',
  });
}
