import type { ProjectScope } from '../access/caller.ts';
import { withdrawGrants } from '../applications/move-grants.ts';
import type { DeploymentResult } from '../deployments/deployment-result.ts';
import { mergeTargets, putDesiredState } from '../deployments/put-desired-state.ts';
import { badRequest } from '../errors.ts';
import { lookupName, shownText } from '../names.ts';
import { requireNoTokenProfile } from '../token-profiles/profile-uses.ts';
import type { JwkRuleOptions } from './insert-jwk.ts';
import { jwkEvent } from './jwk-event.ts';
import { requireNoMember } from './ring-membership.ts';

export type DeleteJwk = (scope: ProjectScope, name: string) => Promise<DeploymentResult>;

/**
 * Deletes a JWK: removed from desired state, deleted and audited in one transaction, then removed from the nodes. A
 * node that is offline gets the tombstone when it reconnects.
 */
export function jwkDeletion(options: JwkRuleOptions): DeleteJwk {
  return async (scope, given) => {
    const { projectId, once } = scope;
    const name = lookupName(given);
    const targets = await options.store.write(async (stores) => {
      const stored = await stores.jwks.find(projectId, name);
      if (!stored) throw badRequest(`JWK (name: ${shownText(given)}) is not found!`, { reason: 'NOT_FOUND' });
      await requireNoMember(stores, stored);
      await requireNoTokenProfile(stores, stored.id, `JWK (name: ${stored.name})`);
      const { id: objectId, sourceType, kid } = stored;
      const environmentIds = await stores.desired.environmentsOf('jwk', objectId);
      const desired = await putDesiredState(
        stores,
        environmentIds.map((environmentId) => {
          return { environmentId, kind: 'jwk' as const, objectId, projectId, digest: null };
        }),
      );
      const withdrawn = await withdrawGrants(stores, scope, objectId);
      await stores.jwks.delete(objectId);
      await options.audit.append(stores, jwkEvent('delete', scope, stored, { sourceType, kid }));
      const targets = mergeTargets([...desired, ...withdrawn]);
      await once?.save(stores, { targets, verb: 'undeploy' });
      return targets;
    });
    return options.deployments.deploy(targets, 'undeploy');
  };
}
