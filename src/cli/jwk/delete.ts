import type { Command } from 'commander';
import { addConfirmOption, type ConfirmFlags, deployingCommand, type WaitFlags } from '../client-command.ts';
import { connectToProject, type ProjectFlags } from '../session/connection.ts';
import { showDeployed } from '../terminal/deployment-result.ts';
import { withProgress } from '../terminal/progress.ts';
import { confirm } from '../terminal/prompt.ts';

interface DeleteFlags extends ProjectFlags, ConfirmFlags, WaitFlags {
  readonly force?: boolean;
  readonly reason?: string;
}

function forceOf({ force, reason }: DeleteFlags) {
  return { ...(force && { force: 'true' as const }), ...(reason !== undefined && { reason }) };
}

export function addJwkDelete(jwk: Command): void {
  const command = deployingCommand(jwk, {
    usage: 'delete <NAME>',
    summary: 'Undeploy a JWK from every node and delete it',
    examples: [
      'jwk delete orders',
      'jwk delete orders --yes --wait',
      'jwk delete orders --force --reason "the partner has moved"',
    ],
    completes: ['jwks'],
  })
    .option('--force', 'also where it was used in the last 7 days; needs --reason')
    .option('--reason <TEXT>', 'for the audit log');
  addConfirmOption(command).action(async (name: string, flags: DeleteFlags) => {
    const { client, projectName } = await connectToProject(flags);
    await confirm(`Delete JWK ${name} of project ${projectName} and undeploy it from every node?`, flags.yes);
    const work = client.deleteJwk({ projectName, jwkName: name, ...forceOf(flags) });
    const answer = await withProgress('Undeploying the JWK', work);
    await showDeployed(client, flags, { answer, done: `Deleted JWK ${name}`, verb: 'undeploy' });
  });
}
