import type { Command } from 'commander';
import type { JwkDeployment } from '../../../clients/typescript/src/index.ts';
import { exactTimeText, timeAndDistance } from '../../runtime/time-text.ts';
import { addWaitOptions, projectCommand, type WaitFlags } from '../client-command.ts';
import { exitCode } from '../failure.ts';
import { connectToProject, type ProjectFlags } from '../session/connection.ts';
import { isWaiting, poll, waitTimeoutMs } from '../session/wait-for-nodes.ts';
import { show } from '../terminal/output.ts';
import { documentFormats } from '../terminal/output-format.ts';
import { withProgress } from '../terminal/progress.ts';
import { textTable } from '../terminal/table.ts';

export function addJwkDeployment(jwk: Command): void {
  const command = projectCommand(jwk, {
    usage: 'deployment <NAME>',
    summary: 'Show which nodes have a JWK; exit code 5 where a node misses it',
    examples: ['jwk deployment orders', 'jwk deployment orders --wait --wait-timeout 2m'],
    completes: ['jwks'],
    formats: documentFormats,
  });
  addWaitOptions(command).action(async (name: string, flags: ProjectFlags & WaitFlags) => {
    const { client, projectName } = await connectToProject(flags);
    const ask = () => client.getJwkDeployment({ projectName, jwkName: name });
    const isDeployed = (answer: Awaited<ReturnType<typeof ask>>) =>
      answer.resultList.every(({ success }) => success);
    const answer = isWaiting(flags)
      ? await withProgress('Waiting for nodes', poll(ask, isDeployed, waitTimeoutMs(flags)))
      : await ask();
    const text = (time: (instant: string | null) => string | null) => tables(answer.resultList, time);
    show(flags, answer, { table: () => text(timeAndDistance), wide: () => text(exactTimeText) });
    if (!isDeployed(answer)) process.exitCode = exitCode.notDeployed;
  });
}

function tables(
  environments: readonly JwkDeployment[],
  time: (instant: string | null) => string | null,
): string {
  const nodes = environments.flatMap(({ environmentName, nodes: all }) =>
    all.map((node) => [
      environmentName,
      node.name,
      node.hasIt,
      node.connected,
      node.appliedRevision,
      time(node.lastSeenAt),
      node.reason,
    ]),
  );
  const head = ['ENVIRONMENT', 'NODE', 'DEPLOYED', 'CONNECTED', 'REVISION', 'LAST SEEN', 'REASON'];
  return (
    textTable(
      ['ENVIRONMENT', 'REVISION', 'RESULT'],
      environments.map((one) => [one.environmentName, one.revision, one.message]),
    ) + (nodes.length > 0 ? `\n${textTable(head, nodes)}` : '')
  );
}
