import { auditEvent } from '../../audit/audit-event.ts';
import type { AuditLog, AuditStore } from '../../audit/audit-log.ts';
import type { EnvironmentNouns } from '../../environments/environment-store.ts';
import type { UnitOfWork } from '../../unit-of-work.ts';

export type DivergenceNouns = EnvironmentNouns & { readonly audit: AuditStore };

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
  /** Writes it down once, however often the node dials. @returns whether it is news */
  note(node: DivergingNode): Promise<boolean>;
  /** The node is of one mind with this manager. */
  settle(environmentId: string, nodeName: string): Promise<void>;
}

export function createDivergences(options: {
  readonly store: UnitOfWork<DivergenceNouns>;
  readonly audit: AuditLog;
  readonly clock: () => Date;
}): Divergences {
  const { store, audit, clock } = options;
  return {
    async note({ nodeId, environment, name, revision, managerRevision }) {
      const find = (nouns: EnvironmentNouns) => nouns.nodes.find(environment.id, name);
      if ((await store.read(find))?.divergedRevision === revision) return false;
      return store.write(async (nouns) => {
        const node = await find(nouns);
        if (node?.id !== nodeId || node.divergedRevision === revision) return false;
        await nouns.nodes.markDiverged(nodeId, { revision, since: clock() });
        const event = auditEvent({
          actor: 'system',
          action: 'node.diverged',
          objectType: 'node',
          objectId: nodeId,
          objectName: name,
          outcome: 'FAILURE',
          details: { environment: environment.name, nodeRevision: revision, managerRevision },
        });
        await audit.append(nouns, event);
        return true;
      });
    },
    async settle(environmentId, nodeName) {
      const find = (nouns: EnvironmentNouns) => nouns.nodes.find(environmentId, nodeName);
      if ((await store.read(find))?.divergedRevision === undefined) return;
      await store.write(async (nouns) => {
        const node = await find(nouns);
        if (node) await nouns.nodes.markDiverged(node.id, undefined);
      });
    },
  };
}
