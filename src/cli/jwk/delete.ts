import type { Command } from 'commander';
import { projectCommand } from '../client-command.ts';
import { connectToProject, type ProjectFlags } from '../session/connection.ts';
import { showDeployed } from '../terminal/deployment.ts';
import { withProgress } from '../terminal/progress.ts';
import { confirm } from '../terminal/prompt.ts';

export function addJwkDelete(jwk: Command): void {
  projectCommand(jwk, {
    usage: 'delete <NAME>',
    summary: 'Take a JWK off every node and delete it',
    examples: ['jwk delete orders', 'jwk delete orders --yes'],
  })
    .option('-y, --yes', 'do not ask')
    .action(async (name: string, flags: ProjectFlags & { readonly yes?: boolean }) => {
      const { client, projectName } = await connectToProject(flags);
      await confirm(`Delete JWK ${name} of ${projectName}, on every node too?`, flags.yes);
      const work = client.deleteJwk({ projectName, jwkName: name });
      showDeployed(flags, await withProgress('Taking the JWK off the nodes', work), `Deleted JWK ${name}`);
    });
}
