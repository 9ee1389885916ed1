// The names behind a completion source. The manager has a second to answer; without an answer there are no candidates, and
// nothing is printed.

import { createClient, type KeyplaneClient } from '../../../clients/typescript/src/index.ts';
import { processEnvironment } from '../../config.ts';
import { type Address, findAddress } from '../session/connection.ts';
import { readProfiles } from '../session/profiles-file.ts';
import type { CompletionSource } from './completion-source.ts';
import type { TypedLine } from './typed-line.ts';

const defaultTimeLimitMs = 1_000;
const longestTimeLimitMs = 60_000;
const mostCandidates = 100;
/** Names of keyplane; anything else could mean something to the shell. */
const safeName = /^[\p{L}\p{M}\p{N}._-]+$/u;

/** Sources that need no manager. */
type LocalSource =
  | 'algorithms'
  | 'key types'
  | 'operations'
  | 'profiles'
  | 'roles'
  | 'shells'
  | 'source types'
  | 'uses';
type ManagerSource = Exclude<CompletionSource, LocalSource>;

const localSources: Readonly<Record<LocalSource, (line: TypedLine) => Promise<readonly string[]>>> = {
  algorithms: algorithmNames,
  async 'key types'() {
    const { publicKeyTypeNames } = await import('../../jose/key-types.ts');
    return publicKeyTypeNames;
  },
  async operations() {
    const { operations } = await import('../../../clients/typescript/src/operations.ts');
    return Object.keys(operations);
  },
  async profiles() {
    return Object.keys((await readProfiles()).profiles);
  },
  async roles() {
    const { shortRoles } = await import('../admin/roles.ts');
    return Object.keys(shortRoles);
  },
  async shells() {
    const { shells } = await import('./completion.ts');
    return shells;
  },
  async 'source types'() {
    const { storedSourceTypes } = await import('../../sources/sources.ts');
    return storedSourceTypes;
  },
  async uses() {
    const { useTypes, useTypeToUse } = await import('../../jose/use-type.ts');
    return useTypes.map(useTypeToUse);
  },
};

function isLocal(source: CompletionSource): source is LocalSource {
  return Object.hasOwn(localSources, source);
}

/** @param word the name as far as it is typed */
export async function candidatesOf(
  source: CompletionSource,
  word: string,
  line: TypedLine,
): Promise<readonly string[]> {
  return isLocal(source) ? localSources[source](line) : namesFromManager(source, word, line);
}

/** Of the type and use that the line names, otherwise of all. */
async function algorithmNames({ flags }: TypedLine): Promise<readonly string[]> {
  const { algorithmsFor } = await import('../../jose/algorithms.ts');
  const { keyTypeName } = await import('../../jose/key-type-name.ts');
  const { keyTypes } = await import('../../jose/key-types.ts');
  const { useToUseType, useTypes } = await import('../../jose/use-type.ts');
  const [type, use] = [flags.get('--type')?.toUpperCase(), flags.get('--use')];
  const uses = use === 'sig' || use === 'enc' ? [useToUseType(use)] : useTypes;
  const found = keyTypes
    .filter((keyType) => type === undefined || keyTypeName(keyType) === type)
    .flatMap((keyType) => uses.flatMap((useType) => algorithmsFor({ keyType, useType })));
  return [...new Set(found)];
}

async function namesFromManager(
  source: ManagerSource,
  word: string,
  line: TypedLine,
): Promise<readonly string[]> {
  try {
    const names = await askManager(source, word, line);
    return names.filter((name) => safeName.test(name));
  } catch {
    // Not signed in, not permitted, unreachable: a shell at its prompt shows no errors.
    return [];
  }
}

async function askManager(
  source: ManagerSource,
  word: string,
  { flags, given }: TypedLine,
): Promise<readonly string[]> {
  const [profile, url] = [flags.get('--profile'), flags.get('--url')];
  const address = await findAddress({
    ...(profile !== undefined && { profile }),
    ...(url !== undefined && { url }),
  });
  const { token } = address;
  if (token === undefined) return [];
  const client = createClient({ url: address.url, token, retries: { attempts: 1 } });
  const options = { signal: AbortSignal.timeout(timeLimitMs()) };
  const query = { size: mostCandidates, ...(word !== '' && { search: word }) };
  const projectName = async () => flags.get('--project') ?? (await defaultProject(address, client, options));
  const [environmentName = '', username = ''] = [given[0], given[0]];
  switch (source) {
    case 'jwks':
      return named(await client.listJwks({ projectName: await projectName(), ...query }, options));
    case 'key rings':
      return named(await client.listKeyRings({ projectName: await projectName(), ...query }, options));
    case 'applications':
      return named(await client.listApplications({ projectName: await projectName(), ...query }, options));
    case 'token profiles':
      return named(await client.listTokenProfiles({ projectName: await projectName(), ...query }, options));
    case 'views':
      return named(await client.listViews({ projectName: await projectName(), ...query }, options));
    case 'outlets':
      return named(await client.listOutlets({ projectName: await projectName(), ...query }, options));
    case 'certificates':
      return named(await client.listCertificates({ projectName: await projectName(), ...query }, options));
    case 'keys':
      return named(await client.listKeys({ projectName: await projectName(), ...query }, options));
    case 'keystores':
      return named(await client.listKeystores({ projectName: await projectName(), ...query }, options));
    case 'members': {
      const { resultList } = await client.listMembers(
        { projectName: await projectName(), ...query },
        options,
      );
      return resultList.map((one) => one.username);
    }
    case 'projects':
      return named(await client.listProjects(query, options));
    case 'environments': {
      // Only administrators list all environments; the overview has those of the user's projects.
      const { environments } = await client.getOverview({}, options);
      return environments.map(({ name }) => name);
    }
    case 'nodes':
      return named(await client.listNodes({ environmentName, ...query }, options));
    case 'enrollment tokens': {
      const { resultList } = await client.listEnrollmentTokens(
        { environmentName, size: mostCandidates },
        options,
      );
      return resultList.map(({ id }) => id);
    }
    case 'users': {
      const { resultList } = await client.listUsers(query, options);
      return resultList.map((one) => one.username);
    }
    case 'tokens':
      return named(await client.listTokens(query, options));
    case 'tokens of a user':
      return named(await client.listUserTokens({ username, ...query }, options));
    default:
      return source satisfies never;
  }
}

/** A slow network may need more. */
function timeLimitMs(): number {
  const text = processEnvironment().KEYPLANE_COMPLETION_TIMEOUT ?? '';
  return /^[1-9]\d{0,4}$/.test(text) ? Math.min(Number(text), longestTimeLimitMs) : defaultTimeLimitMs;
}

function named({ resultList }: { readonly resultList: readonly { readonly name: string }[] }) {
  return resultList.map(({ name }) => name);
}

/** As a command finds it: the variable, the profile, or the only project. */
async function defaultProject(
  { profile }: Address,
  client: KeyplaneClient,
  options: { readonly signal: AbortSignal },
): Promise<string> {
  const known = processEnvironment().KEYPLANE_PROJECT || profile?.project;
  if (known) return known;
  const { resultList, resultCount } = await client.listProjects({}, options);
  return resultCount === 1 ? (resultList[0]?.name ?? '') : '';
}
