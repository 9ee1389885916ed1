// Tokens of token profiles for outlets. To the part of the node that opens keys and issues tokens an outlet is an application that
// may have tokens of one profile issued: nothing else holds its keys, and the same rules decide what the token contains.

import type { DeployedApplication } from '../../protocol/content.ts';
import type { StateCopy } from '../disk/state-copy.ts';
import type { ManagerContact } from '../lease/manager-contact.ts';
import type { SigningLease } from '../lease/signing-lease.ts';
import type { NodeLog } from '../node-log.ts';
import type { NodeState, StateFollower } from '../node-state.ts';
import { GcmUseCounter } from '../operations/gcm-uses.ts';
import { createTokenIssuer } from '../operations/issue-operation.ts';
import { createOperationContext } from '../operations/operation-context.ts';
import { OperationIndex } from '../operations/operation-index.ts';
import type { TokenIssuer } from '../operations/token-issuer.ts';
import type { UsageCounter } from '../operations/usage-counter.ts';
import type { StoredObject } from '../stored-object.ts';

export interface TokenOutlet {
  readonly id: string;
  readonly project: string;
  /** The `sub` of tokens of a profile whose subject is its caller. */
  readonly name: string;
  readonly tokenProfileId: string;
}

export interface OutletToken {
  readonly token: string;
  /** Milliseconds since 1970, by the manager's time: half its life is over. */
  readonly renewAt: number;
}

export interface OutletTokensOptions {
  readonly state: Pick<NodeState, 'objects'>;
  readonly copy: Pick<StateCopy, 'read'>;
  readonly contact: Pick<ManagerContact, 'lastSeenAt' | 'whenHeard' | 'time' | 'registeredNodes'>;
  readonly lease: Pick<SigningLease, 'refusal'>;
  /** Undefined: uses are not counted. */
  readonly usage: Pick<UsageCounter, 'count'> | undefined;
  readonly log: NodeLog;
}

interface IssuedToken extends OutletToken {
  /** What it was issued with: another key or another profile makes another token due. */
  readonly madeWith: unknown;
}

export class OutletTokens implements StateFollower {
  readonly #options: OutletTokensOptions;
  readonly #index: OperationIndex;
  readonly #issuer: TokenIssuer;
  readonly #issued = new Map<string, IssuedToken>();
  /** Ids of the outlets in the state. Without one the index follows nothing. */
  readonly #outlets = new Set<string>();
  #isFollowing = false;

  constructor(options: OutletTokensOptions) {
    this.#options = options;
    const { copy, contact, lease, usage, log } = options;
    this.#index = new OperationIndex(copy, log);
    const now = () => contact.time.now();
    const gcmUses = new GcmUseCounter({ record: undefined, nodes: () => contact.registeredNodes, log });
    const context = createOperationContext({ now, lease, contact, count: (use) => usage?.count(use) });
    this.#issuer = createTokenIssuer({ ...context, index: this.#index, gcmUses });
  }

  replaced(objects: Iterable<StoredObject>): void {
    const all = [...objects];
    this.#outlets.clear();
    for (const object of all) if (tokenOutletOf(object)) this.#outlets.add(object.id);
    this.#isFollowing = this.#outlets.size > 0;
    this.#index.replaced(this.#isFollowing ? this.#forIndex(all) : []);
  }

  changed(removed: readonly StoredObject[], added: readonly StoredObject[]): void {
    for (const object of removed) if (tokenOutletOf(object)) this.#outlets.delete(object.id);
    for (const object of added) if (tokenOutletOf(object)) this.#outlets.add(object.id);
    if (this.#isFollowing) {
      this.#index.changed([...this.#forIndex(removed)], [...this.#forIndex(added)]);
    } else if (this.#outlets.size > 0) {
      this.#isFollowing = true;
      this.#index.replaced(this.#forIndex(this.#options.state.objects.values()));
    }
    for (const id of this.#issued.keys()) if (!this.#outlets.has(id)) this.#issued.delete(id);
  }

  settled(): Promise<void> {
    return this.#index.settled();
  }

  /**
   * The token to deliver now: the former one until half its life is over, or its key or its profile is another.
   * @throws KeyplaneError with a text for the operator
   */
  async tokenFor({ id, project, name, tokenProfileId: profileId }: TokenOutlet): Promise<OutletToken> {
    await this.#index.settled();
    const now = this.#options.contact.time.now();
    const profile = this.#index.profile(profileId);
    const madeWith = `${profile?.ring?.usedJwkId} ${JSON.stringify(profile?.issuing.profile)}`;
    const known = this.#issued.get(id);
    if (known !== undefined && known.madeWith === madeWith && now < known.renewAt) return known;
    const application = { id, name, project, validUntil: null, grants: new Map(), subject: name };
    const answer = await this.#issuer.issue({ application, profileId, bodyText: '' });
    const { token, expiresAt } = JSON.parse(answer) as { token: string; expiresAt: string };
    const renewAt = now + (Date.parse(expiresAt) - now) / 2;
    const issued = { token, renewAt, madeWith };
    this.#issued.set(id, issued);
    return issued;
  }

  *#forIndex(objects: Iterable<StoredObject>): Iterable<StoredObject> {
    for (const object of objects) {
      const outlet = tokenOutletOf(object);
      if (outlet !== undefined) yield asApplication(object, outlet);
      else if (object.application === undefined) yield object;
    }
  }
}

/** Undefined for an object that is no outlet which delivers tokens. */
function tokenOutletOf({ id, project, name, outlet }: StoredObject): TokenOutlet | undefined {
  if (outlet?.content !== 'TOKEN' || outlet.source.id === null) return undefined;
  return { id, project, name, tokenProfileId: outlet.source.id };
}

function asApplication(
  object: StoredObject,
  { id, project, name, tokenProfileId }: TokenOutlet,
): StoredObject {
  const application: DeployedApplication = {
    kind: 'application',
    id,
    project,
    name,
    expires: null,
    tokens: [],
    grants: [{ keyRingId: null, jwkId: null, tokenProfileId, operations: ['ISSUE'] }],
  };
  return { ...object, kind: 'application', application };
}
