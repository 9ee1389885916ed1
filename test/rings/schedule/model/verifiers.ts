// Verifiers, and who holds which key: what is true of a history, regardless of what the managers know. What breaks an invariant is
// thrown.

import { mostRetiring } from '../../../../src/rings/schedule/formulas.ts';
import type { PolicyFacts, RingFacts } from '../../../../src/rings/schedule/ring-facts.ts';
import type { SimulatedNode } from './simulated-node.ts';

export type Invariant = 'I1' | 'I2' | 'I3' | 'I4' | 'I5';

export class BrokenInvariant extends Error {
  readonly invariant: Invariant;

  constructor(invariant: Invariant, text: string) {
    super(`${invariant}: ${text}`);
    this.invariant = invariant;
  }
}

/** A set of keys, or a file of keys, that someone reads. */
interface Serving {
  readonly row: { readonly name: string };
  /** Members that it may lack. */
  readonly excused: number;
  bodyAt(now: number): number;
}

export const start = 1_000_000_000_000;

/** Caches of sets of an environment. */
interface Caches {
  /** By version: until when a cache holds what was served without it. */
  readonly lackedUntil: number[];
  lackedUntilOfNew: number;
  /** The environment is in the ring. */
  counts: boolean;
}

export class Verifiers {
  readonly #kind: RingFacts['kind'];
  /** The shortest V and S so far: verifiers obey all of them. */
  verifierCacheTimeMs: number;
  verifierSkewMs: number;
  /** When the ring was first published. */
  firstPublishedAt = Number.POSITIVE_INFINITY;
  /** By environment. */
  readonly #caches: readonly Caches[];
  /** By version: when its last token or message is over. */
  readonly usedUntil: number[] = [];
  revoked = 0;
  /** Members that were activated before they were ready: by force, or by a revocation. */
  early = 0;
  /** Rolled back by force, while a node was away. */
  forced = 0;

