import type { ProjectScope } from '../access/caller.ts';
import type { AuditLog, AuditStore } from '../audit/audit-log.ts';
import type { DesiredStateStores } from '../deployments/desired-state-store.ts';
import { type DeploymentTarget, mergeTargets } from '../deployments/put-desired-state.ts';
import type { EnvironmentStores } from '../environments/environment-store.ts';
import { laterThan } from '../materials/optimistic-update.ts';
import { nameSelections, type SelectedKeyStores } from './selection.ts';
import type { Selection, View } from './view.ts';
import { putDesiredView } from './view-deployment.ts';
import { viewEvent } from './view-event.ts';
import type { ViewStores } from './view-store.ts';

export type MovedViewStores = ViewStores &
  SelectedKeyStores &
  EnvironmentStores &
  DesiredStateStores & { readonly audit: AuditStore };

/**
 * In the transaction that makes a JWK the first key of a ring, after both were written: views that name the JWK name the
 * ring, so that its successors are in the same sets.
 */
export async function moveViewsToRing(
  stores: MovedViewStores,
  scope: Pick<ProjectScope, 'projectId' | 'projectName' | 'actor'>,
  {
    jwkId,
    keyRingId,
    now,
    audit,
  }: { readonly jwkId: string; readonly keyRingId: string; readonly now: Date; readonly audit: AuditLog },
): Promise<readonly DeploymentTarget[]> {
  const targets: DeploymentTarget[] = [];
  for (const before of await stores.views.naming(scope.projectId, jwkId)) {
    // One that was altered outside keyplane cannot be written, and is not deployed.
    if (before.altered) continue;
    const view: View = {
      ...before,
      include: moved(before.include, jwkId, keyRingId),
      exclude: moved(before.exclude, jwkId, keyRingId),
      updatedAt: laterThan(before.updatedAt, now),
    };
    await stores.views.update(view);
    targets.push(...(await putDesiredView(stores, scope, view)));
    const names = (await nameSelections(stores, [view])).get(view.id) ?? { include: null, exclude: null };
    await audit.append(stores, viewEvent('update', scope, view, names));
  }
  return mergeTargets(targets);
}

function moved(selection: Selection | null, jwkId: string, keyRingId: string): Selection | null {
  if (selection?.jwkIds?.includes(jwkId) !== true) return selection;
  const { jwkIds: before, keyRingIds = [], ...rest } = selection;
  const jwkIds = before.filter((id) => id !== jwkId);
  return { ...rest, keyRingIds: [...keyRingIds, keyRingId], ...(jwkIds.length > 0 && { jwkIds }) };
}
