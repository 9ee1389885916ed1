import type { DeploymentAnswer } from '../../../clients/typescript/src/index.ts';
import { exitCode } from '../failure.ts';
import { harmless } from './harmless-text.ts';
import { note, show } from './output.ts';
import { textTable } from './table.ts';

/**
 * What a change came to, environment by environment. It is stored in any case; where a node has not confirmed, the
 * exit code says so.
 * @param done such as `Created JWK my-jwk`
 */
export function showDeployed(
  flags: { readonly json?: boolean },
  answer: DeploymentAnswer,
  done: string,
): void {
  const { success, message, environmentResults } = answer.deploymentResult;
  show(flags, answer, () => {
    const rows = environmentResults.map((one) => [one.environmentName, one.message]);
    return `${done}: ${message}\n${rows.length > 0 ? textTable(['ENVIRONMENT', 'RESULT'], rows) : ''}`;
  });
  if (!flags.json) for (const text of answer.warnings ?? []) note(`Warning: ${harmless(text)}`);
  if (success) return;
  process.exitCode = exitCode.notDeployed;
  if (!flags.json) note('It is stored. The manager goes on until every node has it.');
}
