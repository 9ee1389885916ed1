// A ring, its nodes, and all caches at their worst: a body that was served somewhere is kept for as long as A, W and V
// allow, and the verifier that keeps it is shown every token at once. What breaks an invariant is thrown.

import { activeOf } from '../../../../src/rings/schedule/activation.ts';
import {
  applyActivation,
  applyRevocation,
  applyStep,
  stagedMember,
} from '../../../../src/rings/schedule/apply-step.ts';
import { decide } from '../../../../src/rings/schedule/decide.ts';
import { requireActivatable } from '../../../../src/rings/schedule/refusals.ts';
import type {
  MemberFacts,
  NodeFacts,
  PolicyFacts,
  RingDecision,
  RingFacts,
  RingStep,
} from '../../../../src/rings/schedule/ring-facts.ts';
import { formerLimitsOf, publishedOf } from './deployed-ring.ts';
import { Environments, environmentIdOf } from './environments.ts';
import { Outlets } from './outlets.ts';
import { type Content, SimulatedNode } from './simulated-node.ts';
import { BrokenInvariant, requireOneActive, start, Verifiers } from './verifiers.ts';
import { longestKeptMs, newRing, type WorldOptions } from './world-options.ts';

const allMembers = ~0;

/** A history in which more follows at one time than this is a loop. */
const mostStepsAtOnce = 60;

export class World {
  now = start;
  readonly #options: WorldOptions;
  readonly nodes: SimulatedNode[] = [];
  ring: RingFacts;
  /** Steps that the managers take before they crash; undefined: they do not. */
  stepsLeft: number | undefined;
  isManagerUp = true;
  activations = 0;
  #rows: readonly NodeFacts[] = [];
  readonly #environments: Environments;
  #nodeCount = 0;
  #formerStep: RingStep | undefined;
  /** What is true, regardless of what the managers know. */
  readonly #verifiers: Verifiers;
  readonly outlets: Outlets;

