import type { ProjectScope } from '../access/caller.ts';
import type { AuditLog, AuditStore } from '../audit/audit-log.ts';
import type { DesiredStateStores } from '../deployments/desired-state-store.ts';
import { type DeploymentTarget, mergeTargets } from '../deployments/put-desired-state.ts';
import type { EnvironmentStores } from '../environments/environment-store.ts';
import { badRequest } from '../errors.ts';
import { laterThan } from '../materials/optimistic-update.ts';
import type { Sealer } from '../sealing/sealed.ts';
import { traitsOf } from './content/outlet-content.ts';
import { outletKind } from './kinds/kinds.ts';
import type { Outlet } from './outlet.ts';
import { nextGeneration, putDesiredOutlet } from './outlet-deployment.ts';
import { outletEvent } from './outlet-event.ts';
import type { OutletStores } from './outlet-store.ts';

/**
 * In the transaction that makes a JWK the first key of a ring: outlets that deliver the JWK deliver the ring, so that its
 * successors reach the same components, and the ring waits for them.
 * @throws KeyplaneError `bad_request` where an outlet cannot deliver the ring
 */
export async function moveOutletsToRing(
  stores: OutletStores & EnvironmentStores & DesiredStateStores & { readonly audit: AuditStore },
  scope: Pick<ProjectScope, 'projectName' | 'actor'>,
  {
    jwk,
    ring,
    now,
    audit,
    sealer,
  }: {
    readonly jwk: { readonly id: string; readonly name: string };
    readonly ring: { readonly id: string; readonly exportable: boolean };
    readonly now: Date;
    readonly audit: AuditLog;
    readonly sealer: Sealer;
  },
): Promise<readonly DeploymentTarget[]> {
  const targets: DeploymentTarget[] = [];
  for (const before of await stores.outlets.using(jwk.id)) {
    // One that was altered outside keyplane cannot be written, and is not deployed.
    if (before.altered) continue;
    requireMovable(before, jwk.name, ring.exportable);
    const after: Outlet = {
      ...before,
      source: { type: 'KEY_RING', id: ring.id },
      generation: nextGeneration(before),
      updatedAt: laterThan(before.updatedAt, now),
    };
    await stores.outlets.update(after);
    targets.push(...(await putDesiredOutlet(stores, after, { projectName: scope.projectName, sealer })));
    await audit.append(stores, outletEvent('update', scope, after));
  }
  return mergeTargets(targets);
}

function requireMovable({ name, kind, content }: Outlet, jwkName: string, exportable: boolean): void {
  const start = `JWK (name: ${jwkName}) can not be adopted: outlet (name: ${name}) delivers`;
  if (!outletKind(kind).sources(content).includes('KEY_RING')) {
    throw badRequest(`${start} its certificate! Give it another source, or delete it.`, {
      reason: 'STILL_NEEDED',
    });
  }
  if (traitsOf(content).isPrivate && !exportable) {
    throw badRequest(`${start} its private key! Make the key ring exportable, or delete the outlet.`, {
      reason: 'STILL_NEEDED',
      member: 'exportable',
    });
  }
}
