// Delete key ring, with its members. Refused while a token that a member signed may still have to be verified.

import type { ProjectScope } from '../access/caller.ts';
import { type Force, readForce } from '../access/force.ts';
import { withdrawGrants } from '../applications/move-grants.ts';
import type { DeploymentResult } from '../deployments/deployment-result.ts';
import { mergeTargets } from '../deployments/put-desired-state.ts';
import { badRequest } from '../errors.ts';
import { jwkEvent } from '../jwks/jwk-event.ts';
import { requireNoOutlet } from '../outlets/outlet-uses.ts';
import { requireNoTokenProfile } from '../token-profiles/profile-uses.ts';
import { requireNoView } from '../views/view-uses.ts';
import { withdrawRing } from './ring-content.ts';
import { ofMember, ringEvent } from './ring-event.ts';
import { type LoadedRing, loadRing } from './ring-facts-of.ts';
import { requireRing } from './ring-rules.ts';
import { wholeSecondText } from './ring-texts.ts';
import { keyUsersOf, lastSeenAtOf } from './schedule/confirmations.ts';
import { countingLimits, delayOf } from './schedule/formulas.ts';
import type { MemberFacts, RingFacts } from './schedule/ring-facts.ts';
import type { SettleOptions } from './settle-ring.ts';

export type DeleteRing = (
  scope: ProjectScope,
  name: string,
  given: { readonly force?: boolean | undefined; readonly reason?: string | undefined },
) => Promise<DeploymentResult>;

export function ringDeletion({ store, audit, deployments, onUnreadable }: SettleOptions): DeleteRing {
  return async (scope, name, given) => {
    const force = readForce(given);
    const targets = await store.write(async (stores) => {
      const loaded = await loadRing(stores, await requireRing(stores, scope.projectId, name));
      await requireNoTokenProfile(stores, loaded.ring.id, `Key ring (name: ${loaded.ring.name})`);
      await requireNoView(stores, loaded.ring, `Key ring (name: ${loaded.ring.name})`);
      await requireNoOutlet(stores, loaded.ring.id, `Key ring (name: ${loaded.ring.name})`);
      if (!force.force) requireUnneeded(loaded);
      const withdrawn = await withdrawGrants(stores, scope, { objectId: loaded.ring.id, onUnreadable });
      for (const { id } of loaded.members) await stores.jwks.delete(id);
      await stores.rings.delete(loaded.ring.id);
      const desired = mergeTargets([...(await withdrawRing(stores, loaded)), ...withdrawn]);
      await audit.append(stores, ringEvent('delete', scope, loaded.ring, detailsOf(loaded, force)));
      for (const adopted of loaded.members.filter(({ member }) => member.generation === null)) {
        await audit.append(stores, jwkEvent('delete', scope, adopted, ofMember(adopted)));
      }
      await scope.once?.save(stores, { targets: desired, verb: 'undeploy' });
      return desired;
    });
    return deployments.deploy(targets, 'undeploy');
  };
}

function detailsOf({ members }: LoadedRing, { force, reason }: Force) {
  return { members: members.length, force, reason };
}

/** @throws KeyplaneError `bad_request` */
function requireUnneeded({ ring, facts }: LoadedRing): void {
  const ends = facts.members.map((member) => neededUntil(facts, member)).filter((end) => end !== undefined);
  if (ends.every((end) => end !== null && end <= facts.now)) return;
  const until = ends.includes(null)
    ? ', and nobody knows until when'
    : ` until ${wholeSecondText(Math.max(...ends.filter((end) => end !== null)))}`;
  throw badRequest(
    `Key ring (name: ${ring.name}) may still be needed${until}! Give force and a reason to delete it all the same.`,
    { reason: 'STILL_NEEDED', member: 'force' },
  );
}

/** Until when what it signed is verified, or what it encrypted is decrypted; null: unknown, undefined: it is not needed. */
function neededUntil(facts: RingFacts, member: MemberFacts): number | null | undefined {
  if (member.state === 'RETIRING') return member.retireAt;
  if (member.state !== 'ACTIVE') return undefined;
  const { now, kind, policy } = facts;
  const { leaseMs, lifetimeMs } = countingLimits(facts);
  const users = keyUsersOf(facts).filter(({ outlet }) => outlet === undefined);
  const lastUses = users.map((node) => {
    if (node.connected) return now;
    return leaseMs === null ? null : lastSeenAtOf(node) + leaseMs + policy.clockSkewMs;
  });
  // No node had it, so nothing was signed with it.
  if (lastUses.length === 0) return undefined;
  if (lastUses.includes(null)) return null;
  const lastUse = Math.max(...lastUses.filter((time) => time !== null));
  const cachedMs = kind === 'ENCRYPTION' ? delayOf(facts) : 0;
  return lastUse + cachedMs + lifetimeMs + policy.clockSkewMs;
}