  constructor(options: WorldOptions) {
    this.#options = options;
    const { kind, policy, environments, offsetMs } = options;
    this.#verifiers = new Verifiers(kind, policy, offsetMs, environments);
    this.ring = newRing(options);
    this.outlets = new Outlets(this, this.#verifiers, options.outletBugs);
    this.#environments = new Environments(environments, this.ring);
  }

  /** Whether a node has all that its environment has. */
  hasCaughtUp({ row, environment }: SimulatedNode): boolean {
    return row.appliedRevision === this.#environments.contentAt(environment)?.revision;
  }

  trace(text: () => string): void {
    this.#options.trace?.(`${this.now - start} ${text()}`);
  }

  join(
    environment: number,
    change: Partial<Pick<SimulatedNode['row'], 'privateKeys' | 'serveLimitMs' | 'ephemeral'>>,
  ) {
    if (!this.isManagerUp) return;
    this.#nodeCount += 1;
    const id = `n${this.#nodeCount}`;
    const row = {
      id,
      name: id,
      environmentId: environmentIdOf(environment),
      environmentName: '',
      connected: true,
      appliedRevision: 0,
      appliedAt: null,
      registeredAt: this.now,
      lastSeenAt: this.now,
      privateKeys: true,
      serveLimitMs: null,
      ephemeral: false,
      ...change,
    };
    const { offsetMs, nodeBugs } = this.#options;
    const offset = (this.#nodeCount % 3) - 1;
    const node = new SimulatedNode(row, environment, offset * offsetMs, nodeBugs);
    if (!this.#environments.hasRing(environment)) node.excused = allMembers;
    this.nodes.push(node);
    this.#rows = this.nodes.map((other) => other.row);
    this.outlets.joined(node);
  }

  /** The node is removed, and stops. */
  remove(node: SimulatedNode): void {
    if (!this.isManagerUp) return;
    this.#stopServing(node, this.now);
    this.outlets.removed(node);
    this.nodes.splice(this.nodes.indexOf(node), 1);
    this.#rows = this.nodes.map(({ row }) => row);
    this.#environments.nodeRemoved(node.environment, this.now);
  }

  /** The policy leaves an environment without outlets out, or the project no longer reaches it. */
  leave(environment: number): void {
    if (!this.isManagerUp || !this.#environments.hasRing(environment) || this.outlets.hasSome(environment))
      return;
    this.#environments.leave(environment, this.ring);
    this.#verifiers.left(environment);
    for (const node of this.#nodesOf(environment)) node.excused = allMembers;
  }

  /** The environment is in the ring again. Caches of its sets may lack what was published without it, as its users are warned. */
  joinAgain(environment: number): void {
    if (!this.isManagerUp || this.#environments.hasRing(environment)) return;
    const { bugs } = this.#options;
    this.ring = this.#environments.joinAgain(environment, this.ring, this.now, bugs);
    const published = publishedOf(this.ring);
    this.#verifiers.joinedAgain(environment, published);
    for (const node of this.#nodesOf(environment)) node.excused = published;
  }

  #nodesOf(environment: number): readonly SimulatedNode[] {
    return this.nodes.filter((node) => node.environment === environment);
  }

  /** A manager notices at once, or when time goes on. The last heartbeat is recorded, its answer lost. */
  cut(node: SimulatedNode, isNoticed: boolean): void {
    if (!node.isLinked || !node.isRunning) return;
    if (this.isManagerUp) node.row.lastSeenAt = this.now;
    node.isLinked = false;
    node.hasCaughtUp = false;
    if (isNoticed) node.row.connected = false;
  }

  /** @param isStalled it connects, and is not yet sent what it lacks */
  heal(node: SimulatedNode, isStalled = false): void {
    node.isStalled = isStalled;
    if (node.isLinked) return;
    node.isLinked = true;
    node.hasCaughtUp = false;
    this.#connect(node);
  }

  crash(node: SimulatedNode, isDiskLost: boolean): void {
    this.#stopServing(node, this.now);
    node.isRunning = false;
    node.row.connected = false;
    node.hasCaughtUp = false;
    if (isDiskLost || node.row.ephemeral) node.content = undefined;
  }

  restart(node: SimulatedNode): void {
    if (node.isRunning) return;
    node.isRunning = true;
    this.outlets.restarted(node);
    if (node.content && this.now < node.stopsServingAt()) node.isServing = true;
    this.#connect(node);
  }

  /** It has taken in its content, and is cut off before a manager learns of it. */
  takeUnconfirmed(node: SimulatedNode): void {
    if (!this.hears(node)) return;
    this.#take(node);
    this.cut(node, true);
  }

  get environments(): readonly number[] {
    return this.#environments.inRing;
  }

  contentOf(environment: number): Content | undefined {
    return this.#environments.contentAt(environment);
  }

  createOutlet(choice: Parameters<Outlets['create']>[0]): void {
    if (!this.isManagerUp) return;
    if (choice.runsAt === 'NODE') this.#deploy([]);
    this.outlets.create(choice, this.contentOf(choice.environment)?.revision ?? 0);
  }

  deleteOutlet(outlet: Parameters<Outlets['delete']>[0]): void {
    if (!this.isManagerUp) return;
    const counts = this.outlets.delete(outlet);
    if (counts) this.#environments.nodeRemoved(outlet.environment, this.now);
    if (outlet.runsAt === 'NODE') this.#deploy([]);
  }

  /** Something that is not the ring's changes in its environments: they have another revision. */
  changeElsewhere(): void {
    this.#environments.deploy(this.ring);
  }

  hears({ isRunning, isLinked }: SimulatedNode): boolean {
    return this.isManagerUp && isRunning && isLinked;
  }

  #connect(node: SimulatedNode): void {
    if (!this.hears(node)) return;
    node.row.connected = true;
    node.row.lastSeenAt = this.now;
    this.#record(node);
  }

  #record({ row, content }: SimulatedNode): void {
    const revision = content?.revision ?? 0;
    if (revision === row.appliedRevision) return;
    row.appliedRevision = revision;
    row.appliedAt = this.now;
  }

  #take(node: SimulatedNode): void {
    const content = this.#environments.contentAt(node.environment);
    if (!content) return;
    if (node.isServing) this.#closeBody(node, this.now);
    node.take(content, this.now);
    node.excused = this.#environments.hasRing(node.environment) ? 0 : allMembers;
    node.hear(this.now);
    node.isServing = this.now < node.stopsServingAt();
    if (node.isServing) this.#verifiers.requireUsable(node, this.now);
  }

  #stopServing(node: SimulatedNode, at: number): void {
    if (!node.isServing) return;
    this.#closeBody(node, at);
    node.isServing = false;
  }

  /** What was served until now may be in caches. */
  #closeBody(node: SimulatedNode, at: number): void {
    if (node.excused === allMembers) return;
    const until = at + this.#cachedMs(node.content);
    this.#verifiers.served(node.environment, node.bodyAt(at) | node.excused, at, until);
  }

  #cachedMs(content: Content | undefined): number {
    return this.#options.kind === 'SIGNATURE' ? (content?.cachesMs ?? 0) : 0;
  }

