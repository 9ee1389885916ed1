import type { ProjectScope } from '../access/caller.ts';
import { readForce } from '../access/force.ts';
import type { ApplicationStores } from '../applications/application-store.ts';
import { withdrawGrants } from '../applications/move-grants.ts';
import { requireUntrusted } from '../applications/trusted-jwks.ts';
import type { DeploymentResult } from '../deployments/deployment-result.ts';
import { mergeTargets, putDesiredState } from '../deployments/put-desired-state.ts';
import { badRequest } from '../errors.ts';
import { lookupName, requireNoMember, shownText } from '../names.ts';
import { requireNoOutlet } from '../outlets/outlet-uses.ts';
import { requireNoTokenProfile } from '../token-profiles/profile-uses.ts';
import { requireNoView } from '../views/view-uses.ts';
import type { JwkRuleOptions } from './insert-jwk.ts';
import { jwkEvent, recordJwkEvent } from './jwk-event.ts';
import type { StoredJwk } from './jwk-store.ts';

export type DeleteJwk = (
  scope: ProjectScope,
  name: string,
  given: { readonly force?: boolean | undefined; readonly reason?: string | undefined },
) => Promise<DeploymentResult>;

/** Who used it this recently may do so again. */
const recentMs = 7 * 24 * 3600 * 1000;

/**
 * Deletes a JWK: removed from desired state, deleted and audited in one transaction, then removed from the nodes. A
 * node that is offline gets the tombstone when it reconnects.
 */
export function jwkDeletion(options: JwkRuleOptions): DeleteJwk {
  return async (scope, given, forced) => {
    const force = readForce(forced);
    const { projectId, once } = scope;
    const name = lookupName(given);
    const targets = await options.store.write(async (stores) => {
      const stored = await stores.jwks.find(projectId, name);
      if (!stored) throw badRequest(`JWK (name: ${shownText(given)}) is not found!`, { reason: 'NOT_FOUND' });
      await requireNoMember(stores, stored);
      await requireNoTokenProfile(stores, stored.id, `JWK (name: ${stored.name})`);
      await requireNoView(stores, stored, `JWK (name: ${stored.name})`);
      await requireNoOutlet(stores, stored.id, `JWK (name: ${stored.name})`);
      await requireUntrusted(stores, projectId, stored);
      if (!force.force) await requireUnused(stores, stored, options.clock());
      const { id: objectId, sourceType, kid } = stored;
      const environmentIds = await stores.desired.environmentsOf('jwk', objectId);
      const desired = await putDesiredState(
        stores,
        environmentIds.map((environmentId) => {
          return { environmentId, kind: 'jwk' as const, objectId, projectId, digest: null };
        }),
      );
      const withdrawn = await withdrawGrants(stores, scope, {
        objectId,
        onUnreadable: options.onUnreadable,
      });
      await stores.jwks.delete(objectId);
      await options.audit.append(
        stores,
        jwkEvent('delete', scope, stored, { sourceType, kid, ...(force.force && { ...force }) }),
      );
      await recordJwkEvent(stores, 'jwk.deleted', stored, { at: options.clock(), facts: { sourceType } });
      const targets = mergeTargets([...desired, ...withdrawn]);
      await once?.save(stores, { targets, verb: 'undeploy' });
      return targets;
    });
    return options.deployments.deploy(targets, 'undeploy');
  };
}

/** @throws KeyplaneError `bad_request` that says by whom and when it was used */
async function requireUnused(
  { applications }: ApplicationStores,
  { id, name }: StoredJwk,
  now: Date,
): Promise<void> {
  const latest = await applications.latestUse(id);
  if (latest === undefined || latest.lastUsedAt.getTime() < now.getTime() - recentMs) return;
  const by =
    latest.applicationName === null
      ? 'an application that was deleted'
      : `application (name: ${latest.applicationName})`;
  throw badRequest(
    `JWK (name: ${name}) was used by ${by} at ${latest.lastUsedAt.toISOString().replace('.000Z', 'Z')}! Give force and a reason to delete it all the same.`,
    { reason: 'STILL_NEEDED', member: 'force' },
  );
}
