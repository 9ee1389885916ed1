import type { Command } from 'commander';
import type {
  Application,
  ApplicationDetail,
  ApplicationTokenAnswer,
} from '../../../clients/typescript/src/index.ts';
import { timeAndDistance, timeText } from '../../runtime/time-text.ts';
import {
  addConfirmOption,
  addListOptions,
  type ConfirmFlags,
  deployingCommand,
  groupCommand,
  type ListFlags,
  projectCommand,
  type WaitFlags,
} from '../client-command.ts';
import { exitCode, wrongUsage } from '../failure.ts';
import { durationOption, futureTimeOption } from '../flag-values.ts';
import { allItems } from '../session/all-items.ts';
import { connectToProject, type ProjectFlags } from '../session/connection.ts';
import { showDeployed } from '../terminal/deployment-result.ts';
import { type ListView, note, show, showList } from '../terminal/output.ts';
import { documentFormats, isForProgram, listFormats } from '../terminal/output-format.ts';
import { withProgress } from '../terminal/progress.ts';
import { confirm } from '../terminal/prompt.ts';
import { sanitize } from '../terminal/sanitize.ts';
import { factLines, textTable } from '../terminal/table.ts';

interface GrantFlags {
  readonly sign?: readonly string[];
  readonly verify?: readonly string[];
  readonly signJwk?: readonly string[];
  readonly verifyJwk?: readonly string[];
}

interface AppFlags extends ProjectFlags, WaitFlags, GrantFlags {
  readonly description?: string;
  readonly expires?: string;
  readonly neverExpires?: boolean;
}

const view: ListView<Application> = {
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
  const app = groupCommand(program, 'app', 'Applications of a project, which have keys used at nodes');
  const list = projectCommand(app, {
    usage: 'list',
    summary: 'List the applications of a project',
    examples: ['app list', 'app list --output wide'],
    formats: listFormats,
  });
  addListOptions(list).action(async (flags: ProjectFlags & ListFlags) => {
    const { client, projectName } = await connectToProject(flags);
    showList(
      flags,
      await allItems(flags, (query) => client.listApplications({ projectName, ...query })),
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
  const remove = deployingCommand(app, {
    usage: 'delete <NAME>',
    summary: 'Delete an application; nodes reject its token',
    examples: ['app delete billing', 'app delete billing --yes --wait'],
    completes: ['applications'],
  });
  addConfirmOption(remove).action(async (name: string, flags: ProjectFlags & ConfirmFlags & WaitFlags) => {
    const { client, projectName } = await connectToProject(flags);
    await confirm(`Delete application ${name} of project ${projectName}?`, flags.yes);
    const work = client.deleteApplication({ projectName, applicationName: name });
    const answer = await withProgress('Deleting the application', work);
    await showDeployed(client, flags, { answer, done: `Deleted application ${name}`, verb: 'undeploy' });
  });
}

function addGrantOptions(command: Command): Command {
  const gather = (one: string, others: readonly string[] = []) => [...others, one];
  return command
    .option('--sign <RING>', 'it may sign with this key ring; repeatable', gather)
    .option('--verify <RING>', 'it may verify with this key ring; repeatable', gather)
    .option('--sign-jwk <JWK>', 'it may sign with this JWK, which belongs to no key ring; repeatable', gather)
    .option('--verify-jwk <JWK>', 'it may verify with this JWK; repeatable', gather)
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
    ],
  });
  addGrantOptions(command).action(async (name: string, flags: AppFlags) => {
    const { description, expires: expiresAt } = flags;
    const body = { name, description, expiresAt, grants: grantsOf(flags) };
    const { client, projectName } = await connectToProject(flags);
    const work = client.createApplication({ projectName, body });
    showToken(flags, await withProgress('Creating the application', work));
  });
}

function addAppUpdate(app: Command): void {
  const command = deployingCommand(app, {
    usage: 'update <NAME>',
    summary: 'Change an application; grants that are given replace all that it has, the token stays',
    examples: ['app update billing --sign api-signing --verify api-signing'],
    completes: ['applications'],
  }).option('--never-expires', 'it is valid until it is deleted');
  addGrantOptions(command).action(async (name: string, flags: AppFlags) => {
    const { description, expires, neverExpires } = flags;
    if (expires !== undefined && neverExpires) {
      throw wrongUsage('Only one of --expires and --never-expires is accepted');
    }
    const grants = grantsOf(flags);
    const expiresAt = neverExpires ? null : expires;
    const body = { description, expiresAt, ...(grants.length > 0 && { grants }) };
    const { client, projectName } = await connectToProject(flags);
    const work = client.updateApplication({ projectName, applicationName: name, body });
    const answer = await withProgress('Changing the application', work);
    await showDeployed(client, flags, { answer, done: `Changed application ${name}` });
  });
}

function addAppToken(app: Command): void {
  projectCommand(app, {
    usage: 'token <NAME>',
    summary: 'Replace the token of an application; the new one is shown once',
    examples: ['app token billing --overlap 1h > token.txt'],
    completes: ['applications'],
  })
    .addOption(
      durationOption('--overlap <DURATION>', 'how long the former token stays valid (default: not at all)'),
    )
    .action(async (name: string, flags: ProjectFlags & { readonly overlap?: string }) => {
      const { client, projectName } = await connectToProject(flags);
      const { overlap } = flags;
      const body = overlap === undefined ? {} : { overlap };
      const work = client.replaceApplicationToken({ projectName, applicationName: name, body });
      showToken(flags, await withProgress('Replacing the token', work));
    });
}

function showToken(flags: ProjectFlags, answer: ApplicationTokenAnswer): void {
  show(flags, answer, { table: () => `${answer.token ?? ''}\n` });
  const { success, message } = answer.deploymentResult;
  if (success) return;
  process.exitCode = exitCode.notDeployed;
  if (!isForProgram(flags))
    note(`${sanitize(message)} The manager retries until every node knows the token.`);
}

/** One for each ring and JWK. */
function grantsOf(flags: GrantFlags) {
  const { sign = [], verify = [], signJwk = [], verifyJwk = [] } = flags;
  return [
    ...operationsByName(sign, verify).map(({ name, operations }) => ({ keyRingName: name, operations })),
    ...operationsByName(signJwk, verifyJwk).map(({ name, operations }) => ({ jwkName: name, operations })),
  ];
}

function operationsByName(sign: readonly string[], verify: readonly string[]) {
  return [...new Set([...sign, ...verify])].map((name) => {
    const operations = [
      ...(sign.includes(name) ? (['SIGN'] as const) : []),
      ...(verify.includes(name) ? (['VERIFY'] as const) : []),
    ];
    return { name, operations };
  });
}

function grantText({ keyRingName, jwkName, operations }: Application['grants'][number]): string {
  return `${operations.join('+')} ${keyRingName ?? jwkName}`;
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
  const grants = app.grants.map((grant) => [grant.keyRingName, grant.jwkName, grant.operations.join(', ')]);
  const usage = app.usage.map((one) => [
    one.keyName,
    one.operation,
    one.outcome,
    one.count,
    timeAndDistance(one.lastUsedAt),
  ]);
  return [
    facts,
    textTable(['KEY RING', 'JWK', 'OPERATIONS'], grants),
    ...(usage.length > 0 ? [textTable(['KEY', 'OPERATION', 'OUTCOME', 'COUNT', 'LAST USED'], usage)] : []),
  ].join('\n');
}
