import { type DeploymentResult, latestResults } from '../deployments/deployment-result.ts';
import type { DeploymentTarget } from '../deployments/put-desired-state.ts';
import type { AdvanceRing } from './advance-ring.ts';
import type { RingRuleOptions } from './ring-rules.ts';

export interface SettleOptions extends RingRuleOptions {
  readonly advance: AdvanceRing;
}

export interface ChangedRing {
  readonly ringId: string;
  /** Of the change that was stored. */
  readonly targets: readonly DeploymentTarget[];
}

/**
 * After a change was stored: nodes get it, and then every transition that it makes due. So that with connected nodes the answer to a
 * creation tells of an ACTIVE key.
 * @returns of each environment the result of what was deployed to it last
 */
export async function settle(
  { deployments, advance }: SettleOptions,
  { ringId, targets }: ChangedRing,
): Promise<DeploymentResult> {
  const deployed = targets.length === 0 ? undefined : await deployments.deploy(targets, 'deploy');
  await deployments.recordConfirmations();
  const advanced = await advance(ringId, { waits: true });
  return latestResults(deployed, advanced, 'deploy');
}
