// What nodes get of an application: never a token, only hashes; never a private key, only public ones.

import type { AccessStores } from '../access/access-store.ts';
import {
  type ContentReader,
  type ObjectDigest,
  type OnUnreadable,
  readableDigests,
} from '../deployments/content-reader.ts';
import { alteredInDatabase } from '../errors.ts';
import { joinJwk, publicJwk } from '../jose/public-part.ts';
import type { DeployedApplication, DeployedCredential } from '../protocol/content.ts';
import {
  type Application,
  type Credential,
  followedUris,
  type JwtCredential,
  type TokenCredential,
  trustedJwkIds,
} from './application.ts';
import type { ApplicationStores } from './application-store.ts';
import type { GrantedKeyStores, ReferencedJwk } from './grants.ts';
import type { IssuerKey, IssuerKeySet, IssuerKeySetStores } from './issuer-key-set.ts';

const pageSize = 512;

export type ApplicationContentStores = ApplicationStores &
  IssuerKeySetStores &
  Pick<GrantedKeyStores, 'jwks'>;

/** The public keys that verify the JWTs of applications. */
interface TrustedKeys {
  readonly sets: ReadonlyMap<string, IssuerKeySet>;
  readonly jwks: ReadonlyMap<string, ReferencedJwk>;
}

/** How applications of one project are read: the same in every environment. @throws KeyplaneError where a row was altered */
export async function applicationReader(
  stores: Pick<ApplicationContentStores, 'issuerKeySets' | 'jwks'>,
  { projectId, projectName }: { readonly projectId: string; readonly projectName: string },
  applications: readonly Application[],
): Promise<(application: Application) => DeployedApplication> {
  const uris = [...new Set(applications.flatMap(followedUris))];
  const ids = [...new Set(applications.flatMap(trustedJwkIds))];
  const sets = uris.length === 0 ? [] : await stores.issuerKeySets.findMany(projectId, uris);
  const jwks = ids.length === 0 ? [] : await stores.jwks.getMany(ids);
  const trusted: TrustedKeys = {
    sets: new Map(sets.map((set) => [set.jwksUri, set])),
    jwks: new Map(jwks.map((jwk) => [jwk.id, jwk])),
  };
  return (application) => applicationContent(application, projectName, trusted);
}

function applicationContent(
  application: Application,
  projectName: string,
  trusted: TrustedKeys,
): DeployedApplication {
  if (application.altered) throw alteredInDatabase(`Application (name: ${application.name})`);
  const credentials = application.credentials.flatMap((one) => deployedCredential(one, trusted));
  return {
    kind: 'application',
    id: application.id,
    project: projectName,
    name: application.name,
    expires: application.expiresAt?.getTime() ?? null,
    tokens: application.credentials.flatMap((one) => (one.type === 'TOKEN' ? deployedTokens(one) : [])),
    grants: application.grants.map(({ keyRingId, jwkId, tokenProfileId, operations, rate }) => {
      return {
        keyRingId,
        jwkId,
        ...(tokenProfileId !== undefined && { tokenProfileId }),
        operations,
        ...(rate && { rate }),
      };
    }),
    ...(credentials.length > 0 && { credentials }),
  };
}

/** Each ends with its credential, too. */
function deployedTokens({ expiresAt, tokens }: TokenCredential): DeployedApplication['tokens'] {
  return tokens.map(({ hash, validUntil }) => {
    const ends = [expiresAt, validUntil].filter((end) => end !== null).map((end) => end.getTime());
    return { hash, validUntil: ends.length === 0 ? null : Math.min(...ends) };
  });
}

function deployedCredential(credential: Credential, trusted: TrustedKeys): readonly DeployedCredential[] {
  switch (credential.type) {
    case 'TOKEN':
      return [];
    case 'MTLS': {
      const { uriSan, spkiSha256 } = credential;
      return [
        { type: 'MTLS', ...(uriSan !== null && { uriSan }), ...(spkiSha256 !== null && { spkiSha256 }) },
      ];
    }
    case 'JWT': {
      const { issuer, audience, subject, claims, singleUse } = credential;
      const keys = keysOf(credential, trusted);
      return [{ type: 'JWT', issuer, audience, subject, claims, singleUse, keys }];
    }
    default:
      return credential satisfies never;
  }
}

function keysOf({ jwksUri, jwkId }: JwtCredential, { sets, jwks }: TrustedKeys): readonly IssuerKey[] {
  if (jwksUri !== null) {
    const set = sets.get(jwksUri);
    if (set?.altered) throw alteredInDatabase(`Key set (jwksUri: ${jwksUri})`);
    return set?.keys ?? [];
  }
  const jwk = jwks.get(jwkId ?? '');
  if (jwk === undefined) return [];
  if (jwk.altered) throw alteredInDatabase(`JWK (name: ${jwk.name})`);
  const publicKey = publicJwk(joinJwk(JSON.parse(jwk.publicMembers) as Record<string, unknown>, {}));
  if (publicKey === undefined) return [];
  const { x5c: _chain, ...key } = publicKey;
  return [key];
}

export function createApplicationContentReader(
  onUnreadable: OnUnreadable,
): ContentReader<ApplicationContentStores & Pick<AccessStores, 'projects'>> {
  return {
    kind: 'application',
    async read(stores, _environmentId, ids) {
      const contents: DeployedApplication[] = [];
      const found = await stores.applications.getMany(ids);
      for (const projectId of new Set(found.map((application) => application.projectId))) {
        const own = found.filter((application) => application.projectId === projectId);
        const project = await stores.projects.get(projectId);
        const scope = { projectId, projectName: project?.name ?? '' };
        contents.push(...own.map(await applicationReader(stores, scope, own)));
      }
      return contents;
    },
    async *digestsOfProject(stores, _environmentId, projectId) {
      const project = await stores.projects.get(projectId);
      if (!project) return;
      for (let after = ''; ; ) {
        const ids = await stores.applications.idsOfProject(projectId, after, pageSize);
        yield await digestsOf(stores, { projectId, projectName: project.name, ids, onUnreadable });
        const last = ids.at(-1);
        if (!last || ids.length < pageSize) return;
        after = last;
      }
    },
  };
}

async function digestsOf(
  stores: ApplicationContentStores,
  {
    ids,
    onUnreadable,
    ...project
  }: {
    readonly projectId: string;
    readonly projectName: string;
    readonly ids: readonly string[];
    readonly onUnreadable: OnUnreadable;
  },
): Promise<readonly ObjectDigest[]> {
  const applications = await stores.applications.getMany(ids);
  const read = await applicationReader(stores, project, applications);
  return readableDigests(applications, 'application', { read, onUnreadable });
}
