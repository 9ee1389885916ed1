import type { DeploymentTarget } from './desire.ts';

/** One target an environment: the latest revision that any of them asks for. */
export function mergeTargets(targets: readonly DeploymentTarget[]): readonly DeploymentTarget[] {
  const latest = new Map<string, number>();
  for (const { environmentId, revision } of targets) {
    latest.set(environmentId, Math.max(revision, latest.get(environmentId) ?? 0));
  }
  return [...latest].map(([environmentId, revision]) => ({ environmentId, revision }));
}
