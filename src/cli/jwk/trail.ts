import type { Command } from 'commander';
import { projectCommand } from '../client-command.ts';
import { connectToProject, type ProjectFlags } from '../session/connection.ts';
import { everyItem } from '../session/every-item.ts';
import { auditTable } from '../terminal/audit-table.ts';
import { show } from '../terminal/output.ts';
import { shortTime, textTable } from '../terminal/table.ts';

interface HistoryFlags extends ProjectFlags {
  readonly page?: string;
  readonly size?: string;
}

/** Where a JWK is now, and what became of it so far. */
export function addJwkTrail(jwk: Command): void {
  projectCommand(jwk, {
    usage: 'deployment <NAME>',
    summary: 'Show where a JWK is, node by node',
    examples: ['jwk deployment orders', 'jwk deployment orders --json'],
  }).action(async (name: string, flags: ProjectFlags) => {
    const { client, projectName } = await connectToProject(flags);
    const answer = await client.getJwkDeployment({ projectName, jwkName: name });
    show(flags, answer, () => {
      const environments = answer.resultList.map((one) => [one.environmentName, one.revision, one.message]);
      const nodes = answer.resultList.flatMap(({ environmentName, nodes: all }) =>
        all.map((node) => [
          ...[environmentName, node.name, node.hasIt, node.connected, node.appliedRevision],
          ...[shortTime(node.lastSeenAt), node.reason],
        ]),
      );
      const head = ['ENVIRONMENT', 'NODE', 'HAS IT', 'CONNECTED', 'REVISION', 'LAST SEEN', 'REASON'];
      const below = nodes.length > 0 ? `\n${textTable(head, nodes)}` : '';
      return textTable(['ENVIRONMENT', 'REVISION', 'RESULT'], environments) + below;
    });
  });
  projectCommand(jwk, {
    usage: 'history <NAME>',
    summary: 'Show what was done with a JWK, newest first',
    examples: ['jwk history orders', 'jwk history orders --page 1 --size 10'],
  })
    .option('--page <NUMBER>', 'one page instead of all; 1 is the first')
    .option('--size <NUMBER>', 'items a page, 1 to 100')
    .action(async (name: string, flags: HistoryFlags) => {
      const { client, projectName } = await connectToProject(flags);
      const answer = await everyItem(flags, (page) =>
        client.listJwkHistory({ projectName, jwkName: name, ...page }),
      );
      show(flags, answer, () => auditTable(answer.resultList));
    });
}
