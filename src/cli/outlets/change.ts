import type { Command } from 'commander';
import type { NewOutlet, OutletChange } from '../../../clients/typescript/src/index.ts';
import { outletContents } from '../../outlets/content/outlet-content.ts';
import { outletKindNames } from '../../outlets/outlet.ts';
import { deployingCommand, type WaitFlags } from '../client-command.ts';
import { wrongUsage } from '../failure.ts';
import { choiceOption, splitNames } from '../flag-values.ts';
import { connectToProject, type ProjectFlags } from '../session/connection.ts';
import { unchecked } from '../session/unchecked.ts';
import { showDeployed } from '../terminal/deployment-result.ts';
import { readInput, readJsonInput } from '../terminal/input.ts';
import { withProgress } from '../terminal/progress.ts';
import { givenSource, type SourceNameFlags } from './outlet-source-flags.ts';

interface OutletFlags extends ProjectFlags, WaitFlags, SourceNameFlags {
  readonly kind?: string;
  readonly description?: string;
  readonly projectSet?: boolean;
  readonly content?: string;
  readonly environments?: string;
  readonly allEnvironments?: boolean;
  readonly target?: string;
  readonly path?: string;
  readonly layout?: string;
  readonly webhookUrl?: string;
  readonly events?: string;
  readonly credentialFile?: string;
  readonly gate?: boolean;
}

export function addOutletChanges(group: Command): void {
  const create = deployingCommand(group, {
    usage: 'create <NAME>',
    summary: 'Create an outlet; without a source it delivers the JWK Set of the project',
    examples: [
      'outlet create gateway --kind FILES --ring orders --content JWKS --path gateway/jwks.json',
      'outlet create envoy --kind ENVOY --view partners --content JWT_AUTHN --environments production --target @envoy.json',
      'outlet create vault --kind VAULT_KV --ring orders --content JWKS --target @vault.json --credential-file approle.json',
      "outlet create chat --kind WEBHOOK --webhook-url https://hooks.example.com/keyplane --events 'keyring.*,jwk.expiring' --credential-file secret.json",
    ],
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
  return command
    .optionsGroup('Source (one of them):')
    .option('--ring <NAME>', 'the keys of this key ring')
    .option('--jwk <NAME>', 'this JWK, which belongs to no key ring')
    .option('--view <NAME>', 'the keys of this view')
    .option('--certificate <NAME>', 'this certificate')
    .option('--token-profile <NAME>', 'a token of this token profile')
    .optionsGroup('Delivery:')
    .addOption(choiceOption('--content <CONTENT>', 'the form in which it is delivered', outletContents))
    .option('--environments <NAMES>', 'separated by commas (default: all that the project reaches)')
    .option('--target <JSON>', 'where it is delivered, by kind: JSON, @FILE, or - for standard input')
    .option('--path <PATH>', 'target of FILES: the file or folder below --outlet-dir of the nodes')
    .addOption(
      choiceOption('--layout <LAYOUT>', 'with --path: how files are replaced (default: RENAME)', [
        'RENAME',
        'SYMLINK',
      ]),
    )
    .option('--webhook-url <URL>', 'target of WEBHOOK: where events are sent')
    .option('--events <TYPES>', 'with --webhook-url: such as keyring.* or jwk.expiring, separated by commas')
    .option(
      '--credential-file <FILE>',
      'JSON: password of PKCS12, login of VAULT_KV, secret of WEBHOOK; - reads standard input',
    )
    .option('--gate', 'key rings wait for its deliveries (the default)')
    .option('--no-gate', 'no key ring waits for its deliveries')
    .optionsGroup('Options:')
    .option('--description <TEXT>', 'free text');
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

async function targetOf({ target, path, layout, webhookUrl, events }: OutletFlags): Promise<unknown> {
  const hasFile = path !== undefined || layout !== undefined;
  const hasWebhook = webhookUrl !== undefined || events !== undefined;
  if ([target !== undefined, hasFile, hasWebhook].filter(Boolean).length > 1) {
    throw wrongUsage(
      'Only one target is accepted: --target, or --path with --layout, or --webhook-url with --events',
    );
  }
  if (target !== undefined) return readJsonInput(target, '--target');
  if (hasFile) return { path, layout };
  return hasWebhook ? { url: webhookUrl, events: events && splitNames(events) } : undefined;
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
