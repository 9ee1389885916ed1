// What the manager delivers for an outlet, made from the database: the same keys as a node has.

import { randomBytes } from 'node:crypto';
import type { AccessStores, Project } from '../access/access-store.ts';
import { requireIntactProject } from '../altered-settings.ts';
import { alteredInDatabase, badRequest } from '../errors.ts';
import type { PrivateJwk } from '../jose/jwk.ts';
import { defaultPublishedKeyTypes, hasPrivatePart } from '../jose/key-types.ts';
import { publicJwk } from '../jose/public-part.ts';
import { storedJwkContent } from '../jwks/jwk-content.ts';
import type { JwkStores, StoredJwk } from '../jwks/jwk-store.ts';
import type { Artifact } from '../outlets/content/artifact.ts';
import type { ContentKey } from '../outlets/content/content-input.ts';
import { makeArtifact } from '../outlets/content/make-artifact.ts';
import type { Outlet } from '../outlets/outlet.ts';
import type { DeployedJwk } from '../protocol/content.ts';
import { isInView, selectableJwk } from '../protocol/view-selection.ts';
import type { RingStores } from '../rings/ring-store.ts';
import type { Sealer } from '../sealing/sealed.ts';
import type { ViewStores } from '../views/view-store.ts';

export type ArtifactStores = JwkStores & RingStores & ViewStores & Pick<AccessStores, 'projects'>;

export interface ManagerArtifact {
  readonly artifact: Artifact;
  /** Milliseconds since 1970: then a key in it expires. */
  readonly validUntilMs: number;
}

export interface ManagerArtifactRequest {
  readonly outlet: Outlet;
  /** Where it delivers. */
  readonly environmentIds: readonly string[];
  readonly projectName: string;
  readonly sealer: Sealer;
  readonly now: Date;
}

/** @throws KeyplaneError, with a text for the operator, where it cannot be made */
export async function managerArtifact(
  stores: ArtifactStores,
  { outlet, environmentIds, projectName, sealer, now }: ManagerArtifactRequest,
): Promise<ManagerArtifact> {
  if (outlet.altered) throw alteredInDatabase(`Outlet (name: ${outlet.name})`);
  const { content } = outlet;
  if (content !== 'JWKS' && content !== 'JWKS_PRIVATE' && content !== 'PEM_PRIVATE') {
    throw badRequest(`The manager does not deliver ${content}!`, { reason: 'FIELD_NOT_VALID' });
  }
  const project = await stores.projects.get(outlet.projectId);
  if (project) requireIntactProject(project);
  const stored = await sourceOf(stores, outlet);
  const deployed = stored.flatMap((jwk) => storedJwkContent(jwk, projectName, sealer) ?? []);
  const elsewhere = await ringsElsewhere(stores, deployed, environmentIds);
  const live = deployed.filter(
    ({ expires, ring }) =>
      (expires === null || now.getTime() < expires) && !(ring && elsewhere.has(ring.ringId)),
  );
  const isChosen = content === 'JWKS' ? await publicChoice(stores, outlet, project) : hasPrivateHalf;
  const chosen = live.filter(isChosen);
  if (content !== 'JWKS' && chosen.length === 0) {
    throw badRequest('The source has no private key in the environments of the outlet!', {
      reason: 'KEY_NOT_FOUND',
    });
  }
  const isSingle = outlet.source.type === 'KEY_RING' || outlet.source.type === 'JWK';
  const keys = chosen.map(({ jwk, name, ring }): ContentKey => {
    const isCurrent = isSingle && (ring === undefined || ring.state === 'ACTIVE');
    return { jwk: jwk as unknown as PrivateJwk, name, isCurrent, ...(ring && { state: ring.state }) };
  });
  const ends = live.flatMap(({ expires }) => (expires === null ? [] : [expires]));
  return {
    artifact: await makeArtifact(content, { keys, random: randomBytes }),
    validUntilMs: Math.min(Number.POSITIVE_INFINITY, ...ends),
  };
}

/** Key rings that none of these environments has. @throws KeyplaneError `unavailable` where one was altered in the database */
async function ringsElsewhere(
  { rings }: RingStores,
  jwks: readonly DeployedJwk[],
  environmentIds: readonly string[],
): Promise<ReadonlySet<string>> {
  const ids = new Set(jwks.flatMap(({ ring }) => ring?.ringId ?? []));
  if (ids.size === 0) return ids;
  const found = await rings.getMany([...ids]);
  const altered = found.find((ring) => ring.altered);
  if (altered) throw alteredInDatabase(`Key ring (name: ${altered.name})`);
  const elsewhere = found.filter(
    ({ policy }) => policy.environmentIds?.some((id) => environmentIds.includes(id)) === false,
  );
  return new Set(elsewhere.map(({ id }) => id));
}

function hasPrivateHalf({ jwk }: DeployedJwk): boolean {
  return hasPrivatePart(jwk as unknown as PrivateJwk);
}

/** Which keys are in the JWK Set that it delivers, as nodes publish it. */
async function publicChoice(
  stores: ArtifactStores,
  { source }: Outlet,
  project: Project | undefined,
): Promise<(jwk: DeployedJwk) => boolean> {
  const isPublished = ({ jwk, ring }: DeployedJwk) =>
    ring?.published !== false && publicJwk(jwk as unknown as PrivateJwk) !== undefined;
  switch (source.type) {
    case 'PROJECT': {
      const keyTypes: readonly string[] = project?.publishKeyTypes ?? defaultPublishedKeyTypes;
      return (jwk) => isPublished(jwk) && keyTypes.includes(String(jwk.jwk.kty));
    }
    case 'VIEW': {
      const [view] = await stores.views.getMany([source.id ?? '']);
      if (!view) return () => false;
      if (view.altered) throw alteredInDatabase(`View (name: ${view.name})`);
      return (jwk) =>
        isPublished(jwk) &&
        isInView(view, selectableJwk(jwk.jwk, { id: jwk.id, keyRingId: jwk.ring?.ringId }));
    }
    case 'KEY_RING':
    case 'JWK':
    case 'CERTIFICATE':
    case 'TOKEN_PROFILE':
      return isPublished;
    default:
      return source.type satisfies never;
  }
}

const pageSize = 512;

async function sourceOf(
  stores: ArtifactStores,
  { source, projectId }: Outlet,
): Promise<readonly StoredJwk[]> {
  switch (source.type) {
    case 'KEY_RING':
      return stores.rings.members(source.id ?? '');
    case 'JWK':
      return stores.jwks.getMany([source.id ?? '']);
    case 'PROJECT':
    case 'VIEW': {
      const all: StoredJwk[] = [];
      for (let after = ''; ; ) {
        const page = await stores.jwks.listOfProject(projectId, after, pageSize);
        all.push(...page);
        const last = page.at(-1);
        if (!last || page.length < pageSize) return all.sort((a, b) => (a.name < b.name ? -1 : 1));
        after = last.id;
      }
    }
    case 'CERTIFICATE':
    case 'TOKEN_PROFILE':
      return [];
    default:
      return source.type satisfies never;
  }
}