  constructor(kind: RingFacts['kind'], policy: PolicyFacts, offsetMs: number, environments: number) {
    this.#kind = kind;
    this.#caches = Array.from({ length: environments }, () => ({
      lackedUntil: [],
      lackedUntilOfNew: 0,
      counts: true,
    }));
    this.verifierCacheTimeMs = policy.verifierCacheTimeMs;
    this.verifierSkewMs = Math.max(0, policy.clockSkewMs - 2 * offsetMs);
  }

  /** Its last token or message is over at `over` at the earliest. */
  noteUse(version: number, over: number): void {
    if (over > (this.usedUntil[version] ?? 0)) this.usedUntil[version] = over;
  }

  /** Every set in a cache lacks it now. */
  staged(version: number): void {
    for (const caches of this.#caches) caches.lackedUntil[version] = caches.lackedUntilOfNew;
  }

  /** What was served in the environment until `at` may be in caches until `until`. @param body members that it holds */
  served(environment: number, body: number, at: number, until: number): void {
    const caches = this.#caches[environment];
    if (!caches || at <= this.firstPublishedAt) return;
    for (let version = 1; version < caches.lackedUntil.length; version += 1) {
      if ((body & (1 << version)) === 0 && until > (caches.lackedUntil[version] ?? 0)) {
        caches.lackedUntil[version] = until;
      }
    }
    caches.lackedUntilOfNew = Math.max(caches.lackedUntilOfNew, until);
  }

  /** Its sets lack all members now. */
  left(environment: number): void {
    const caches = this.#caches[environment];
    if (caches) caches.counts = false;
  }

  /** Its caches may lack what was published meanwhile. */
  joinedAgain(environment: number, published: number): void {
    const caches = this.#caches[environment];
    if (!caches) return;
    caches.counts = true;
    for (const version of caches.lackedUntil.keys()) {
      if ((published & (1 << version)) !== 0) caches.lackedUntil[version] = 0;
    }
  }

  #lackedUntil(version: number): number {
    let latest = 0;
    for (const { lackedUntil, counts } of this.#caches) {
      if (counts) latest = Math.max(latest, lackedUntil[version] ?? 0);
    }
    return latest;
  }

  /** I1: no token is signed with a kid that a verifier lacks. */
  requireKnown(nodes: readonly SimulatedNode[], version: number, at: number): void {
    const bit = 1 << version;
    if (((this.early | this.forced) & bit) !== 0) return;
    const cachedUntil = this.#lackedUntil(version) + this.#cachedLongerMs();
    if (cachedUntil > at) {
      throw new BrokenInvariant(
        'I1',
        `${version} is used at ${at - start}, and a verifier may lack it until ${cachedUntil - start}`,
      );
    }
    for (const node of nodes) {
      if ((node.excused & bit) !== 0) continue;
      if (node.isServing && at > this.firstPublishedAt && (node.bodyAt(at) & bit) === 0) {
        throw new BrokenInvariant(
          'I1',
          `${version} is used at ${at - start}, and ${node.row.name} does not have it`,
        );
      }
    }
  }

  #cachedLongerMs(): number {
    return this.#kind === 'SIGNATURE' ? this.verifierCacheTimeMs : 0;
  }

  /** I2: no kid disappears before its last token expired. By its own clock a node unpublishes it without a message. */
  requireUsableUntil(node: SimulatedNode, from: number, to: number): void {
    const { content } = node;
    if (!content) return;
    const until = Math.min(to, node.stopsServingAt());
    for (let version = 1; version < content.retireAt.length; version += 1) {
      const retireAt = content.retireAt[version];
      if (retireAt === undefined) continue;
      const at = retireAt - node.offsetMs;
      if (at <= from || at > until || (node.excused & (1 << version)) !== 0) continue;
      this.requireOver(version, at, node);
      if ((node.bodyAt(at) & (1 << version)) !== 0) {
        throw new BrokenInvariant('I2', `${node.row.name} serves ${version} after its retirement`);
      }
    }
  }

  requireUsable(node: Serving, at: number): void {
    const body = node.bodyAt(at);
    for (let version = 1; version < this.usedUntil.length; version += 1) {
      if (((body | node.excused) & (1 << version)) === 0) this.requireOver(version, at, node);
    }
  }

  requireOver(version: number, at: number, node: Serving): void {
    if (((this.revoked | this.forced) & (1 << version)) !== 0) return;
    const keptMs = this.#kind === 'ENCRYPTION' ? this.verifierCacheTimeMs : 0;
    const over = (this.usedUntil[version] ?? 0) + keptMs + this.verifierSkewMs;
    if (this.usedUntil[version] !== undefined && at < over) {
      throw new BrokenInvariant(
        'I2',
        `${node.row.name} drops ${version} at ${at - start}, its last token is valid until ${over - start}`,
      );
    }
  }

  /** I4: a revoked kid is in no set of a connected node. */
  requireRevoked(connected: readonly SimulatedNode[], now: number): void {
    if (this.revoked === 0) return;
    for (const node of connected) {
      if (!node.isServing) continue;
      if ((node.bodyAt(now) & this.revoked & ~node.excused) !== 0) {
        throw new BrokenInvariant('I4', `${node.row.name} serves a revoked kid`);
      }
    }
  }
}

/** I3: one ACTIVE member at each revision, and no more than five RETIRING ones. */
export function requireOneActive({ members }: Pick<RingFacts, 'members'>): void {
  let active = 0;
  let retiring = 0;
  let wasActive = false;
  for (const { state, activatedAt } of members) {
    if (state === 'ACTIVE') active += 1;
    if (state === 'RETIRING') retiring += 1;
    if (activatedAt !== null) wasActive = true;
  }
  if (active > 1 || (wasActive && active === 0))
    throw new BrokenInvariant('I3', `${active} members are ACTIVE`);
  if (retiring > mostRetiring) throw new BrokenInvariant('I3', `${retiring} members are RETIRING`);
}
