import type { Command } from 'commander';
import type {
  Application,
  ApplicationDetail,
  ApplicationTokenAnswer,
  ApplicationTokensAnswer,
} from '../../../clients/typescript/src/index.ts';
import { timeAndDistance, timeText } from '../../runtime/time-text.ts';
import {
  addListOptions,
  addUnusedOption,
  deployingCommand,
  groupCommand,
  type ListFlags,
  projectCommand,
  type UnusedFlags,
  unusedForDaysOf,
  type WaitFlags,
} from '../client-command.ts';
import { addDeletion } from '../deletion.ts';
import { exitCode, wrongUsage } from '../failure.ts';
import { durationOption, futureTimeOption } from '../flag-values.ts';
import { allItems } from '../session/all-items.ts';
import { connectToProject, type ProjectFlags } from '../session/connection.ts';
import { showDeployed } from '../terminal/deployment-result.ts';
import { type ListOutput, note, show, showList } from '../terminal/output.ts';
import { documentFormats, isForProgram, listFormats } from '../terminal/output-format.ts';
import { withProgress } from '../terminal/progress.ts';
import { sanitize } from '../terminal/sanitize.ts';
import { factLines, textTable } from '../terminal/table.ts';
import {
  addCredentialOptions,
  type CredentialFlags,
  credentialCells,
  givenCredentials,
} from './credential-flags.ts';
import { addGrantOptions, type GrantFlags, givenGrants, grantText } from './grant-flags.ts';

interface AppFlags extends ProjectFlags, WaitFlags, GrantFlags, CredentialFlags {
  readonly description?: string;
  readonly expires?: string;
  readonly neverExpires?: boolean;
}

interface TokenFlags extends ProjectFlags {
  readonly overlap?: string;
  readonly credential?: string;
}

const view: ListOutput<Application> = {
  columns: [
    { head: 'NAME', value: ({ name }) => name },
    { head: 'GRANTS', value: ({ grants }) => grants.map(grantText).join(', ') },
    { head: 'EXPIRES', value: ({ expiresAt }) => timeText(expiresAt) },
    { head: 'LAST USED', value: ({ lastUsedAt }) => timeText(lastUsedAt) },
    { head: 'CREATED', isWide: true, value: ({ createdAt }) => timeText(createdAt) },
    { head: 'DESCRIPTION', isWide: true, value: ({ description }) => description },
  ],
  name: ({ name }) => name,
};

/** `keyplane app`: applications of a project. */
export function addAppCommand(program: Command): void {
  const app = groupCommand(program, 'app', 'Applications of a project: programs that use keys at nodes');
  const list = projectCommand(app, {
    usage: 'list',
    summary: 'List the applications of a project',
    examples: ['app list', 'app list --output wide'],
    formats: listFormats,
  });
  addUnusedOption(addListOptions(list)).action(async (flags: ProjectFlags & ListFlags & UnusedFlags) => {
    const { client, projectName } = await connectToProject(flags);
    showList(
      flags,
      await allItems(flags, (query) =>
        client.listApplications({ projectName, ...unusedForDaysOf(flags), ...query }),
      ),
      view,
    );
  });
  projectCommand(app, {
    usage: 'get <NAME>',
    summary: 'Show an application: its grants, and what it used',
    examples: ['app get billing'],
    completes: ['applications'],
    formats: documentFormats,
  }).action(async (name: string, flags: ProjectFlags) => {
    const { client, projectName } = await connectToProject(flags);
    const answer = await client.getApplication({ projectName, applicationName: name });
    show(flags, answer, { table: () => answer.resultList.map(detailText).join('') });
  });
  addAppCreate(app);
  addAppUpdate(app);
  addAppToken(app);
  addDeletion(app, {
    word: 'application',
    summary: 'Delete an application; nodes reject its token',
    examples: ['app delete billing', 'app delete billing --yes --wait'],
    completes: ['applications'],
    remove: (client, ref) =>
      client.deleteApplication({ projectName: ref.projectName, applicationName: ref.name }),
  });
}

function addAppOptions(command: Command): Command {
  return addCredentialOptions(addGrantOptions(command))
    .addOption(futureTimeOption('--expires <TIME>', 'ISO 8601, or from now such as 90d (default: never)'))
    .option('--description <TEXT>', 'free text');
}

function addAppCreate(app: Command): void {
  const command = projectCommand(app, {
    usage: 'create <NAME>',
    summary: 'Create an application; its token is shown once, on standard output',
    examples: [
      'app create billing --sign api-signing --verify api-signing',
      'app create checkout --verify api-signing --expires 90d > token.txt',
      'app create gateway --grant ring:messages=decrypt@200/400 --mtls-uri spiffe://example.org/gateway',
      'app create shop --issue client-assertions --jwt @service-account.json',
    ],
  });
  addAppOptions(command).action(async (name: string, flags: AppFlags) => {
    const { description, expires: expiresAt } = flags;
    const credentials = await givenCredentials(flags);
    const body = { name, description, expiresAt, credentials, grants: givenGrants(flags) };
    const { client, projectName } = await connectToProject(flags);
    const work = client.createApplication({ projectName, body });
    const answer = await withProgress('Creating the application', work);
    showTokens(flags, answer, `Created application ${name}`);
  });
}

