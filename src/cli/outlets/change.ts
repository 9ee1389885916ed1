import type { Command } from 'commander';
import type { NewOutlet, OutletChange } from '../../../clients/typescript/src/index.ts';
import { outletContents } from '../../outlets/content/outlet-content.ts';
import { outletKindNames } from '../../outlets/kinds/kinds.ts';
import { creationExamples, credentialPhrases } from '../../outlets/kinds/outlet-kind-texts.ts';
import { deployingCommand, type WaitFlags } from '../client-command.ts';
import { wrongUsage } from '../failure.ts';
import { choiceOption, splitNames } from '../flag-values.ts';
import { connectToProject, type ProjectFlags } from '../session/connection.ts';
import { unchecked } from '../session/unchecked.ts';
import { showDeployed } from '../terminal/deployment-result.ts';
import { readInput } from '../terminal/input.ts';
import { withProgress } from '../terminal/progress.ts';
import { givenSource, type SourceNameFlags } from './outlet-source-flags.ts';
import { addTargetFlags, type TargetFlags, targetOf } from './target-flags.ts';

interface OutletFlags extends ProjectFlags, WaitFlags, SourceNameFlags, TargetFlags {
  readonly kind?: string;
  readonly description?: string;
  readonly projectSet?: boolean;
  readonly content?: string;
  readonly environments?: string;
  readonly allEnvironments?: boolean;
  readonly credentialFile?: string;
  readonly gate?: boolean;
}

export function addOutletChanges(group: Command): void {
  const create = deployingCommand(group, {
    usage: 'create <NAME>',
    summary: 'Create an outlet; without a source it delivers the JWK Set of the project',
    examples: creationExamples,
  }).addOption(choiceOption('--kind <KIND>', 'where it delivers to, and how', outletKindNames));
  addOutletOptions(create).action(async (name: string, flags: OutletFlags) => {
    const members = await membersOf(flags);
    const body = unchecked<NewOutlet>({ name, kind: flags.kind, ...members });
    const { client, projectName } = await connectToProject(flags);
    const answer = await withProgress('Creating the outlet', client.createOutlet({ projectName, body }));
    await showDeployed(client, flags, { answer, done: `Created outlet ${name}` });
  });
  const update = deployingCommand(group, {
    usage: 'update <NAME>',
    summary:
      'Change an outlet; what is left out stays, but source, target and credential are replaced as a whole',
    examples: [
      'outlet update gateway --path gateway/keys.json --layout SYMLINK',
      'outlet update gateway --no-gate',
      'outlet update chat --credential-file - < secret.json',
      'outlet update gateway --project-set --all-environments --wait',
    ],
    completes: ['outlets'],
  });
  addOutletOptions(update)
    .option('--project-set', 'deliver the JWK Set of the project')
    .option('--all-environments', 'deliver in all environments that the project reaches, also later ones')
    .action(async (outletName: string, flags: OutletFlags) => {
      const body = unchecked<OutletChange>(await membersOf(flags));
      const { client, projectName } = await connectToProject(flags);
      const work = client.updateOutlet({ projectName, outletName, body });
      const answer = await withProgress('Changing the outlet', work);
      await showDeployed(client, flags, { answer, done: `Changed outlet ${outletName}` });
    });
}

function addOutletOptions(command: Command): Command {
  command
    .optionsGroup('Source (one of them):')
    .option('--ring <NAME>', 'the keys of this key ring')
    .option('--jwk <NAME>', 'this JWK, which belongs to no key ring')
    .option('--view <NAME>', 'the keys of this view')
    .option('--certificate <NAME>', 'this certificate')
    .option('--token-profile <NAME>', 'a token of this token profile')
    .optionsGroup('Delivery:')
    .addOption(choiceOption('--content <CONTENT>', 'the form in which it is delivered', outletContents))
    .option('--environments <NAMES>', 'separated by commas (default: all that the project reaches)');
  addTargetFlags(command)
    .option('--credential-file <FILE>', `JSON: ${credentialPhrases.join(', ')}; - reads standard input`)
    .option('--gate', 'key rings wait for its deliveries (the default)')
    .option('--no-gate', 'no key ring waits for its deliveries')
    .optionsGroup('Options:')
    .option('--description <TEXT>', 'free text');
  return command;
}

async function membersOf(flags: OutletFlags): Promise<object> {
  const { description, content, environments, allEnvironments, target, credentialFile, gate } = flags;
  if (allEnvironments && environments !== undefined) {
    throw wrongUsage('Only one of --environments and --all-environments is accepted');
  }
  if (target === '-' && credentialFile === '-') {
    throw wrongUsage(
      'Standard input has room for one of --target and --credential-file: give a file for the other',
    );
  }
  return {
    description,
    source: sourceOf(flags),
    content,
    environmentNames: allEnvironments ? null : environments && splitNames(environments),
    target: await targetOf(flags),
    credential: credentialFile === undefined ? undefined : await readCredential(credentialFile),
    gate,
  };
}

/** Undefined where no flag gives one; null for the project's set. */
function sourceOf(flags: OutletFlags): object | null | undefined {
  const given = Object.entries(givenSource(flags));
  if (given.length + (flags.projectSet ? 1 : 0) > 1) {
    const others = flags.projectSet ? ', --project-set' : '';
    throw wrongUsage(
      `Only one of --ring, --jwk, --view, --certificate, --token-profile${others} is accepted`,
    );
  }
  if (flags.projectSet) return null;
  return given.length === 0 ? undefined : Object.fromEntries(given);
}

/** @throws CliFailure, which quotes nothing of the content */
async function readCredential(file: string): Promise<unknown> {
  const text = (await readInput(file)).toString('utf8');
  try {
    return JSON.parse(text);
  } catch {
    throw wrongUsage('--credential-file has no valid JSON: a file with an object is accepted, or -');
  }
}
