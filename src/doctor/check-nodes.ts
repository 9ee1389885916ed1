import type { DesiredStateStores } from '../deployments/desired-state-store.ts';
import type { EnvironmentStores, RegisteredNode } from '../environments/environment-store.ts';
import { exactTimeText } from '../runtime/time-text.ts';
import type { Examination, Finding } from './finding.ts';

const restoreAdvice =
  'The database was restored to an older copy without informing the nodes. Stop the managers, run `keyplane restore --announce`, and start them again.';

/**
 * Registered nodes that miss something.
 * @param managerRuns whether a manager runs; without one no node can be connected
 */
export async function checkNodes(
  stores: EnvironmentStores & DesiredStateStores,
  managerRuns: boolean,
): Promise<Examination> {
  const findings: Finding[] = [];
  const diverged = new Map((await stores.nodes.listDiverged()).map((node) => [node.nodeId, node]));
  let nodes = 0;
  for (const { id, name } of await stores.environments.list()) {
    const { revision } = await stores.desired.state(id);
    for (const node of await stores.nodes.list(id)) {
      nodes += 1;
      const label = `Node ${node.name} of environment ${name}`;
      const other = diverged.get(node.id);
      const problem: NodeProblem | undefined = other
        ? {
            severity: 'error',
            summary: 'Nodes with a history that the database does not have',
            problem: `${label} has revision ${other.revision} of another history since ${time(other.since)}, and rejects this one.`,
            advice: restoreAdvice,
          }
        : problemOf(node, { label, revision, managerRuns });
      if (problem) findings.push({ topic: 'nodes', ...problem });
    }
  }
  return { findings, looked: { nodes } };
}

type NodeProblem = Omit<Finding, 'topic'>;

function problemOf(
  node: RegisteredNode,
  { label, revision, managerRuns }: { label: string; revision: number; managerRuns: boolean },
): NodeProblem | undefined {
  const { refusal, appliedRevision, lastSeenAt, connected } = node;
  if (refusal) {
    return {
      severity: 'error',
      summary: 'Nodes that reject a revision',
      problem: `${label} rejected revision ${refusal.revision}: ${refusal.reason}.`,
      advice: 'Check the log of the node. The manager retries with a growing delay.',
    };
  }
  if (appliedRevision > revision) {
    return {
      severity: 'error',
      summary: 'Nodes with a history that the database does not have',
      problem: `${label} has revision ${appliedRevision}, the database only ${revision}.`,
      advice: restoreAdvice,
    };
  }
  if (lastSeenAt === null) {
    return {
      severity: 'warning',
      summary: 'Nodes that never connected',
      problem: `${label} never connected.`,
      advice: 'Start the node, or remove it with `keyplane node forget ENVIRONMENT NAME`.',
    };
  }
  if (managerRuns && !connected) {
    return {
      severity: 'error',
      summary: 'Nodes that are not connected',
      problem: `${label} is not connected; it was last seen at ${time(lastSeenAt)}, with revision ${appliedRevision} of ${revision}.`,
      advice:
        'Check that the node runs and can reach a manager, or remove it with `keyplane node forget ENVIRONMENT NAME`.',
    };
  }
  if (appliedRevision < revision) {
    return {
      severity: 'warning',
      summary: 'Nodes that are behind',
      problem: `${label} has revision ${appliedRevision} of ${revision}.`,
      advice: managerRuns
        ? 'The manager is updating the node. Repeat this check in a minute, then check the log of the node.'
        : 'Start a manager, which updates the node.',
    };
  }
  return undefined;
}

function time(instant: Date): string | null {
  return exactTimeText(instant.toISOString());
}
