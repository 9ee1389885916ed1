// Deployment: brings every node of every environment to its desired state and reports which nodes have it. The desired
// state is committed before anything is sent. The loop compares states: a change that did not arrive, for any reason,
// is sent again until it does.

import { setImmediate as nextIteration } from 'node:timers/promises';
import type { EnvironmentStores, NodeRefusal } from '../environments/environment-store.ts';
import type { DeploymentVerb } from '../protocol/content.ts';
import { closeCodes, type Heard } from '../protocol/messages.ts';
import { faultPoints } from '../runtime/fault-points.ts';
import { IdleDetector } from '../runtime/idle-detector.ts';
import { singleFlight } from '../runtime/single-flight.ts';
import type { SharedStore } from '../unit-of-work.ts';
import { type Confirmations, createConfirmations } from './confirmations.ts';
import { DeployedNodes } from './deployed-nodes.ts';
import {
  type DeploymentResult,
  deploymentResult,
  type EnvironmentResult,
  environmentResult,
} from './deployment-result.ts';
import type { DesiredStateStores } from './desired-state-store.ts';
import {
  NodeSession,
  type NodeSessionOptions,
  type OpenRevocation,
  type SessionIdentity,
} from './node-session.ts';
import { NodeSessions } from './node-sessions.ts';
import { createNodeStatusRecorder, type NodeStatusRecorder } from './node-status-recorder.ts';
import type { OutletTestResult } from './outlet-tests.ts';
import { createHeartbeats, type Heartbeats } from './presence/heartbeats.ts';
import { checkSessions } from './presence/lost-sessions.ts';
import type { DeploymentTarget } from './put-desired-state.ts';
import { SendTurns } from './send-turns.ts';
import type { StatePageReader } from './state-page-reader.ts';
import { WaitBudget } from './wait-budget.ts';

export type DeploymentStores = EnvironmentStores & DesiredStateStores;

export interface DeploymentsOptions {
  readonly store: SharedStore<DeploymentStores>;
  readonly managerId: string;
  /** Whether no other manager uses the store; then no other manager waits for the confirmations of this one's nodes. */
  readonly isAlone: () => boolean;
  readonly deployTimeoutMs: number;
  /** Of the streams: what was committed is sent from memory. */
  readonly pages: Pick<StatePageReader, 'committed'>;
  readonly clock: () => Date;
  /** Revocations that wait for a node. */
  readonly revocations: () => Promise<readonly OpenRevocation[]>;
  readonly onError: (error: unknown) => void;
}

export interface LiveNode {
  readonly connected: boolean;
  readonly appliedRevision: number;
  /** By the clock of the database; absent until a heartbeat of this stream was recorded. */
  readonly lastSeenAt?: Date;
  readonly version: string | null;
  readonly refusal: NodeRefusal | null;
  readonly clockOffsetMs: number;
}

/** Upper bound of every wake-up: state is polled this often without a notification. */
const pollEveryMs = 1_000;
/** RFC 6455 §7.4.1: the endpoint goes away (the process stops). */
const goingAway = 1001;

export class Deployments {
  readonly #options: DeploymentsOptions;
  readonly #sessions = new NodeSessions();
  readonly #seen = new WeakMap<NodeSession, Date>();
  readonly #deployedNodes: DeployedNodes;
  readonly #confirmations: Confirmations;
  readonly #statuses: NodeStatusRecorder;
  readonly #heartbeats: Heartbeats;
  readonly #turns = new SendTurns();
  readonly #timer: NodeJS.Timeout;
  /** Where environments are known to be; they may be further. */
  readonly #revisions = new Map<string, number>();
  /** Environments of committed changes that are sent in the next iteration of the event loop. */
  readonly #unsent = new Set<string>();
  readonly #statesIdle: IdleDetector;
  readonly #sessionsIdle: IdleDetector;
  readonly #pollStates: () => void;
  readonly #pollRevocations: () => void;
  readonly #pollSessions: () => void;

