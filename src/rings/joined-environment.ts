import { isDeployed } from '../jwks/jwk-content.ts';
import type { JwkStores } from '../jwks/jwk-store.ts';
import type { RingStores } from './ring-store.ts';

/**
 * In the transaction in which environments join a ring: from then on what their nodes may still do, or lack, counts. They may have
 * the ring from before it left the environment, with another ACTIVE member and other limits.
 * @param joined the revision with which nodes have the ring, by environment id
 */
export async function recordJoinedEnvironments(
  { rings, jwks }: RingStores & JwkStores,
  ringId: string,
  joined: Readonly<Record<string, number>>,
): Promise<void> {
  if (Object.keys(joined).length === 0) return;
  const [ring] = await rings.getMany([ringId]);
  if (!ring || ring.altered) return;
  const now = (await rings.now()).getTime();
  const joinedNow = Object.fromEntries(Object.keys(joined).map((id) => [id, now]));
  for (const jwk of await rings.members(ringId)) {
    if (!isDeployed(jwk) || jwk.altered) continue;
    const revisions = { ...jwk.member.revisions, ...joined };
    const joinedAt = { ...jwk.member.joinedAt, ...joinedNow };
    await jwks.update({ ...jwk, member: { ...jwk.member, revisions, joinedAt } });
  }
  const { formerLimits } = ring;
  if (formerLimits?.until !== null) return;
  const revisions = { ...formerLimits.revisions, ...joined };
  await rings.update({ ...ring, formerLimits: { ...formerLimits, revisions } });
}
