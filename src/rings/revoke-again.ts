// Nodes remember which keys were revoked. Where one reports a key that the database has as valid, the database was restored
// from a backup of before the revocation: the key is revoked again. A node speaks for its own environment only.

import type { AccessStores } from '../access/access-store.ts';
import type { RevokeAgain } from '../deployments/handshake/node-conversation.ts';
import type { EnvironmentStores } from '../environments/environment-store.ts';
import type { KeyOfRing } from '../protocol/messages.ts';
import type { UnitOfWork } from '../unit-of-work.ts';
import type { RevokeMember } from './revoke-member.ts';
import { environmentsOfRing } from './ring-environments.ts';
import type { RingStores } from './ring-store.ts';

type LookedUp = RingStores & Pick<AccessStores, 'projects'> & Pick<EnvironmentStores, 'environments'>;

export interface RevokeAgainOptions {
  readonly store: UnitOfWork<LookedUp>;
  readonly revoke: RevokeMember;
}

interface ValidMember {
  readonly projectId: string;
  readonly projectName: string;
  readonly ringName: string;
  readonly jwkName: string;
  readonly kid: string;
}

export function revocationAgain({ store, revoke }: RevokeAgainOptions): RevokeAgain {
  return async ({ environment, node, keys }) => {
    const valid = await store.read((stores) => validMembers(stores, environment.id, keys));
    for (const { projectId, projectName, ringName, kid } of valid) {
      await revoke({ projectId, projectName, actor: 'system' }, ringName, {
        kid,
        reason: 'UNSPECIFIED',
        comment: `Node ${node} of environment ${environment.name} knows it as revoked`,
      });
    }
    return valid.map(({ jwkName }) => jwkName);
  };
}

async function validMembers(
  { rings, projects, environments }: LookedUp,
  environmentId: string,
  keys: readonly KeyOfRing[],
): Promise<readonly ValidMember[]> {
  const valid: ValidMember[] = [];
  for (const [ringId, ofRing] of Map.groupBy(keys, (key) => key.ringId)) {
    const [ring] = await rings.getMany([ringId]);
    const project = ring && (await projects.get(ring.projectId));
    if (!ring || !project) continue;
    const reached = await environmentsOfRing({ environments }, ring);
    if (!reached.some(({ id }) => id === environmentId)) continue;
    const kids = new Set(ofRing.map(({ kid }) => kid));
    for (const { kid, name: jwkName, member } of await rings.members(ringId)) {
      if (!kids.has(kid) || member.state === 'REVOKED') continue;
      valid.push({ projectId: project.id, projectName: project.name, ringName: ring.name, jwkName, kid });
    }
  }
  return valid;
}