  constructor(options: DeploymentsOptions) {
    this.#options = options;
    const { store, managerId, isAlone, onError } = options;
    const changeMark = () => store.changeMark();
    this.#deployedNodes = new DeployedNodes(store);
    this.#statesIdle = new IdleDetector(changeMark, options.clock);
    this.#sessionsIdle = new IdleDetector(changeMark, options.clock);
    this.#pollStates = singleFlight(() => this.#sendChanges(), onError);
    this.#pollRevocations = singleFlight(() => this.#sendRevocations(), onError);
    this.#pollSessions = singleFlight(() => this.#closeLost(), onError);
    const pollOtherManagers = singleFlight(() => this.#readOtherManagers(), onError);
    this.#confirmations = createConfirmations({
      sessions: (environmentId) => this.#sessions.of(environmentId),
      isElsewhere: (node) => node.connected && node.managerId !== managerId,
      pollOtherManagers,
    });
    this.#statuses = createNodeStatusRecorder({ store, isAlone, onError });
    this.#heartbeats = createHeartbeats({ store, managerId, clock: options.clock, onError });
    store.listen((topic) => {
      if (topic === 'desired') this.#pollStates();
      else if (topic === 'sessions') this.#pollSessions();
      else if (topic === 'nodes') pollOtherManagers();
    });
    this.#timer = setInterval(() => {
      this.#pollStates();
      this.#pollSessions();
    }, pollEveryMs);
    this.#timer.unref();
  }

  /**
   * A node completed the handshake. An earlier stream of the same node is closed.
   * @param environmentRevision the revision of its environment at the handshake: a node that has it needs no database
   *   query
   */
  join(
    options: Omit<NodeSessionOptions, 'turns' | 'now' | 'onChange' | 'onRoom' | 'environmentRevision'>,
    environmentRevision: number,
  ): NodeSession {
    const { environmentId, nodeId } = options.identity;
    this.#raiseKnownRevision({ environmentId, revision: environmentRevision });
    this.#sessions
      .of(environmentId)
      .get(nodeId)
      ?.close(closeCodes.replaced, 'another connection of this node took over');
    const session: NodeSession = new NodeSession({
      ...options,
      environmentRevision,
      turns: this.#turns,
      // Not the clock: one that is set back by an hour would put a retry off by an hour.
      now: () => performance.now(),
      onChange: () => this.#changed(session),
      onRoom: () => this.#advance(session, this.#revisions.get(environmentId)),
    });
    this.#sessions.put(session);
    // The polls until now were without it.
    this.#statesIdle.begin();
    this.#sessionsIdle.begin();
    this.#changed(session);
    return session;
  }

  /** The stream ended, for any reason. */
  leave(session: NodeSession): void {
    session.lost();
    if (!this.#sessions.drop(session)) return;
    this.#recordStatus(session, false);
    this.#confirmations.changed(session.identity.environmentId, session.identity.nodeId);
  }

  /** @param answer called once it is durably recorded that the node was heard, and the node has caught up */
  heartbeat(session: NodeSession, time: number, answer: (heard: Heard) => void): void {
    const { identity } = session;
    session.clockOffsetMs = time - this.#options.clock().getTime();
    const { clockOffsetMs } = session;
    const arrivedMs = performance.now();
    const onHeard = (heard: Heard) => {
      this.#seen.set(session, new Date(heard.lastSeenAt));
      if (!session.closed) answer(heard);
    };
    session.onceCaughtUp(() =>
      this.#heartbeats.beat({ identity, time, arrivedMs, clockOffsetMs, answer: onHeard }),
    );
  }

  /**
   * Has a node find out whether it could deliver an outlet.
   * @returns undefined where this manager cannot ask it: it is connected to another one, or of an earlier release
   */
  async testOutlet({
    environmentId,
    nodeId,
    outletId,
  }: {
    readonly environmentId: string;
    readonly nodeId: string;
    readonly outletId: string;
  }): Promise<OutletTestResult | undefined> {
    const session = this.#sessions.of(environmentId).get(nodeId);
    if (session === undefined || session.closed) return undefined;
    return session.outletTests?.run(outletId, this.#options.deployTimeoutMs);
  }

  /** An ephemeral node stops: from now on nothing waits for it. */
  async goodbye(session: NodeSession): Promise<void> {
    const { nodeId, connection, environmentId } = session.identity;
    const { store, managerId } = this.#options;
    // What is recorded of it from now on would be of no node.
    this.#sessions.drop(session);
    await store.write(({ nodes }) => nodes.leave({ nodeId, managerId, connection }));
    session.close(goingAway, 'goodbye');
    this.#confirmations.changed(environmentId, nodeId);
  }

  /**
   * Sends what was committed and waits for the nodes. Never rejects for what a node does.
   * @param budget shared by all deployments of a request, so that it waits for the deploy timeout once
   */
  async deploy(
    targets: readonly DeploymentTarget[],
    verb: DeploymentVerb,
    budget = new WaitBudget(),
  ): Promise<DeploymentResult> {
    if (targets.length === 0) return deploymentResult([], verb);
    return budget.spend(() => this.#deploy(targets, verb, budget));
  }

  async #deploy(
    targets: readonly DeploymentTarget[],
    verb: DeploymentVerb,
    budget: WaitBudget,
  ): Promise<DeploymentResult> {
    const timeoutMs = this.#options.deployTimeoutMs;
    for (const target of targets) this.#committed(target);
    this.#pollRevocations();
    // In the next iteration, so that the sends come first.
    const found = await this.#deployedNodes.read(targets.map(({ environmentId }) => environmentId));
    const results = await Promise.all(
      targets.map(async (target): Promise<EnvironmentResult | undefined> => {
        const environment = found.get(target.environmentId);
        if (environment === undefined) return undefined;
        const { environmentName: name, nodes } = environment;
        if (nodes.length === 0) return environmentResult(name, undefined, verb);
        const failures = await this.#confirmations.wait({
          ...target,
          nodes,
          timeoutMs,
          leftMs: budget.leftOf(timeoutMs),
        });
        return environmentResult(name, failures, verb);
      }),
    );
    return deploymentResult(
      results.filter((result) => result !== undefined),
      verb,
    );
  }

  /** Until it resolves, what nodes of this manager confirmed before may not be in the database. */
  async recordConfirmations(): Promise<void> {
    await this.#statuses.flush();
  }

  /** Looks now, rather than at the next tick, which nodes are behind. */
  wake(): void {
    this.#pollStates();
  }

  /** Nodes whose stream this manager has, by id; it alone knows of them before it is recorded. */
  liveNodes(environmentId: string): ReadonlyMap<string, LiveNode> {
    const live = new Map<string, LiveNode>();
    for (const [nodeId, session] of this.#sessions.of(environmentId)) {
      const { confirmedRevision: appliedRevision, identity } = session;
      const lastSeenAt = this.#seen.get(session);
      const refusal = session.refusal ?? null;
      const { version } = identity;
      const { clockOffsetMs } = session;
      const facts = { connected: true, appliedRevision, version, refusal, clockOffsetMs };
      live.set(nodeId, lastSeenAt === undefined ? facts : { ...facts, lastSeenAt });
    }
    return live;
  }

  /** Whether it was this manager that last had the node's stream. */
  isOwn(node: { readonly managerId: string | null }): boolean {
    return node.managerId === this.#options.managerId;
  }

  environmentRemoved(environmentId: string): void {
    const removed = (identity: SessionIdentity) => identity.environmentId === environmentId;
    this.#closeWhere(removed, closeCodes.unauthorized, 'its environment was deleted');
  }

  nodeRemoved(nodeId: string): void {
    const removed = (identity: SessionIdentity) => identity.nodeId === nodeId;
    this.#closeWhere(removed, closeCodes.forgotten, 'an administrator removed this node');
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#closeWhere(() => true, goingAway, 'the manager stops');
    await this.#heartbeats.close();
    await this.#statuses.close();
  }

  /** One query for all environments; only the streams that have something to do are touched. */
  async #sendChanges(): Promise<void> {
    if (this.#sessions.all().length === 0) return;
    if (this.#statesIdle.isIdle) {
      // What is late, silent or was refused is due by time.
      for (const environmentId of this.#sessions.environments()) {
        this.#advanceAll({ environmentId, revision: 0 });
      }
      return;
    }
    this.#statesIdle.begin();
    const states = await this.#options.store.read(({ desired }) => desired.states());
    this.#statesIdle.foundNothingUntil(null);
    // What this manager itself committed meanwhile is about to be sent from memory.
    await nextIteration();
    for (const { environmentId, revision } of states) this.#advanceAll({ environmentId, revision });
    this.#pollRevocations();
  }

  /** Nodes that are sent much get a revocation at the end of it: they are sent the kids ahead. */
  async #sendRevocations(): Promise<void> {
    const behind = this.#sessions.all().filter(({ isBehind }) => isBehind);
    if (behind.length === 0) return;
    const revocations = await this.#options.revocations();
    for (const session of behind) {
      const { environmentId } = session.identity;
      session.sendRevoked(revocations.filter(({ environmentIds }) => environmentIds.includes(environmentId)));
    }
  }

  #raiseKnownRevision({ environmentId, revision }: DeploymentTarget): number {
    const known = Math.max(revision, this.#revisions.get(environmentId) ?? 0);
    this.#revisions.set(environmentId, known);
    return known;
  }

  /**
   * Sends it in the next iteration of the event loop: the changes that were committed together with it, and are known by
   * then, are one message.
   */
  #committed({ environmentId, revision, steps }: DeploymentTarget): void {
    this.#raiseKnownRevision({ environmentId, revision });
    const taken = steps?.take() ?? [];
    if (this.#sessions.of(environmentId).size === 0) return;
    for (const step of taken) this.#options.pages.committed(step);
    if (this.#unsent.size === 0) setImmediate(() => this.#sendCommitted());
    this.#unsent.add(environmentId);
  }

  #sendCommitted(): void {
    const environmentIds = [...this.#unsent];
    this.#unsent.clear();
    faultPoints.beforeMemorySend.publish(undefined);
    for (const environmentId of environmentIds) {
      this.#advanceAll({ environmentId, revision: this.#revisions.get(environmentId) ?? 0 });
    }
  }

  #advanceAll(target: DeploymentTarget): void {
    const { environmentId } = target;
    const known = this.#raiseKnownRevision(target);
    for (const session of this.#sessions.of(environmentId).values()) {
      if (session.wants(known)) this.#advance(session, known);
    }
  }

  async #closeLost(): Promise<void> {
    const sessions = this.#sessions.all();
    if (sessions.length === 0 || this.#sessionsIdle.isIdle) return;
    this.#sessionsIdle.begin();
    const { store, managerId } = this.#options;
    const { lost, unrecorded } = await checkSessions(store, managerId, sessions);
    if (lost.length === 0 && unrecorded.length === 0) this.#sessionsIdle.foundNothingUntil(null);
    for (const { session, code, reason } of lost) this.#close(session, code, reason);
    for (const session of unrecorded) if (!session.closed) this.#recordStatus(session, true);
  }

  async #readOtherManagers(): Promise<void> {
    const waitedFor = this.#confirmations.waitedFor();
    if (waitedFor.length === 0) return;
    this.#confirmations.recorded(await this.#options.store.read(({ nodes }) => nodes.listOf(waitedFor)));
  }

  #changed(session: NodeSession): void {
    this.#recordStatus(session, true);
    const { environmentId, nodeId } = session.identity;
    this.#confirmations.changed(environmentId, nodeId);
    const known = this.#revisions.get(environmentId);
    if (known === undefined || session.wants(known)) this.#advance(session, known);
  }

  #advance(session: NodeSession, revision?: number): void {
    session.advance(revision).catch(this.#options.onError);
  }

  #recordStatus(session: NodeSession, connected: boolean): void {
    const { nodeId, version, connection } = session.identity;
    const { managerId } = this.#options;
    const appliedRevision = session.confirmedRevision;
    const refusal = session.refusal ?? null;
    const seen = { connected, appliedRevision, refusal };
    this.#statuses.record({ nodeId, managerId, connection, version, ...seen });
  }

  #closeWhere(matches: (identity: SessionIdentity) => boolean, code: number, reason: string): void {
    for (const session of this.#sessions.where(matches)) this.#close(session, code, reason);
  }

  #close(session: NodeSession, code: number, reason: string): void {
    // Fenced: where another manager has the node by now, this changes nothing.
    if (this.#sessions.drop(session)) this.#recordStatus(session, false);
    session.close(code, reason);
    this.#confirmations.changed(session.identity.environmentId, session.identity.nodeId);
  }
}
