import type { Command } from 'commander';
import { addConfirmOption, type ConfirmFlags, deployingCommand, type WaitFlags } from '../client-command.ts';
import { connectToProject, type ProjectFlags } from '../session/connection.ts';
import { showDeployed } from '../terminal/deployment-result.ts';
import { withProgress } from '../terminal/progress.ts';
import { confirm } from '../terminal/prompt.ts';

export function addJwkDelete(jwk: Command): void {
  const command = deployingCommand(jwk, {
    usage: 'delete <NAME>',
    summary: 'Undeploy a JWK from every node and delete it',
    examples: ['jwk delete orders', 'jwk delete orders --yes --wait'],
    completes: ['jwks'],
  });
  addConfirmOption(command).action(async (name: string, flags: ProjectFlags & ConfirmFlags & WaitFlags) => {
    const { client, projectName } = await connectToProject(flags);
    await confirm(`Delete JWK ${name} of project ${projectName} and undeploy it from every node?`, flags.yes);
    const work = client.deleteJwk({ projectName, jwkName: name });
    const answer = await withProgress('Undeploying the JWK', work);
    await showDeployed(client, flags, { answer, done: `Deleted JWK ${name}`, verb: 'undeploy' });
  });
}
