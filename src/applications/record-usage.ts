import type { EnvironmentStores } from '../environments/environment-store.ts';
import { grantOperations } from '../protocol/content.ts';
import type { Usage } from '../protocol/messages.ts';
import type { UnitOfWork } from '../unit-of-work.ts';
import { usageOutcomes } from './application.ts';
import type { ApplicationStores } from './application-store.ts';

/** What a node may report: free texts would fill the table. */
function isKnown(operation: string, outcome: string): boolean {
  return (
    grantOperations.some((known) => known === operation) && usageOutcomes.some((known) => known === outcome)
  );
}

/** Adds what a node reports, in one transaction with the number of the report: one that is sent again is not added. */
export function createUsageRecorder(
  store: UnitOfWork<ApplicationStores & EnvironmentStores>,
): (nodeId: string, usage: Usage) => Promise<void> {
  return async (nodeId, { report, uses }) => {
    await store.write(async ({ nodes, applications }) => {
      if (!(await nodes.takeUsageReport(nodeId, report))) return;
      const known = uses.filter(({ operation, outcome }) => isKnown(operation, outcome));
      await applications.addUsage(
        known.map(({ lastUsedAt, ...use }) => ({ ...use, lastUsedAt: new Date(lastUsedAt) })),
      );
    });
  };
}
