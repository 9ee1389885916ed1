import type { Command } from 'commander';
import { projectCommand } from '../client-command.ts';
import { allItems } from '../session/all-items.ts';
import { connectToProject, type ProjectFlags } from '../session/connection.ts';
import { showAudit } from '../terminal/audit-table.ts';
import { documentFormats } from '../terminal/output-format.ts';

interface HistoryFlags extends ProjectFlags {
  readonly page?: string;
  readonly size?: string;
}

export function addJwkHistory(jwk: Command): void {
  projectCommand(jwk, {
    usage: 'history <NAME>',
    summary: 'Show the audit records of a JWK, newest first',
    examples: ['jwk history orders', 'jwk history orders --page 1 --size 10'],
    completes: ['jwks'],
    formats: documentFormats,
  })
    .option('--page <NUMBER>', 'one page instead of all; the first is 1')
    .option('--size <NUMBER>', 'items per page, 1 to 100')
    .action(async (name: string, flags: HistoryFlags) => {
      const { client, projectName } = await connectToProject(flags);
      const answer = await allItems(flags, (page) =>
        client.listJwkHistory({ projectName, jwkName: name, ...page }),
      );
      showAudit(flags, answer);
    });
}
