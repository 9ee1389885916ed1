// The manager that a command calls, and the token it uses. A token is sent only to the installation that issued it.

import { createClient, type KeyplaneClient } from '../../../clients/typescript/src/index.ts';
import { processEnvironment } from '../../config.ts';
import { CliFailure, exitCode, wrongUsage } from '../failure.ts';
import type { OutputFlags } from '../terminal/output-format.ts';
import { firstProfile, type Profile, readProfiles } from './profiles-file.ts';

/** Flags of every command that calls a manager. */
export interface ConnectionFlags extends OutputFlags {
  readonly profile?: string;
  readonly url?: string;
}

export interface ProjectFlags extends ConnectionFlags {
  readonly project?: string;
}

export interface Address {
  readonly url: string;
  /** Secret. Undefined where the user is not signed in there. */
  readonly token: string | undefined;
  readonly profileName: string;
  readonly profile: Profile | undefined;
}

export interface Connection extends Address {
  readonly client: KeyplaneClient;
}

export interface ProjectConnection extends Connection {
  readonly projectName: string;
}

/** @throws CliFailure for a profile that does not exist, or where no manager is given */
export async function findAddress(flags: ConnectionFlags): Promise<Address> {
  const { KEYPLANE_URL, KEYPLANE_TOKEN, KEYPLANE_PROFILE } = processEnvironment();
  const asked = flags.profile ?? (KEYPLANE_PROFILE || undefined);
  const given = flags.url ?? (KEYPLANE_URL || undefined);
  // With both in the environment the file of profiles is not read, so a broken one does no harm.
  const isComplete = given !== undefined && KEYPLANE_TOKEN && asked === undefined;
  const { current, profiles } = isComplete ? { current: null, profiles: {} } : await readProfiles();
  const profileName = asked ?? current ?? firstProfile;
  const profile = Object.hasOwn(profiles, profileName) ? profiles[profileName] : undefined;
  if (asked !== undefined && profile === undefined) {
    const names = Object.keys(profiles).join(', ') || 'none';
    throw wrongUsage(
      `Profile ${asked} does not exist. Profiles: ${names}. Create one with: keyplane login --profile ${asked}`,
    );
  }
  const url = checkManagerUrl(given ?? profile?.url);
  const own = profile !== undefined && originOf(profile.url) === originOf(url) ? profile.token : undefined;
  return { url, token: KEYPLANE_TOKEN || own, profileName, profile };
}

/** @throws CliFailure where the user is not signed in */
export async function connect(flags: ConnectionFlags): Promise<Connection> {
  const address = await findAddress(flags);
  const { url, token } = address;
  if (token === undefined) {
    throw new CliFailure(`Not signed in at ${url}: keyplane login ${url}`, exitCode.forbidden);
  }
  return { ...address, client: createClient({ url, token }) };
}

/** The same with a project. */
export async function connectToProject(flags: ProjectFlags): Promise<ProjectConnection> {
  const connection = await connect(flags);
  const { KEYPLANE_PROJECT } = processEnvironment();
  const named = flags.project ?? (KEYPLANE_PROJECT || connection.profile?.project);
  return { ...connection, projectName: named ?? (await onlyProject(connection.client)) };
}

async function onlyProject(client: KeyplaneClient): Promise<string> {
  const { resultList, resultCount } = await client.listProjects();
  const [only] = resultList;
  if (only && resultCount === 1) return only.name;
  if (!only) throw new CliFailure('You have no access to a project', exitCode.notFound);
  const names = resultList.map(({ name }) => name).join(', ');
  throw wrongUsage(`Which project? Add --project with one of: ${names}`);
}

/** @throws CliFailure */
export function checkManagerUrl(text: string | undefined): string {
  if (text === undefined) {
    throw new CliFailure(
      'No manager is given: sign in with `keyplane login URL`, or set KEYPLANE_URL and KEYPLANE_TOKEN',
      exitCode.forbidden,
    );
  }
  const url = URL.parse(text);
  if (url && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '') {
    return text.replace(/\/+$/, '');
  }
  throw wrongUsage('The address of the manager is not valid: http(s)://host:port without a user is accepted');
}

function originOf(url: string): string {
  return URL.parse(url)?.origin ?? url;
}
