// Waits until nodes have what was stored, by the revisions of their environments.

import { setTimeout } from 'node:timers/promises';
import {
  type KeyplaneClient,
  KeyplaneConnectionError,
  type OverviewNode,
} from '../../../clients/typescript/src/index.ts';
import type { NodeFailure } from '../../deployments/deployment-result.ts';
import { parseDuration } from '../../iso-duration.ts';
import type { WaitFlags } from '../client-command.ts';
import { CliFailure, exitCode } from '../failure.ts';

const pollMs = 500;
const defaultTimeoutMs = 300_000;

/** Which nodes of an environment miss the change. */
export interface EnvironmentProgress {
  readonly environmentName: string;
  /** Undefined where no node is registered. */
  readonly missing: readonly NodeFailure[] | undefined;
}

export function isWaiting({ wait, waitTimeout }: WaitFlags): boolean {
  return wait === true || waitTimeout !== undefined;
}

export function waitTimeoutMs({ waitTimeout }: WaitFlags): number {
  return waitTimeout === undefined ? defaultTimeoutMs : (parseDuration(waitTimeout) ?? defaultTimeoutMs);
}

/**
 * Polls until the response is final or the time is over. It also retries when the manager does not answer, for example
 * during a restart.
 * @returns the last response
 * @throws CliFailure where no manager answered until the end
 */
export async function poll<T>(
  ask: () => Promise<T>,
  isFinal: (answer: T) => boolean,
  timeoutMs: number,
): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const answer = await ask().catch((error: unknown) => {
      if (error instanceof KeyplaneConnectionError) return error;
      throw error;
    });
    const isOver = performance.now() + pollMs > deadline;
    if (!(answer instanceof KeyplaneConnectionError)) {
      if (isFinal(answer) || isOver) return answer;
    } else if (isOver) {
      throw new CliFailure(`The change is stored. ${answer.message}`, exitCode.unreachable);
    }
    await setTimeout(pollMs);
  }
}

/** Waits for the revisions that the environments have now: the change is part of them. */
export async function waitForNodes(
  client: KeyplaneClient,
  environmentNames: readonly string[],
  timeoutMs: number,
): Promise<readonly EnvironmentProgress[]> {
  let wanted: ReadonlyMap<string, number> | undefined;
  const ask = async () => {
    const { environments } = await client.getOverview();
    wanted ??= new Map(environments.map(({ name, revision }) => [name, revision]));
    return environmentNames.map((environmentName): EnvironmentProgress => {
      const environment = environments.find(({ name }) => name === environmentName);
      // An environment that was deleted meanwhile has no node that could miss anything.
      if (environment === undefined) return { environmentName, missing: [] };
      if (environment.nodes.length === 0) return { environmentName, missing: undefined };
      const revision = wanted?.get(environmentName) ?? environment.revision;
      const late = environment.nodes.filter(({ appliedRevision }) => appliedRevision < revision);
      return { environmentName, missing: late.map((node) => failureOf(node, revision)) };
    });
  };
  return poll(ask, (progress) => progress.every(({ missing }) => missing?.length === 0), timeoutMs);
}

function failureOf(
  { name, reason, connected, appliedRevision }: OverviewNode,
  revision: number,
): NodeFailure {
  const status = connected ? `has revision ${appliedRevision} of ${revision}` : 'not connected';
  return { nodeName: name, reason: reason ?? status };
}
