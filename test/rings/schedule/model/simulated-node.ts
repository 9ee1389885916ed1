// A node and the caches behind it, as far as rotation is concerned. Sets of members are bit masks: bit `version`.

/** What an environment deploys about the ring, at one revision. */
export interface Content {
  readonly revision: number;
  /** 0: none. */
  readonly active: number;
  /** What tokens or messages are checked or decrypted with: published members, or those whose private part nodes have. */
  readonly usable: number;
  /** By version; undefined: not known, or not RETIRING. */
  readonly retireAt: readonly (number | undefined)[];
  readonly revoked: number;
  readonly lifetimeMs: number;
  readonly leaseMs: number | null;
  readonly cachesMs: number;
}

/** Ways in which a node may be wrong; see `planted-bugs.ts`. */
export interface NodeBugs {
  readonly servesBodyOfLastChange?: boolean;
  readonly servesRevokedBody?: boolean;
  readonly renewsLeaseBeforeCatchingUp?: boolean;
  readonly servesBeforeCatchingUp?: boolean;
  readonly ignoresLease?: boolean;
  readonly ignoresServeLimit?: boolean;
}

export class SimulatedNode {
  /** The row of the database. */
  readonly row: {
    readonly id: string;
    readonly name: string;
    readonly environmentId: string;
    readonly environmentName: string;
    connected: boolean;
    appliedRevision: number;
    appliedAt: number | null;
    readonly registeredAt: number;
    lastSeenAt: number | null;
    readonly privateKeys: boolean;
    readonly serveLimitMs: number | null;
    readonly ephemeral: boolean;
  };
  readonly environment: number;
  /** Its clock less the clock of the database. */
  readonly offsetMs: number;
  readonly bugs: NodeBugs;

  isRunning = true;
  /** A manager and the node can talk to each other. */
  isLinked = true;
  /** It is linked, and takes in revocations alone. */
  isStalled = false;
  /** It has what it was to be sent when it connected. */
  hasCaughtUp = false;
  content: Content | undefined;
  /** Revoked members, from content and from what was sent ahead of it. */
  revoked = 0;
  /** The lease and the serve limit count from them: when a manager acknowledged a heartbeat. */
  leaseFrom: number;
  servesFrom: number;
  /** It answers for its keys; a node that does not answers 503. */
  isServing = false;
  /**
   * Members that it need not have: all while its environment is not in the ring, and until it has taken in that the
   * environment is again, those that were published without it.
   */
  excused = 0;
  #bodyOfLastChange = 0;

  constructor(row: SimulatedNode['row'], environment: number, offsetMs: number, bugs: NodeBugs) {
    this.row = row;
    this.environment = environment;
    this.offsetMs = offsetMs;
    this.bugs = bugs;
    this.leaseFrom = row.registeredAt;
    this.servesFrom = row.registeredAt;
  }

  /** The members that it answers for. */
  bodyAt(now: number): number {
    const { content, bugs } = this;
    if (!content) return 0;
    if (bugs.servesBodyOfLastChange) return this.#bodyOfLastChange & ~this.revoked;
    const body = withoutRetired(content, now + this.offsetMs);
    return bugs.servesRevokedBody ? body : body & ~this.revoked;
  }

  take(content: Content, now: number): void {
    this.content = content;
    this.revoked |= content.revoked;
    this.#bodyOfLastChange = withoutRetired(content, now + this.offsetMs);
    this.hasCaughtUp = true;
  }

  /** A manager acknowledged a heartbeat. */
  hear(now: number): void {
    if (this.hasCaughtUp || this.bugs.renewsLeaseBeforeCatchingUp) this.leaseFrom = now;
    if (this.hasCaughtUp || this.bugs.servesBeforeCatchingUp) this.servesFrom = now;
  }

  stopsServingAt(): number {
    const { serveLimitMs } = this.row;
    if (serveLimitMs === null || this.bugs.ignoresServeLimit) return Number.POSITIVE_INFINITY;
    return this.servesFrom + serveLimitMs;
  }

  /** 0: it cannot sign. */
  signsWith(now: number): number {
    const { content, row } = this;
    if (!content || !row.privateKeys || !this.isRunning) return 0;
    const { active } = content;
    return active !== 0 && (this.revoked & (1 << active)) === 0 && now < this.signsUntil() ? active : 0;
  }

  /** The member that others encrypt for; 0: none. */
  get publishedActive(): number {
    const active = this.content?.active ?? 0;
    return this.isServing && (this.revoked & (1 << active)) === 0 ? active : 0;
  }

  signsUntil(): number {
    const leaseMs = this.content?.leaseMs ?? null;
    return leaseMs === null || this.bugs.ignoresLease ? Number.POSITIVE_INFINITY : this.leaseFrom + leaseMs;
  }
}

export function withoutRetired({ usable, retireAt }: Content, now: number): number {
  let body = usable;
  for (let version = 1; version < retireAt.length; version += 1) {
    const at = retireAt[version];
    if (at !== undefined && at <= now) body &= ~(1 << version);
  }
  return body;
}

/** Whether a node that is away serves no JWK Sets any more. */
export function hasStopped(
  { connected, lastSeenAt, serveLimitMs, registeredAt }: SimulatedNode['row'],
  now: number,
): boolean {
  return !connected && serveLimitMs !== null && (lastSeenAt ?? registeredAt) + serveLimitMs <= now;
}
