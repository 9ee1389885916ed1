import type { EnvironmentStores } from '../../environments/environment-store.ts';
import { closeCodes } from '../../protocol/messages.ts';
import type { UnitOfWork } from '../../unit-of-work.ts';
import type { NodeSession } from '../node-session.ts';

type StreamStores = Pick<EnvironmentStores, 'environments' | 'nodeKeys' | 'nodes'>;

export interface LostSession {
  readonly session: NodeSession;
  readonly code: number;
  readonly reason: string;
}

export interface SessionReport {
  /** The environment, node, key or connection of these sessions was removed, by whichever manager. */
  readonly lost: readonly LostSession[];
  /** The database does not (yet) know what these confirmed. */
  readonly unrecorded: readonly NodeSession[];
}

/**
 * Compares the streams of this manager with the database: an environment may have been deleted, a node forgotten, its
 * key barred, or a newer stream be another manager's. Two queries, unless something is wrong.
 * @param sessions those that were there before the call
 */
export async function checkSessions(
  store: UnitOfWork<StreamStores>,
  managerId: string,
  sessions: readonly NodeSession[],
): Promise<SessionReport> {
  const { own, accepted } = await store.read(async ({ nodes, nodeKeys }) => ({
    own: await nodes.heldBy(managerId),
    accepted: await nodeKeys.accepted(sessions.map(({ identity }) => identity.keyId)),
  }));
  const held = new Map(own.map((node) => [node.nodeId, node]));
  const lost: LostSession[] = [];
  const unrecorded: NodeSession[] = [];
  for (const session of sessions) {
    const node = held.get(session.identity.nodeId);
    if (node?.connection !== session.identity.connection) {
      lost.push({ session, ...(await whyLost(store, session)) });
    } else if (!accepted.has(session.identity.keyId)) {
      lost.push({ session, code: closeCodes.unauthorized, reason: 'its enrollment token was revoked' });
    } else if (node.appliedRevision !== session.confirmedRevision) {
      unrecorded.push(session);
    }
  }
  return { lost, unrecorded };
}

async function whyLost(
  store: UnitOfWork<StreamStores>,
  { identity }: NodeSession,
): Promise<Omit<LostSession, 'session'>> {
  const { environmentId, name, nodeId } = identity;
  return store.read(async ({ environments, nodes }) => {
    if ((await environments.get(environmentId)) === undefined) {
      return { code: closeCodes.unauthorized, reason: 'its environment was deleted' };
    }
    const node = await nodes.find(environmentId, name);
    return node?.id === nodeId
      ? { code: closeCodes.replaced, reason: 'another connection of this node took over' }
      : { code: closeCodes.forgotten, reason: 'an administrator removed this node' };
  });
}
