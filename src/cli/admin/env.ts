import type { Command } from 'commander';
import type {
  Environment,
  EnvironmentType,
  EnvironmentWithProjects,
} from '../../../clients/typescript/src/index.ts';
import { addListOptions, clientCommand, type ListFlags, nounCommand } from '../client-command.ts';
import { CliFailure, exitCode, wrongUsage } from '../failure.ts';
import { splitNames } from '../materials/replacement-flags.ts';
import { type Connection, type ConnectionFlags, connect } from '../session/connection.ts';
import { everyItem } from '../session/every-item.ts';
import { unchecked } from '../session/unchecked.ts';
import { show } from '../terminal/output.ts';
import { confirm } from '../terminal/prompt.ts';
import { textTable } from '../terminal/table.ts';
import { addEnvTokenCommand } from './env-token.ts';

interface EnvFlags extends ConnectionFlags {
  readonly type?: string;
  readonly description?: string;
  readonly accessUrl?: string;
  readonly projects?: string;
  readonly allProjects?: boolean;
  readonly environmentSet?: boolean;
}

/** `keyplane env`: environments, which nodes belong to. */
export function addEnvCommand(program: Command): void {
  const noun = nounCommand(program, 'env', 'Environments, and the tokens with which nodes join them');
  addEnvList(noun);
  addEnvCreate(noun);
  addEnvUpdate(noun);
  addEnvDelete(noun);
  addEnvTokenCommand(noun);
}

function addEnvList(noun: Command): void {
  const command = clientCommand(noun, {
    usage: 'list',
    summary: 'List all environments, or with --project those that it reaches',
    examples: ['env list', 'env list --project MyProject'],
  }).option('-p, --project <NAME>', 'only those that this project reaches');
  addListOptions(command).action(
    async (flags: ConnectionFlags & ListFlags & { readonly project?: string }) => {
      const { client } = await connect(flags);
      const { project: projectName } = flags;
      const answer = await everyItem<ListedEnvironment>(flags, (query) =>
        projectName === undefined
          ? client.listEnvironments(query)
          : client.listProjectEnvironments({ projectName, ...query }),
      );
      show(flags, answer, () =>
        textTable(
          ['NAME', 'TYPE', 'PROJECTS', 'SET OF ALL', 'ACCESS URL', 'DESCRIPTION'],
          answer.resultList.map((one) => [
            ...[one.name, one.type, one.projects === null ? 'all' : one.projects?.join(',')],
            ...[one.environmentSet ? 'yes' : 'no', one.accessUrl, one.description],
          ]),
        ),
      );
    },
  );
}

/** The projects are shown to administrators alone. */
type ListedEnvironment = Environment & Partial<Pick<EnvironmentWithProjects, 'projects'>>;

function addEnvCreate(noun: Command): void {
  const command = clientCommand(noun, {
    usage: 'create <NAME>',
    summary: 'Make an environment',
    examples: [
      'env create production --type PRODUCTION',
      'env create lab --type TEST --projects MyProject,Other',
    ],
  }).requiredOption('--type <TYPE>', 'PRODUCTION, SANDBOX or TEST');
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
    show(
      flags,
      answer,
      () => `Created environment ${name}. Let a node join it: keyplane env token create ${name}\n`,
    );
  });
}

function addEnvUpdate(noun: Command): void {
  const command = clientCommand(noun, {
    usage: 'update <NAME>',
    summary: 'Change what is given of an environment; the rest stays',
    examples: ['env update lab --projects MyProject', 'env update lab --all-projects'],
  })
    .option('--type <TYPE>', 'PRODUCTION, SANDBOX or TEST')
    .option('--all-projects', 'every project reaches it');
  addFields(command).action(async (name: string, flags: EnvFlags) => {
    const { client } = await connect(flags);
    const before = await environmentNamed(client, name);
    const body = {
      environmentSet: flags.environmentSet ?? before.environmentSet,
      type: unchecked<EnvironmentType>(flags.type ?? before.type),
      description: flags.description ?? before.description ?? undefined,
      accessUrl: flags.accessUrl ?? before.accessUrl ?? undefined,
      projects: flags.allProjects ? undefined : (projectsOf(flags) ?? before.projects ?? undefined),
    };
    const answer = await client.updateEnvironment({ environmentName: name, body });
    show(flags, answer, () => `Updated environment ${name}\n`);
  });
}

function addEnvDelete(noun: Command): void {
  clientCommand(noun, {
    usage: 'delete <NAME>',
    summary: 'Delete an environment with all that is in it; its nodes are cut off',
    examples: ['env delete lab', 'env delete lab --yes'],
  })
    .option('-y, --yes', 'do not ask')
    .action(async (name: string, flags: ConnectionFlags & { readonly yes?: boolean }) => {
      const { client } = await connect(flags);
      await confirm(`Delete environment ${name} with all that is in it?`, flags.yes);
      const answer = await client.deleteEnvironment({ environmentName: name });
      show(flags, answer, () => `Deleted environment ${name}\n`);
    });
}

function addFields(command: Command): Command {
  return command
    .option('--description <TEXT>', 'for people to read')
    .option('--access-url <URL>', 'of its gateways, for people to read')
    .option('--environment-set', 'its nodes publish one JWK Set of all projects, too')
    .option('--no-environment-set', 'they publish the sets of projects only (default for a new one)')
    .option('--projects <NAMES>', 'which projects reach it, separated by commas (default: all)');
}

function projectsOf({ projects, allProjects }: EnvFlags): readonly string[] | undefined {
  if (projects !== undefined && allProjects)
    throw wrongUsage('Either --projects or --all-projects can be given');
  return projects === undefined ? undefined : splitNames(projects);
}

async function environmentNamed(client: Connection['client'], name: string) {
  const { resultList } = await everyItem({}, (query) => client.listEnvironments(query));
  const found = resultList.find((one) => one.name === name);
  if (found) return found;
  throw new CliFailure(`Environment (name: ${name}) is not found!`, exitCode.notFound);
}