  /** Managers act, and nodes that are connected get what they are sent, until nothing more follows. */
  settle(): void {
    this.outlets.deliverAll();
    if (!this.isManagerUp) return;
    for (let round = 0; round < mostStepsAtOnce; round += 1) {
      const hasAdvanced = this.#advance();
      let hasMoved = false;
      for (const node of this.nodes) hasMoved = this.#deliver(node) || hasMoved;
      hasMoved = this.outlets.deliverAll() || hasMoved;
      if (this.stepsLeft === 0 || (!hasAdvanced && !hasMoved)) {
        const heard = this.nodes.filter((node) => this.hears(node));
        this.#verifiers.requireRevoked(heard, this.now);
        this.outlets.requireRevoked((node) => this.hasCaughtUp(node));
        return;
      }
    }
    throw new BrokenInvariant('I5', 'the ring does not come to rest');
  }

  facts(): RingFacts {
    this.ring = this.#environments.withConfirmedCaching(this.ring, this.nodes, this.now);
    const { now } = this;
    const { nodeRemovedAt } = this.#environments;
    const { nodes, leftNodes } = this.#environments.factsOf(this.nodes, this.#rows);
    const known = this.#options.bugs.forgetsLeftNodes ? [] : leftNodes;
    return { ...this.ring, now, nodeRemovedAt, nodes, leftNodes: known, outlets: this.outlets.facts() };
  }

  decide(): RingDecision {
    return (this.#options.bugs.decide ?? decide)(this.facts());
  }

  #advance(): boolean {
    for (let steps = 0; steps < mostStepsAtOnce; steps += 1) {
      const former = this.#formerStep;
      if (this.stepsLeft === 0) {
        if (this.#options.bugs.carriesOutFormerDecision) this.#formerStep = former ?? this.decide().step;
        return steps > 0;
      }
      const step = former ?? this.decide().step;
      if (!step) return steps > 0;
      this.#formerStep = undefined;
      this.#carryOut(step);
      if (this.stepsLeft !== undefined) this.stepsLeft -= 1;
    }
    throw new BrokenInvariant('I5', 'the ring does not come to rest');
  }

  #carryOut(step: RingStep): void {
    this.trace(() => JSON.stringify(step));
    if (step.type === 'STAGE') {
      this.#stage();
      return;
    }
    const facts = this.facts();
    if (step.type === 'PUBLISHED') {
      this.#verifiers.firstPublishedAt = Math.min(this.#verifiers.firstPublishedAt, step.publishedAt);
    }
    if (step.type === 'ACTIVATE') {
      this.activations += 1;
      if (step.cause === 'FORCED') this.#verifiers.early |= 1 << step.version;
    }
    if (step.type === 'ROLL_BACK' && facts.requestedActivation?.force)
      this.#verifiers.forced |= 1 << step.version;
    const { facts: next, sent } = (this.#options.bugs.applyStep ?? applyStep)(facts, step);
    this.#commit(next, sent);
  }

  #stage(): void {
    const member = this.#newMember();
    this.#commit({ ...this.ring, members: [...this.ring.members, member] }, [member.version]);
  }

