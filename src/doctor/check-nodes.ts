import type { DesiredStateNouns } from '../deployments/desired-state-store.ts';
import type { EnvironmentNouns, RegisteredNode } from '../environments/environment-store.ts';
import type { Examination, Finding } from './finding.ts';

/**
 * What is registered and does not have what is desired.
 * @param managerRuns whether a manager does; without one no node can be connected
 */
export async function checkNodes(
  nouns: EnvironmentNouns & DesiredStateNouns,
  managerRuns: boolean,
): Promise<Examination> {
  const findings: Finding[] = [];
  const diverged = new Map((await nouns.nodes.listDiverged()).map((node) => [node.nodeId, node]));
  let nodes = 0;
  for (const { id, name } of await nouns.environments.list()) {
    const { revision } = await nouns.desired.state(id);
    for (const node of await nouns.nodes.list(id)) {
      nodes += 1;
      const called = `Node ${node.name} of environment ${name}`;
      const other = diverged.get(node.id);
      const problem = other
        ? {
            problem: `${called} has revision ${other.revision} of another history since ${iso(other.since)}, and refuses this one.`,
            advice:
              'The database was put back to an older copy without telling the nodes. Stop the managers, run `keyplane restore --announce`, and start them again.',
          }
        : problemOf(node, { called, revision, managerRuns });
      if (problem) findings.push({ topic: 'nodes', ...problem });
    }
  }
  return { findings, looked: { nodes } };
}

function problemOf(
  node: RegisteredNode,
  { called, revision, managerRuns }: { called: string; revision: number; managerRuns: boolean },
): Omit<Finding, 'topic'> | undefined {
  const { refusal, appliedRevision, lastSeenAt, connected } = node;
  if (refusal) {
    return {
      problem: `${called} refused revision ${refusal.revision}: ${refusal.reason}.`,
      advice: 'Look into its log; it is tried again, ever more slowly.',
    };
  }
  if (appliedRevision > revision) {
    return {
      problem: `${called} has revision ${appliedRevision}, the database only ${revision}.`,
      advice:
        'The database was put back to an older copy. Stop the managers, run `keyplane restore --announce`, and start them again.',
    };
  }
  if (lastSeenAt === null) {
    return {
      problem: `${called} was never seen.`,
      advice: 'Start it, or forget it with DELETE /apiops/environments/{environmentName}/nodes/{nodeName}/.',
    };
  }
  if (managerRuns && !connected) {
    return {
      problem: `${called} is not connected; it was last seen at ${iso(lastSeenAt)}, with revision ${appliedRevision} of ${revision}.`,
      advice: 'Look whether it runs and reaches a manager, or forget it if it is gone for good.',
    };
  }
  if (appliedRevision < revision) {
    return {
      problem: `${called} has revision ${appliedRevision} of ${revision}.`,
      advice: managerRuns
        ? 'It is being brought up to date; look again in a minute, then into its log.'
        : 'Start a manager: it brings the node up to date.',
    };
  }
  return undefined;
}

function iso(time: Date): string {
  return time.toISOString();
}