function addAppUpdate(app: Command): void {
  const command = deployingCommand(app, {
    usage: 'update <NAME>',
    summary:
      'Change an application; grants that are given replace all that it has, and so do credentials. A token stays by its name',
    examples: [
      'app update billing --sign api-signing --verify api-signing',
      'app update billing --token default --token batch',
    ],
    completes: ['applications'],
  }).option('--never-expires', 'it is valid until it is deleted');
  addAppOptions(command).action(async (name: string, flags: AppFlags) => {
    const { description, expires, neverExpires } = flags;
    if (expires !== undefined && neverExpires) {
      throw wrongUsage('Only one of --expires and --never-expires is accepted');
    }
    const grants = givenGrants(flags);
    const expiresAt = neverExpires ? null : expires;
    const credentials = await givenCredentials(flags);
    const body = { description, expiresAt, credentials, ...(grants.length > 0 && { grants }) };
    const { client, projectName } = await connectToProject(flags);
    const work = client.updateApplication({ projectName, applicationName: name, body });
    const answer = await withProgress('Changing the application', work);
    if (answer.tokens !== undefined) return showTokens(flags, answer, `Changed application ${name}`);
    await showDeployed(client, flags, { answer, done: `Changed application ${name}` });
  });
}

function addAppToken(app: Command): void {
  projectCommand(app, {
    usage: 'token <NAME>',
    summary: 'Replace a token of an application; the new one is shown once',
    examples: [
      'app token billing --overlap 1h > token.txt',
      'app token billing --credential batch > batch-token.txt',
    ],
    completes: ['applications'],
  })
    .option('--credential <NAME>', 'name of the token (default: the only one, or the one named default)')
    .addOption(
      durationOption('--overlap <DURATION>', 'how long the former token stays valid (default: not at all)'),
    )
    .action(async (name: string, flags: TokenFlags) => {
      const { client, projectName } = await connectToProject(flags);
      const { overlap, credential: credentialName } = flags;
      const body = { overlap, credentialName };
      const work = client.replaceApplicationToken({ projectName, applicationName: name, body });
      showTokens(flags, await withProgress('Replacing the token', work), 'Replaced the token');
    });
}

/** The token alone where there is one, so that it can be written to a file; several with their names. */
function showTokens(
  flags: ProjectFlags,
  answer: ApplicationTokenAnswer | ApplicationTokensAnswer,
  done: string,
): void {
  const { deploymentResult, tokens = [] } = answer;
  const table = () => {
    const [first, ...others] = tokens;
    if (first === undefined) return `${sanitize(done)}\n`;
    if (others.length === 0) return `${first.token}\n`;
    return tokens.map(({ name, token }) => `${sanitize(name)} ${token}\n`).join('');
  };
  show(flags, answer, { table });
  const { success, message } = deploymentResult;
  if (success) return;
  process.exitCode = exitCode.notDeployed;
  if (!isForProgram(flags))
    note(`${sanitize(message)} The manager retries until every node knows the application.`);
}

function detailText(app: ApplicationDetail): string {
  const facts = factLines([
    ['Name', app.name],
    ['Description', app.description],
    ['Expires', timeAndDistance(app.expiresAt)],
    ['Former tokens valid until', app.formerTokensValidUntil.map(timeAndDistance).join(', ')],
    ['Last used', timeAndDistance(app.lastUsedAt)],
    ['Created', timeAndDistance(app.createdAt)],
  ]);
  const grants = app.grants.map((grant) => [
    grant.keyRingName,
    grant.jwkName,
    grant.tokenProfileName,
    grant.operations.join(', '),
    rateText(grant),
  ]);
  const keySets = app.keySets.map((one) => [
    one.jwksUri,
    one.keyCount,
    one.state,
    timeAndDistance(one.fetchedAt),
    one.stateReason,
  ]);
  const usage = app.usage.map((one) => [
    one.keyName,
    one.operation,
    one.outcome,
    one.count,
    timeAndDistance(one.lastUsedAt),
  ]);
  return [
    facts,
    textTable(['CREDENTIAL', 'NAME', 'EXPIRES', 'KNOWN BY'], app.credentials.map(credentialCells)),
    ...(keySets.length > 0
      ? [textTable(['KEYS OF ISSUER', 'KEYS', 'STATE', 'FETCHED', 'REASON'], keySets)]
      : []),
    textTable(['KEY RING', 'JWK', 'TOKEN PROFILE', 'OPERATIONS', 'RATE'], grants),
    ...(usage.length > 0 ? [textTable(['KEY', 'OPERATION', 'OUTCOME', 'COUNT', 'LAST USED'], usage)] : []),
  ].join('\n');
}

function rateText({ ratePerSecond, burst }: Application['grants'][number]): string | null {
  if (ratePerSecond === undefined) return null;
  return `${ratePerSecond}/s${burst === undefined ? '' : `, ${burst} at once`}`;
}
