// Whether a node may connect, from what its hello names and what the database has: a pure decision, made before
// anything is signed and again in the transaction that registers a key.

import type {
  EnrollmentToken,
  Environment,
  NodeKey,
  RegisteredNode,
} from '../../environments/environment-store.ts';
import { closeCodes } from '../../protocol/messages.ts';
import type { InstallationIdentity } from './installation-identity.ts';

export interface JoinFacts {
  readonly environment: Environment | undefined;
  /** The names, as the node was started with them. */
  readonly environmentName: string;
  readonly name: string;
  /** The key of the hello, where it is registered in the environment. */
  readonly key: NodeKey | undefined;
  /** All keys that ever had the name in the environment. */
  readonly keysOfName: readonly NodeKey[];
  /** The node of that name. */
  readonly node: RegisteredNode | undefined;
  readonly hasTokenKey: boolean;
  /** The token of the key that the hello names. */
  readonly token: EnrollmentToken | undefined;
  readonly identity: Pick<InstallationIdentity, 'replacedAt'>;
  readonly now: Date;
}

export type JoinDecision =
  /** Its key is registered: the key alone proves who it is. */
  | { readonly join: 'returning'; readonly key: NodeKey }
  /** The key is registered once node and token have proven themselves. */
  | { readonly join: 'new' | 'replacing'; readonly token: EnrollmentToken }
  /** A node of the first release: the key is registered once it proves that it has a token of the first release. */
  | { readonly join: 'upgraded' }
  | JoinRejection;

export interface JoinRejection {
  readonly join: 'refused';
  readonly code: number;
  /** For the node's log, the manager's log and the audit record; short enough for the reason of a close. */
  readonly reason: string;
}

/** A token is accepted for so long after its identity was replaced. */
const tokenGraceMs = 30 * 24 * 3600 * 1000;

export function decideJoin(facts: JoinFacts): JoinDecision {
  const { environment, environmentName, name, key, token } = facts;
  if (token !== undefined && token.environmentId !== environment?.id) {
    return refusal('the enrollment token is for another environment');
  }
  if (environment === undefined) return refusal(`there is no environment ${shortened(environmentName)}`);
  if (key !== undefined) return decideKnownKey(key, name);
  const tokenProblem = problemOfToken(facts);
  if (tokenProblem !== undefined) return refusal(tokenProblem);
  const taken = facts.keysOfName.some(({ barred }) => barred === null);
  if (taken) {
    return refusal('the name belongs to a node with another key: remove that node, or choose another name');
  }
  if (token !== undefined) {
    return { join: facts.keysOfName.length > 0 ? 'replacing' : 'new', token };
  }
  // Once for each name: afterwards a key has it, or had it.
  const isUpgraded = facts.node !== undefined && facts.keysOfName.length === 0;
  if (isUpgraded) return { join: 'upgraded' };
  return refusal('no valid token for a new node: one of the first release joins only nodes known before');
}

function decideKnownKey(key: NodeKey, name: string): JoinDecision {
  switch (key.barred) {
    case 'removed':
      return refusal('this node was removed: readmit it, or join it with a new key', closeCodes.forgotten);
    case 'revoked':
      return refusal('its enrollment token was revoked: readmit it, or join it with a new key and token');
    case null:
      break;
    default:
      key.barred satisfies never;
  }
  if (key.name !== name) {
    return refusal(`its key belongs to node ${shortened(key.name)}: each node needs its own --data-dir`);
  }
  return { join: 'returning', key };
}

function problemOfToken({ hasTokenKey, token, identity, now }: JoinFacts): string | undefined {
  if (!hasTokenKey) return undefined;
  if (token === undefined) {
    return 'the enrollment token is unknown: it was revoked, or is of another installation';
  }
  const { expiresAt, maxNodes, registered, identityId } = token;
  if (expiresAt !== null && expiresAt <= now) {
    return `the enrollment token expired at ${expiresAt.toISOString()}`;
  }
  if (maxNodes !== null && registered >= maxNodes) {
    return `the enrollment token is used up: maxNodes is ${maxNodes}`;
  }
  const replacedAt = identityId === null ? undefined : identity.replacedAt.get(identityId);
  if (replacedAt !== undefined && replacedAt.getTime() + tokenGraceMs <= now.getTime()) {
    return 'the enrollment token is older than the identity by over 30 days: create a new one';
  }
  return undefined;
}

export function refusal(reason: string, code: number = closeCodes.unauthorized): JoinRejection {
  return { join: 'refused', code, reason };
}

/** A name may have 128 characters; the reason of a close has room for 123 bytes. */
function shortened(name: string): string {
  const characters = [...name];
  return characters.length <= 24 ? name : `${characters.slice(0, 24).join('')}…`;
}
