import type { DeploymentAnswer, KeyplaneClient } from '../../../clients/typescript/src/index.ts';
import { deploymentResult, environmentResult } from '../../deployments/deployment-result.ts';
import type { DeploymentVerb } from '../../protocol/content.ts';
import type { WaitFlags } from '../client-command.ts';
import { exitCode } from '../failure.ts';
import { isWaiting, waitForNodes, waitTimeoutMs } from '../session/wait-for-nodes.ts';
import { note, show } from './output.ts';
import { isForProgram, type OutputFlags } from './output-format.ts';
import { withProgress } from './progress.ts';
import { sanitize } from './sanitize.ts';
import { textTable } from './table.ts';

export interface DeployedChange {
  readonly answer: DeploymentAnswer;
  /** Such as `Created JWK my-jwk`. */
  readonly done: string;
  /** `deploy` where it is left out. */
  readonly verb?: DeploymentVerb;
}

/**
 * Prints the result of a change in each environment, with `--wait` once every node has it. The change is stored in any
 * case; the exit code states whether a node misses it.
 */
export async function showDeployed(
  client: KeyplaneClient,
  flags: OutputFlags & WaitFlags,
  { answer: given, done, verb = 'deploy' }: DeployedChange,
): Promise<void> {
  const isLate = !given.deploymentResult.success;
  const answer = isLate && isWaiting(flags) ? await waited(client, flags, { given, verb }) : given;
  const { success, message, environmentResults } = answer.deploymentResult;
  show(flags, answer, {
    table: () => {
      const rows = environmentResults.map((one) => [one.environmentName, one.message]);
      return `${done}: ${message}\n${rows.length > 0 ? textTable(['ENVIRONMENT', 'RESULT'], rows) : ''}`;
    },
  });
  const isTalking = !isForProgram(flags);
  if (isTalking) for (const text of answer.warnings ?? []) note(`Warning: ${sanitize(text)}`);
  if (success) return;
  process.exitCode = exitCode.notDeployed;
  if (isTalking) note('The change is stored. The manager retries until every node has it.');
}

/** The response that the manager would have given, had the request waited as long. */
async function waited(
  client: KeyplaneClient,
  flags: WaitFlags,
  { given, verb }: { readonly given: DeploymentAnswer; readonly verb: DeploymentVerb },
): Promise<DeploymentAnswer> {
  const names = given.deploymentResult.environmentResults.map(({ environmentName }) => environmentName);
  const waiting = waitForNodes(client, names, waitTimeoutMs(flags));
  const progress = await withProgress('Waiting for nodes', waiting);
  const results = progress.map(({ environmentName, missing }) =>
    environmentResult(environmentName, missing, verb),
  );
  return { ...given, deploymentResult: deploymentResult(results, verb) };
}
