// Outlets of the ring: of the project's set, and of the ring's private keys; at each node of an environment, or by a manager.

import type { NodeFacts, RingFacts } from '../../../../src/rings/schedule/ring-facts.ts';
import { environmentIdOf } from './environments.ts';
import type { Content, SimulatedNode } from './simulated-node.ts';
import { type DeliveredContent, type OutletBugs, SimulatedDelivery } from './simulated-outlets.ts';
import { BrokenInvariant, start, type Verifiers } from './verifiers.ts';

/** What outlets need of the world. */
export interface OutletWorld {
  readonly now: number;
  readonly isManagerUp: boolean;
  readonly nodes: readonly SimulatedNode[];
  readonly ring: RingFacts;
  contentOf(environment: number): Content | undefined;
  hears(node: SimulatedNode): boolean;
}

interface Outlet {
  readonly name: string;
  readonly content: DeliveredContent;
  readonly runsAt: 'NODE' | 'MANAGER';
  readonly environment: number;
  readonly createdAt: number;
  readonly since: number;
}

export const mostOutlets = 3;

export class Outlets {
  readonly #world: OutletWorld;
  readonly #verifiers: Verifiers;
  readonly #bugs: OutletBugs;
  outlets: readonly Outlet[] = [];
  deliveries: readonly SimulatedDelivery[] = [];
  #count = 0;

  constructor(world: OutletWorld, verifiers: Verifiers, bugs: OutletBugs) {
    this.#world = world;
    this.#verifiers = verifiers;
    this.#bugs = bugs;
  }

  /** @param since the first revision of its environment that has it */
  create(choice: Pick<Outlet, 'content' | 'runsAt' | 'environment'>, since: number): void {
    this.#count += 1;
    const outlet = { ...choice, name: `o${this.#count}`, createdAt: this.#world.now, since };
    this.outlets = [...this.outlets, outlet];
    if (outlet.runsAt === 'MANAGER') this.#add(outlet, undefined);
    else for (const node of this.#world.nodes) this.joined(node, [outlet]);
  }

  joined(node: SimulatedNode, outlets = this.outlets): void {
    for (const outlet of outlets) {
      if (outlet.runsAt === 'NODE' && outlet.environment === node.environment) this.#add(outlet, node);
    }
  }

  #add({ name, content, environment, since }: Outlet, node: SimulatedNode | undefined): void {
    const environmentId = environmentIdOf(environment);
    const { kind } = this.#world.ring;
    const registeredAt = this.#world.now;
    const place = { environment, environmentId, node, since };
    const delivery = new SimulatedDelivery({ name, kind, content, registeredAt, ...place });
    this.deliveries = [...this.deliveries, delivery];
  }

  /** Its files are removed. */
  delete(outlet: Outlet): boolean {
    this.outlets = this.outlets.filter((other) => other !== outlet);
    this.#end(({ parameters }) => parameters.name === outlet.name);
    return !this.#bugs.forgetsDeleted;
  }

  hasSome(environment: number): boolean {
    return this.outlets.some((outlet) => outlet.environment === environment);
  }

  removed(node: SimulatedNode): void {
    this.#end(({ parameters }) => parameters.node === node);
  }

  restarted(node: SimulatedNode): void {
    for (const delivery of this.deliveries) {
      if (delivery.parameters.node === node) delivery.knownRevision = 0;
    }
  }

  #end(isEnded: (delivery: SimulatedDelivery) => boolean): void {
    for (const delivery of this.deliveries) if (isEnded(delivery)) this.#close(delivery);
    this.deliveries = this.deliveries.filter((delivery) => !isEnded(delivery));
  }

  facts(): readonly NodeFacts[] {
    for (const { row, parameters } of this.deliveries) {
      if (!parameters.node) continue;
      row.connected = parameters.node.row.connected;
      row.lastSeenAt = parameters.node.row.lastSeenAt;
    }
    return this.deliveries.map(({ row }) => row);
  }

  /** @returns whether that changed what managers know */
  deliverAll(): boolean {
    let hasMoved = false;
    for (const delivery of this.deliveries) hasMoved = this.#deliver(delivery) || hasMoved;
    return hasMoved;
  }

