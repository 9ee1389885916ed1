import type { DeploymentVerb } from '../protocol/content.ts';

/** What happened to a change in each environment, in the shape of the responses of the API. */
export interface DeploymentResult {
  readonly success: boolean;
  readonly message: string;
  readonly environmentResults: readonly EnvironmentResult[];
}

/** What the caller of a change gets: where it arrived, and what was left out of what was given. */
export interface ChangeResult extends DeploymentResult {
  /** Public texts; absent where there is nothing to say. */
  readonly warnings?: readonly string[];
}

export function withWarnings(result: DeploymentResult, warnings: readonly string[] = []): ChangeResult {
  return warnings.length === 0 ? result : { ...result, warnings };
}

export interface EnvironmentResult {
  readonly environmentName: string;
  readonly success: boolean;
  readonly message: string;
}

/** Why a node does not have a change (yet). */
export interface NodeFailure {
  readonly nodeName: string;
  readonly reason: string;
}

const words: Readonly<Record<DeploymentVerb, { operation: string; done: string }>> = Object.freeze({
  deploy: { operation: 'Deployment', done: 'Deployed successfully' },
  undeploy: { operation: 'Undeployment', done: 'Undeployed successfully' },
});

/** `failures` undefined: the environment has no registered node. */
export function environmentResult(
  environmentName: string,
  failures: readonly NodeFailure[] | undefined,
  verb: DeploymentVerb,
): EnvironmentResult {
  if (failures === undefined) {
    return { environmentName, success: false, message: 'No node is registered in this environment' };
  }
  if (failures.length === 0) return { environmentName, success: true, message: words[verb].done };
  const message = failures.map(({ nodeName, reason }) => `Node (${nodeName}): ${reason}`).join('; ');
  return { environmentName, success: false, message };
}

/** Environments in name order, by code point. */
export function deploymentResult(
  results: readonly EnvironmentResult[],
  verb: DeploymentVerb,
): DeploymentResult {
  const environmentResults = [...results].sort((a, b) => (a.environmentName < b.environmentName ? -1 : 1));
  const failed = environmentResults.filter((result) => !result.success).length;
  const { operation } = words[verb];
  const message =
    failed === 0
      ? `${operation} completed successfully`
      : `${operation} failed in ${failed} of ${environmentResults.length} environments`;
  return { success: failed === 0, message, environmentResults };
}

/** Of several deployments one after the other: each environment with the latest result that it has. */
export function latestResults(
  earlier: DeploymentResult | undefined,
  later: DeploymentResult | undefined,
  verb: DeploymentVerb,
): DeploymentResult {
  const results = [...(earlier?.environmentResults ?? []), ...(later?.environmentResults ?? [])];
  const latest = new Map(results.map((result) => [result.environmentName, result]));
  return deploymentResult([...latest.values()], verb);
}
