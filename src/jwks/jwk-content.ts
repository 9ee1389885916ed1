import type { AccessStores } from '../access/access-store.ts';
import {
  type ContentReader,
  type ObjectDigest,
  type OnUnreadable,
  readableDigests,
} from '../deployments/content-reader.ts';
import type { DesiredStateStores } from '../deployments/desired-state-store.ts';
import type { EnvironmentStores } from '../environments/environment-store.ts';
import { badRequest } from '../errors.ts';
import type { PrivateJwk } from '../jose/jwk.ts';
import type { DeployedJwk } from '../protocol/content.ts';
import type { Sealer } from '../sealing/sealed.ts';
import type { JwkStores, StoredJwk } from './jwk-store.ts';
import { findKidConflict, kidTakenText } from './published-kid.ts';
import { openPrivateJwk } from './sealed-members.ts';

const pageSize = 512;
/** To open a JWK and take its digest costs 50 µs and more. */
const openedAtOnce = 64;

/** What nodes get of a JWK: the same in every environment. */
export function jwkContent(stored: StoredJwk, projectName: string, jwk: PrivateJwk): DeployedJwk {
  return {
    kind: 'jwk',
    id: stored.id,
    project: projectName,
    name: stored.name,
    jwk: { ...jwk },
    notBefore: stored.notBeforeTime?.getTime() ?? null,
    expires: stored.expirationTime?.getTime() ?? null,
    ...(stored.kidSince && { kidSince: stored.kidSince.getTime() }),
  };
}

export function createJwkContentReader(
  sealer: Sealer,
  onUnreadable: OnUnreadable,
): ContentReader<
  JwkStores & DesiredStateStores & Pick<AccessStores, 'projects'> & Pick<EnvironmentStores, 'environments'>
> {
  return {
    kind: 'jwk',
    async read(stores, _environmentId, ids) {
      const stored = await stores.jwks.getMany(ids);
      const names = new Map<string, string>();
      for (const projectId of new Set(stored.map((jwk) => jwk.projectId))) {
        const project = await stores.projects.get(projectId);
        if (project) names.set(projectId, project.name);
      }
      return stored.map((jwk) =>
        jwkContent(jwk, names.get(jwk.projectId) ?? '', openPrivateJwk(sealer, jwk)),
      );
    },
    async refuseGain(stores, environmentId, projectId) {
      const shared = await findKidConflict(stores, projectId);
      if (!shared) return;
      const project = await stores.projects.get(projectId);
      const environment = await stores.environments.get(environmentId);
      const [first, second] = shared.names;
      throw badRequest(
        `Project (${project?.name}) can not reach environment (${environment?.name}), for JWK (name: ${second}): ${kidTakenText(shared.kid, first)}`,
        { reason: 'KID_TAKEN', member: 'projects' },
      );
    },
    async *digestsOfProject(stores, _environmentId, projectId) {
      const project = await stores.projects.get(projectId);
      if (!project) return;
      const read = (jwk: StoredJwk) => jwkContent(jwk, project.name, openPrivateJwk(sealer, jwk));
      for (let after = ''; ; ) {
        const ids = await stores.jwks.idsOfProject(projectId, after, pageSize);
        // It is the same in every environment, so any environment that has it knows its digest.
        const known = await stores.desired.digestsAnywhere('jwk', ids);
        const unknown = ids.filter((id) => !known.has(id));
        const opened: ObjectDigest[] = [];
        for (let from = 0; from < unknown.length; from += openedAtOnce) {
          const stored = await stores.jwks.getMany(unknown.slice(from, from + openedAtOnce));
          opened.push(...readableDigests(stored, 'jwk', { read, onUnreadable }));
        }
        yield [...known, ...opened];
        const last = ids.at(-1);
        if (!last || ids.length < pageSize) return;
        after = last;
      }
    },
  };
}
