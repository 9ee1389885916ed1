import type { AccessNouns } from '../access/access-store.ts';
import { type ContentReader, type OnUnreadable, readableContents } from '../deployments/content-reader.ts';
import type { PrivateJwk } from '../jose/jwk.ts';
import type { DeployedJwk } from '../protocol/content.ts';
import type { Sealer } from '../sealing/sealed.ts';
import type { JwkNouns, StoredJwk } from './jwk-store.ts';
import { openPrivateJwk } from './sealed-members.ts';

const pageSize = 200;

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
  };
}

export function createJwkContentReader(
  sealer: Sealer,
  onUnreadable: OnUnreadable,
): ContentReader<JwkNouns & Pick<AccessNouns, 'projects'>> {
  return {
    kind: 'jwk',
    async read(nouns, _environmentId, ids) {
      const stored = await nouns.jwks.getMany(ids);
      const names = new Map<string, string>();
      for (const projectId of new Set(stored.map((jwk) => jwk.projectId))) {
        const project = await nouns.projects.get(projectId);
        if (project) names.set(projectId, project.name);
      }
      return stored.map((jwk) =>
        jwkContent(jwk, names.get(jwk.projectId) ?? '', openPrivateJwk(sealer, jwk)),
      );
    },
    async *readProject(nouns, _environmentId, projectId) {
      const project = await nouns.projects.get(projectId);
      if (!project) return;
      for (let after = ''; ; ) {
        const page = await nouns.jwks.listOfProject(projectId, after, pageSize);
        const read = (jwk: StoredJwk) => jwkContent(jwk, project.name, openPrivateJwk(sealer, jwk));
        yield readableContents(page, 'jwk', { read, onUnreadable });
        const last = page.at(-1);
        if (!last || page.length < pageSize) return;
        after = last.id;
      }
    },
  };
}
