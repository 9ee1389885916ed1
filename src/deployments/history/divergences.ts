import { auditEvent } from '../../audit/audit-event.ts';
import type { AuditLog, AuditStore } from '../../audit/audit-log.ts';
import type { EnvironmentStores } from '../../environments/environment-store.ts';
import { type NodeEventStores, recordNodeEvent } from '../../environments/record-node-event.ts';
import type { UnitOfWork } from '../../unit-of-work.ts';

/** What a divergence does to key rings. */
interface HeldRings {
  readonly rings: { holdAll(cause: 'RESTORED'): Promise<number> };
}

export type DivergenceStores = EnvironmentStores &
  NodeEventStores &
  HeldRings & { readonly audit: AuditStore };

export interface DivergingNode {
  readonly nodeId: string;
  readonly environment: { readonly id: string; readonly name: string };
  readonly name: string;
  /** What the node has. */
  readonly revision: number;
  /** What the database has. */
  readonly managerRevision: number;
}

/** The record of nodes whose history is not that of the database. Kept until a node confirms something again. */
export interface Divergences {
  /** Records the divergence once, however often the node connects. @returns whether it was not recorded before */
  record(node: DivergingNode): Promise<boolean>;
  /** The node agrees with this manager again: removes the record. */
  resolve(environmentId: string, nodeName: string): Promise<void>;
}

export function createDivergences(options: {
  readonly store: UnitOfWork<DivergenceStores>;
  readonly audit: AuditLog;
  readonly clock: () => Date;
}): Divergences {
  const { store, audit, clock } = options;
  return {
    async record({ nodeId, environment, name, revision, managerRevision }) {
      const find = (stores: EnvironmentStores) => stores.nodes.find(environment.id, name);
      if ((await store.read(find))?.divergedRevision === revision) return false;
      return store.write(async (stores) => {
        const node = await find(stores);
        if (node?.id !== nodeId || node.divergedRevision === revision) return false;
        await stores.nodes.markDiverged(nodeId, { revision, since: clock() });
        // The database was set back: what it knows of rings may be from before keys were used or revoked.
        const keyRingsHeld = revision > managerRevision ? await stores.rings.holdAll('RESTORED') : 0;
        const event = auditEvent({
          actor: 'system',
          action: 'node.diverged',
          objectType: 'node',
          objectId: nodeId,
          objectName: name,
          outcome: 'FAILURE',
          details: { environment: environment.name, nodeRevision: revision, managerRevision, keyRingsHeld },
        });
        await audit.append(stores, event);
        await recordNodeEvent(stores, {
          type: 'node.diverged',
          environmentId: environment.id,
          nodeName: name,
          facts: { nodeRevision: revision, managerRevision },
          at: clock(),
        });
        return true;
      });
    },
    async resolve(environmentId, nodeName) {
      const find = (stores: EnvironmentStores) => stores.nodes.find(environmentId, nodeName);
      if ((await store.read(find))?.divergedRevision === undefined) return;
      await store.write(async (stores) => {
        const node = await find(stores);
        if (node) await stores.nodes.markDiverged(node.id, undefined);
      });
    },
  };
}
