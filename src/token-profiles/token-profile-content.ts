// What nodes get of a token profile: the same in every environment.

import type { AccessStores } from '../access/access-store.ts';
import { type ContentReader, type OnUnreadable, readableDigests } from '../deployments/content-reader.ts';
import { alteredInDatabase } from '../errors.ts';
import type { DeployedTokenProfile } from '../protocol/content.ts';
import { durationsInMs } from './profile-durations.ts';
import type { TokenProfile } from './token-profile.ts';
import type { TokenProfileStores } from './token-profile-store.ts';

const pageSize = 512;

/** @throws KeyplaneError where the row was altered */
export function tokenProfileContent(profile: TokenProfile, projectName: string): DeployedTokenProfile {
  if (profile.altered) throw alteredInDatabase(`Token profile (name: ${profile.name})`);
  const { id, name, keyRingId, rules, encryptTo } = profile;
  const { issuer, audiences, audienceMode, tokenType, subject, claims } = rules;
  return {
    kind: 'token-profile',
    id,
    project: projectName,
    name,
    keyRingId,
    issuer,
    audiences,
    audienceMode,
    ...durationsInMs(rules),
    tokenType,
    subject,
    claims,
    encryptTo,
  };
}

export function createTokenProfileContentReader(
  onUnreadable: OnUnreadable,
): ContentReader<TokenProfileStores & Pick<AccessStores, 'projects'>> {
  return {
    kind: 'token-profile',
    async read(stores, _environmentId, ids) {
      const contents: DeployedTokenProfile[] = [];
      for (const profile of await stores.tokenProfiles.getMany(ids)) {
        const project = await stores.projects.get(profile.projectId);
        contents.push(tokenProfileContent(profile, project?.name ?? ''));
      }
      return contents;
    },
    async *digestsOfProject(stores, _environmentId, projectId) {
      const project = await stores.projects.get(projectId);
      if (!project) return;
      const read = (profile: TokenProfile) => tokenProfileContent(profile, project.name);
      for (let after = ''; ; ) {
        const ids = await stores.tokenProfiles.idsOfProject(projectId, after, pageSize);
        yield readableDigests(await stores.tokenProfiles.getMany(ids), 'token-profile', {
          read,
          onUnreadable,
        });
        const last = ids.at(-1);
        if (!last || ids.length < pageSize) return;
        after = last;
      }
    },
  };
}
