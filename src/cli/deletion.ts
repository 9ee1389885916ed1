// The command that deletes an object of a project by its name.

import type { Command } from 'commander';
import type { DeploymentAnswer, KeyplaneClient } from '../../clients/typescript/src/index.ts';
import {
  addConfirmOption,
  type ClientCommandSpec,
  type ConfirmFlags,
  deployingCommand,
  type WaitFlags,
} from './client-command.ts';
import { connectToProject, type ProjectFlags } from './session/connection.ts';
import { showDeployed } from './terminal/deployment-result.ts';
import { withProgress } from './terminal/progress.ts';
import { confirm } from './terminal/prompt.ts';

export interface DeletionSpec extends Omit<ClientCommandSpec, 'usage'> {
  /** What it deletes, as texts name it. */
  readonly word: string;
  readonly remove: (
    client: KeyplaneClient,
    ref: { readonly projectName: string; readonly name: string },
  ) => Promise<DeploymentAnswer>;
}

/** `delete <NAME>`, which asks before it does. */
export function addDeletion(group: Command, { word, remove, ...spec }: DeletionSpec): void {
  const command = deployingCommand(group, { ...spec, usage: 'delete <NAME>' });
  addConfirmOption(command).action(async (name: string, flags: ProjectFlags & ConfirmFlags & WaitFlags) => {
    const { client, projectName } = await connectToProject(flags);
    await confirm(`Delete ${word} ${name} of project ${projectName}?`, flags.yes);
    const answer = await withProgress(`Deleting the ${word}`, remove(client, { projectName, name }));
    await showDeployed(client, flags, { answer, done: `Deleted ${word} ${name}`, verb: 'undeploy' });
  });
}