  #deliver(delivery: SimulatedDelivery): boolean {
    const { now, isManagerUp } = this.#world;
    const { node, environment, since } = delivery.parameters;
    const content = node ? node.content : this.#world.contentOf(environment);
    const isRunning = node ? node.isRunning : isManagerUp;
    const isKnown = content !== undefined && content.revision >= since;
    const isOnce = this.#bugs.deliversOnce && delivery.delivered !== undefined;
    if (isRunning && isKnown && !delivery.blocked) {
      if (content !== delivery.delivered && !isOnce) {
        this.#close(delivery);
        delivery.excused = ~delivery.bodyAt(now);
        delivery.delivered = content;
        if (delivery.takes) this.#verifiers.requireUsable(delivery, now);
      }
      delivery.knownRevision = content.revision;
    }
    if (node ? !this.#world.hears(node) : !isManagerUp) return false;
    const reported = this.#bugs.reportsRevisionOfState && isKnown ? content.revision : delivery.knownRevision;
    return delivery.report(reported, now);
  }

  /** What was delivered until now may be in caches of the component that served it. */
  #close(delivery: SimulatedDelivery): void {
    const { now, ring } = this.#world;
    if (!delivery.delivered || !delivery.takes || ring.kind !== 'SIGNATURE') return;
    // It has cache settings of its own, which are to be those of the nodes.
    const { environment } = delivery.parameters;
    this.#verifiers.served(environment, delivery.bodyAt(now), now, now + ring.cachesMs);
  }

  /** Every reader signs or encrypts for as long as it has a key. */
  use(from: number, to: number, requireKnown: (version: number, at: number) => void): void {
    const { ring } = this.#world;
    for (const delivery of this.deliveries) {
      const version = delivery.usedKey();
      if (version === 0 || (this.#verifiers.revoked & (1 << version)) !== 0) continue;
      requireKnown(version, from);
      const keptMs = ring.kind === 'ENCRYPTION' ? ring.cachesMs : 0;
      this.#verifiers.noteUse(version, to + keptMs + ring.policy.maxTokenLifetimeMs);
    }
  }

  /** I1: no token is signed with a kid that the reader of an outlet lacks. */
  requireKnown(version: number, at: number): void {
    const { early, forced, firstPublishedAt } = this.#verifiers;
    const bit = 1 << version;
    if (((early | forced) & bit) !== 0 || at <= firstPublishedAt) return;
    for (const delivery of this.deliveries) {
      if (!delivery.takes || (delivery.bodyAt(at) & bit) !== 0) continue;
      throw new BrokenInvariant(
        'I1',
        `${version} is used at ${at - start}, and ${delivery.row.id} does not have it`,
      );
    }
  }

  /** I4: a revoked kid is in nothing that a connected node, or a manager, delivers. */
  requireRevoked(hasCaughtUp: (node: SimulatedNode) => boolean): void {
    const { now, isManagerUp } = this.#world;
    if (this.#verifiers.revoked === 0) return;
    for (const delivery of this.deliveries) {
      const { node } = delivery.parameters;
      const isServed = node ? this.#world.hears(node) && hasCaughtUp(node) : isManagerUp;
      if (!isServed || delivery.blocked || (delivery.bodyAt(now) & this.#verifiers.revoked) === 0) continue;
      throw new BrokenInvariant('I4', `${delivery.row.id} has a revoked kid`);
    }
  }

  /** Half of those that fail are mended; the others have to be deleted. @returns these */
  recover(): readonly Outlet[] {
    const failing = new Set(
      this.deliveries.filter(({ blocked }) => blocked === 'FAILING').map(({ parameters }) => parameters.name),
    );
    for (const delivery of this.deliveries) delivery.mend();
    return this.outlets.filter(({ name }) => failing.has(name) && Number(name.slice(1)) % 2 === 0);
  }

  /** I5 */
  requireCurrent(): void {
    for (const { row, parameters } of this.deliveries) {
      if (row.appliedRevision !== this.#world.contentOf(parameters.environment)?.revision) {
        throw new BrokenInvariant('I5', `${row.id} does not catch up`);
      }
    }
  }
}
