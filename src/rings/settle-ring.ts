import { type DeploymentResult, latestResults } from '../deployments/deployment-result.ts';
import type { DeploymentTarget } from '../deployments/put-desired-state.ts';
import { WaitBudget } from '../deployments/wait-budget.ts';
import type { AdvanceRing } from './advance-ring.ts';
import type { RingRuleOptions } from './ring-rules.ts';

export interface SettleOptions extends RingRuleOptions {
  readonly advance: AdvanceRing;
}

export interface ChangedRing {
  readonly ringId: string;
  /** Of the change that was stored. */
  readonly targets: readonly DeploymentTarget[];
  /** Runs once nodes have the change, before they are sent anything else. */
  readonly onDeployed?: () => Promise<void>;
}

/**
 * After a change was stored: nodes get it, and then every transition that it makes due. So that with connected nodes the response to a
 * creation tells of an ACTIVE key. A node that does not confirm is waited for once.
 * @returns of each environment the result of what was deployed to it last
 */
export async function settle(
  { deployments, advance }: SettleOptions,
  { ringId, targets, onDeployed }: ChangedRing,
): Promise<DeploymentResult> {
  const budget = new WaitBudget();
  const isChanged = targets.length > 0;
  const deployed = isChanged ? await deployments.deploy(targets, 'deploy', budget) : undefined;
  await deployments.recordConfirmations();
  if (isChanged) await onDeployed?.();
  const advanced = await advance(ringId, { budget });
  return latestResults(deployed, advanced, 'deploy');
}