  #newMember(): MemberFacts {
    const version = this.ring.members.length + 1;
    this.#verifiers.staged(version);
    const key = { version, jwkId: `j${version}`, kid: `k${version}`, revisions: {} };
    return stagedMember(this.facts(), key);
  }

  /** One transaction: the ring, and what its environments deploy. */
  #commit(next: RingFacts, sent: readonly number[]): void {
    this.ring = next;
    if (this.stepsLeft === 1 && this.#options.bugs.deploysInTransactionOfItsOwn) return;
    if (sent.length > 0) this.#deploy(sent);
  }

  #deploy(sent: readonly number[]): void {
    const revisions = this.#environments.nextRevisions();
    const members = this.ring.members.map((member) =>
      sent.includes(member.version) ? { ...member, revisions } : member,
    );
    this.ring = { ...this.ring, members };
    this.#environments.deploy(this.ring);
    requireOneActive(this.ring);
  }

  /** @returns whether that changed anything */
  #deliver(node: SimulatedNode): boolean {
    if (!this.hears(node)) return false;
    if (!this.#options.bugs.queuesRevocations) {
      const revoked = this.#environments.contentAt(node.environment)?.revoked ?? 0;
      if ((revoked & ~node.revoked) !== 0) {
        if (node.isServing) this.#closeBody(node, this.now);
        node.revoked |= revoked;
      }
    }
    node.row.lastSeenAt = this.now;
    let hasMoved = false;
    const isNew = node.content !== this.#environments.contentAt(node.environment);
    if (!node.isStalled && (!node.hasCaughtUp || isNew)) {
      this.#take(node);
      hasMoved = true;
    }
    node.hear(this.now);
    if (!node.isServing && node.content && this.now < node.stopsServingAt()) node.isServing = true;
    const before = node.row.appliedRevision;
    this.#record(node);
    return hasMoved || before !== node.row.appliedRevision;
  }

  rotate(): void {
    const { heldBecause, rotateRequestedAt } = this.ring;
    if (!this.isManagerUp || heldBecause !== null) return;
    this.ring = { ...this.ring, rotateRequestedAt: rotateRequestedAt ?? this.now };
  }

  hold(): void {
    if (this.isManagerUp) this.ring = { ...this.ring, heldBecause: 'REQUESTED' };
  }

  resume(): void {
    if (this.isManagerUp) this.ring = { ...this.ring, heldBecause: null, resumedAt: this.now };
  }

  activate(member: MemberFacts, force: boolean): void {
    if (!this.isManagerUp || member.state === 'ACTIVE') return;
    try {
      requireActivatable(this.facts(), member, force);
    } catch {
      return;
    }
    this.ring = { ...this.ring, requestedActivation: { version: member.version, force } };
  }

  revoke(versions: readonly number[]): void {
    if (!this.isManagerUp || versions.length === 0) return;
    for (const version of versions) this.#verifiers.revoked |= 1 << version;
    const revocation = applyRevocation(this.facts(), versions);
    this.ring = revocation.facts;
    const sent = [...revocation.sent];
    if (revocation.needsKey) {
      const member = this.#newMember();
      const members = [...this.ring.members, member];
      this.ring = applyActivation({ ...this.facts(), members }, member.version).facts;
      sent.push(member.version);
    }
    if (revocation.activatedBeforeReady) this.#verifiers.early |= 1 << (activeOf(this.ring)?.version ?? 0);
    this.#deploy(sent);
  }

  changePolicy(requested: PolicyFacts): void {
    if (!this.isManagerUp) return;
    // S covers the clocks of the nodes; with less they would not be allowed to sign.
    const clockSkewMs = Math.max(requested.clockSkewMs, 2 * this.#options.offsetMs);
    const policy = { ...requested, clockSkewMs };
    const formerLimits = formerLimitsOf(this.facts(), this.#environments.nextRevisions());
    this.ring = { ...this.ring, policy, formerLimits };
    this.#verifiers.verifierCacheTimeMs = Math.min(
      this.#verifiers.verifierCacheTimeMs,
      policy.verifierCacheTimeMs,
    );
    const skewMs = Math.max(0, policy.clockSkewMs - 2 * this.#options.offsetMs);
    this.#verifiers.verifierSkewMs = Math.min(this.#verifiers.verifierSkewMs, skewMs);
    this.#deploy([]);
  }

  changeCaches(cachesMs: number): void {
    if (!this.isManagerUp || cachesMs === this.ring.cachesMs) return;
    const { formerCaches: former } = this.facts();
    // The longest V and S of any policy: the setting is not the ring's.
    const counts =
      former && (former.confirmedAt === null || this.now < former.confirmedAt + former.ms + longestKeptMs);
    const ms = Math.max(this.ring.cachesMs, counts ? former.ms : 0);
    this.ring = { ...this.ring, cachesMs, formerCaches: { ms, confirmedAt: null } };
    this.#environments.deployCaching(this.ring);
  }

  changeAlgorithm(): void {
    if (!this.isManagerUp) return;
    const members = this.ring.members.map((member) => ({ ...member, outdated: true }));
    this.ring = { ...this.ring, members };
  }

  failManagers(): void {
    this.isManagerUp = false;
    for (const { row } of this.nodes) row.connected = false;
    for (const node of this.nodes) node.hasCaughtUp = false;
  }

  recoverManagers(): void {
    this.stepsLeft = undefined;
    if (this.isManagerUp) return;
    this.isManagerUp = true;
    for (const node of this.nodes) this.#connect(node);
  }

  /** To `time`, with a stop wherever the managers have something to do. */
  advanceTo(time: number): void {
    this.settle();
    for (let stops = 0; stops < mostStepsAtOnce && this.now < time; stops += 1) {
      const changesAt = this.isManagerUp && this.stepsLeft !== 0 ? this.decide().changesAt : null;
      this.#pass(changesAt !== null && changesAt > this.now ? Math.min(time, changesAt) : time);
      this.settle();
    }
  }

  #pass(time: number): void {
    const { now } = this;
    for (const node of this.nodes) this.#use(node, now, time);
    this.outlets.use(now, time, (version, at) => this.#requireKnown(version, at));
    for (const node of this.nodes) if (node.isServing) this.#verifiers.requireUsableUntil(node, now, time);
    this.now = time;
    for (const node of this.nodes) {
      if (!node.isLinked) node.row.connected = false;
      const stopsAt = node.stopsServingAt();
      const isHeard = this.hears(node) && node.hasCaughtUp;
      if (node.isServing && !isHeard && stopsAt <= time) this.#stopServing(node, stopsAt);
      if (this.hears(node)) {
        node.row.lastSeenAt = time;
        node.hear(time);
      }
    }
  }

  /** Every node signs, or has messages encrypted, for as long as it can. */
  #use(node: SimulatedNode, from: number, to: number): void {
    const { content } = node;
    if (!content) return;
    const isHeard = this.hears(node) && node.hasCaughtUp;
    const isEncryption = this.#options.kind === 'ENCRYPTION';
    const version = isEncryption ? node.publishedActive : node.signsWith(from);
    if (version === 0 || (this.#verifiers.revoked & (1 << version)) !== 0) return;
    const ends = isEncryption ? node.stopsServingAt() : node.signsUntil();
    const until = isHeard ? to : Math.min(to, ends);
    this.#requireKnown(version, from);
    const keptMs = isEncryption ? content.cachesMs : 0;
    const lifetimeMs = isEncryption ? this.ring.policy.maxTokenLifetimeMs : content.lifetimeMs;
    this.#verifiers.noteUse(version, until + node.offsetMs + keptMs + lifetimeMs);
  }

  #requireKnown(version: number, at: number): void {
    this.#verifiers.requireKnown(this.nodes, version, at);
    this.outlets.requireKnown(version, at);
  }
}
