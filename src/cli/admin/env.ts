import type { Command } from 'commander';
import type {
  Environment,
  EnvironmentType,
  EnvironmentWithProjects,
} from '../../../clients/typescript/src/index.ts';
import { timeText } from '../../runtime/time-text.ts';
import {
  addConfirmOption,
  addListOptions,
  type ConfirmFlags,
  clientCommand,
  groupCommand,
  type ListFlags,
} from '../client-command.ts';
import { CliFailure, exitCode, wrongUsage } from '../failure.ts';
import { choiceOption, splitNames } from '../flag-values.ts';
import { allItems } from '../session/all-items.ts';
import { type Connection, type ConnectionFlags, connect } from '../session/connection.ts';
import { unchecked } from '../session/unchecked.ts';
import { type ListOutput, show, showList } from '../terminal/output.ts';
import { listFormats } from '../terminal/output-format.ts';
import { confirm } from '../terminal/prompt.ts';
import { addEnvTokenCommand } from './env-token.ts';

interface EnvFlags extends ConnectionFlags {
  readonly type?: string;
  readonly description?: string;
  readonly accessUrl?: string;
  readonly projects?: string;
  readonly allProjects?: boolean;
  readonly environmentSet?: boolean;
}

/** `keyplane env`: environments, to which nodes belong. */
export function addEnvCommand(program: Command): void {
  const group = groupCommand(program, 'env', 'Environments, and the tokens with which nodes join them');
  addEnvList(group);
  addEnvCreate(group);
  addEnvUpdate(group);
  addEnvDelete(group);
  addEnvTokenCommand(group);
}

/** Only administrators get the projects. */
type ListedEnvironment = Environment & Partial<Pick<EnvironmentWithProjects, 'projects'>>;

const view: ListOutput<ListedEnvironment> = {
  columns: [
    { head: 'NAME', value: ({ name }) => name },
    { head: 'TYPE', value: ({ type }) => type },
    { head: 'PROJECTS', value: ({ projects }) => (projects === null ? 'all' : projects?.join(',')) },
    { head: 'ENVIRONMENT SET', value: ({ environmentSet }) => environmentSet },
    { head: 'ACCESS URL', value: ({ accessUrl }) => accessUrl },
    { head: 'CREATED', isWide: true, value: ({ createdAt }) => timeText(createdAt) },
    { head: 'UPDATED', isWide: true, value: ({ updatedAt }) => timeText(updatedAt) },
    { head: 'DESCRIPTION', value: ({ description }) => description },
  ],
  name: ({ name }) => name,
};

function addEnvList(group: Command): void {
  const command = clientCommand(group, {
    usage: 'list',
    summary: 'List all environments, or with --project those of a project',
    examples: ['env list', 'env list --project MyProject', 'env list --output name'],
    formats: listFormats,
  }).option('-p, --project <NAME>', 'only the environments of this project');
  addListOptions(command).action(
    async (flags: ConnectionFlags & ListFlags & { readonly project?: string }) => {
      const { client } = await connect(flags);
      const { project: projectName } = flags;
      const answer = await allItems<ListedEnvironment>(flags, (query) =>
        projectName === undefined
          ? client.listEnvironments(query)
          : client.listProjectEnvironments({ projectName, ...query }),
      );
      showList(flags, answer, view);
    },
  );
}

function addEnvCreate(group: Command): void {
  const command = clientCommand(group, {
    usage: 'create <NAME>',
    summary: 'Create an environment',
    examples: [
      'env create production --type PRODUCTION',
      'env create lab --type TEST --projects MyProject,Other',
    ],
  }).addOption(typeOption().makeOptionMandatory());
  addFields(command).action(async (name: string, flags: EnvFlags) => {
    const { client } = await connect(flags);
    const { description, accessUrl, environmentSet } = flags;
    const facts = {
      type: unchecked<EnvironmentType>(flags.type ?? ''),
      description,
      accessUrl,
      environmentSet,
    };
    const body = { name, ...facts, projects: projectsOf(flags) };
    const answer = await client.createEnvironment({ body });
    show(flags, answer, {
      table: () => `Created environment ${name}. Let a node join it: keyplane env token create ${name}\n`,
    });
  });
}

function addEnvUpdate(group: Command): void {
  const command = clientCommand(group, {
    usage: 'update <NAME>',
    summary: 'Change an environment; flags that are left out change nothing',
    examples: ['env update lab --projects MyProject', 'env update lab --all-projects'],
    completes: ['environments'],
  })
    .addOption(typeOption())
    .option('--all-projects', 'make it available to all projects');
  addFields(command).action(async (name: string, flags: EnvFlags) => {
    const { client } = await connect(flags);
    const before = await environmentNamed(client, name);
    if (before.altered) requireAll(name, flags);
    const body = {
      environmentSet: flags.environmentSet ?? before.environmentSet,
      type: unchecked<EnvironmentType>(flags.type ?? before.type),
      description: flags.description ?? before.description ?? undefined,
      accessUrl: flags.accessUrl ?? before.accessUrl ?? undefined,
      projects: flags.allProjects ? undefined : (projectsOf(flags) ?? before.projects ?? undefined),
    };
    const answer = await client.updateEnvironment({ environmentName: name, body });
    show(flags, answer, { table: () => `Updated environment ${name}\n` });
  });
}

/** What is left out stays as it is, so that it would be confirmed unread. */
function requireAll(name: string, flags: EnvFlags): void {
  const { type, environmentSet, projects, allProjects } = flags;
  const isWhole =
    type !== undefined && environmentSet !== undefined && (projects !== undefined || allProjects);
  if (isWhole) return;
  throw wrongUsage(
    `Environment ${name} was altered in the database outside keyplane. Give all of its settings: --type, --environment-set or --no-environment-set, and --projects or --all-projects`,
  );
}

function addEnvDelete(group: Command): void {
  const command = clientCommand(group, {
    usage: 'delete <NAME>',
    summary: 'Delete an environment with everything in it; the manager disconnects its nodes',
    examples: ['env delete lab', 'env delete lab --yes'],
    completes: ['environments'],
  });
  addConfirmOption(command).action(async (name: string, flags: ConnectionFlags & ConfirmFlags) => {
    const { client } = await connect(flags);
    await confirm(`Delete environment ${name} with everything in it?`, flags.yes);
    const answer = await client.deleteEnvironment({ environmentName: name });
    show(flags, answer, { table: () => `Deleted environment ${name}\n` });
  });
}

function typeOption() {
  return choiceOption('--type <TYPE>', 'type of the environment', ['PRODUCTION', 'SANDBOX', 'TEST']);
}

function addFields(command: Command): Command {
  return command
    .option('--description <TEXT>', 'free text')
    .option('--access-url <URL>', 'address of its gateways, shown to people')
    .option('--environment-set', 'its nodes also publish one JWK Set of all projects')
    .option('--no-environment-set', 'its nodes publish the JWK Sets of projects only (default for a new one)')
    .option('--projects <NAMES>', 'projects that can use it, separated by commas (default: all)');
}

function projectsOf({ projects, allProjects }: EnvFlags): readonly string[] | undefined {
  if (projects !== undefined && allProjects)
    throw wrongUsage('Only one of --projects and --all-projects is accepted');
  return projects === undefined ? undefined : splitNames(projects);
}

async function environmentNamed(client: Connection['client'], name: string) {
  const { resultList } = await allItems({}, (query) => client.listEnvironments(query));
  const found = resultList.find((one) => one.name === name);
  if (found) return found;
  throw new CliFailure(`Environment (name: ${name}) is not found!`, exitCode.notFound);
}
