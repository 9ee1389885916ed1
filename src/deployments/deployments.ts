// Deployment: brings every node of every environment to what is desired of it, and says honestly which has it.
// What is desired was committed before anything is sent. The loop looks at state: whatever did not arrive, for
// whatever reason, is sent again until it did.

import type { EnvironmentNouns } from '../environments/environment-store.ts';
import { closeCodes, type FromNode } from '../protocol/messages.ts';
import type { UnitOfWork } from '../unit-of-work.ts';
import { type Confirmations, createConfirmations } from './confirmations.ts';
import {
  type DeploymentResult,
  type DeploymentVerb,
  deploymentResult,
  type EnvironmentResult,
  environmentResult,
} from './deployment-result.ts';
import type { DeploymentTarget } from './desire.ts';
import type { DesiredStateNouns } from './desired-state-store.ts';
import { type NodeIdentity, NodeSession, type NodeSessionOptions } from './node-session.ts';
import { createSightings, type Sightings } from './sightings.ts';

export type DeploymentNouns = EnvironmentNouns & DesiredStateNouns;

export interface DeploymentsOptions {
  readonly store: UnitOfWork<DeploymentNouns>;
  readonly deployTimeoutMs: number;
  readonly clock: () => Date;
  readonly onError: (error: unknown) => void;
}

export interface LiveNode {
  readonly connected: boolean;
  readonly appliedRevision: number;
  readonly lastSeenAt: Date | null;
  readonly version: string | null;
}

/** The floor under all wake-ups: how often state is looked at with no one asking. */
const lookEveryMs = 1_000;
/** RFC 6455 §7.4.1: the endpoint is going away. */
const goingAway = 1001;

const nobody: ReadonlyMap<string, NodeSession> = new Map();

export class Deployments {
  readonly #options: DeploymentsOptions;
  readonly #sessions = new Map<string, Map<string, NodeSession>>();
  readonly #seen = new WeakMap<NodeSession, Date>();
  readonly #confirmations: Confirmations;
  readonly #sightings: Sightings;
  readonly #timer: NodeJS.Timeout;

  constructor(options: DeploymentsOptions) {
    this.#options = options;
    this.#confirmations = createConfirmations((environmentId) => this.#of(environmentId));
    this.#sightings = createSightings(options.store, options.onError);
    this.#timer = setInterval(() => this.wake(), lookEveryMs);
    this.#timer.unref();
  }

  /** A node said hello and was let in. An earlier stream of the same node is closed. */
  join(options: Omit<NodeSessionOptions, 'now' | 'onChange'>): NodeSession {
    const { environmentId, nodeId } = options.identity;
    this.#of(environmentId)
      .get(nodeId)
      ?.close(closeCodes.replaced, 'another connection of this node took over');
    const session: NodeSession = new NodeSession({
      ...options,
      now: () => this.#options.clock().getTime(),
      onChange: () => this.#changed(session),
    });
    const nodes = this.#sessions.get(environmentId) ?? new Map<string, NodeSession>();
    this.#sessions.set(environmentId, nodes.set(nodeId, session));
    this.#changed(session);
    return session;
  }

  receive(session: NodeSession, message: FromNode): void {
    session.receive(message);
  }

  /** The stream ended, for whatever reason. */
  leave(session: NodeSession): void {
    session.lost();
    if (!this.#drop(session)) return;
    this.#note(session, false);
    this.#confirmations.changed(session.identity.environmentId);
  }

  /** Sends what was committed and waits for the nodes. Never rejects for what a node does. */
  async deploy(targets: readonly DeploymentTarget[], verb: DeploymentVerb): Promise<DeploymentResult> {
    const results = await Promise.all(targets.map((target) => this.#deployTo(target, verb)));
    return deploymentResult(
      results.filter((result) => result !== undefined),
      verb,
    );
  }

  /** Looks at every stream now rather than at the next tick. */
  wake(): void {
    for (const nodes of this.#sessions.values()) for (const session of nodes.values()) this.#advance(session);
  }

  /** Nodes whose stream is open now, by id. */
  liveNodes(environmentId: string): ReadonlyMap<string, LiveNode> {
    const live = new Map<string, LiveNode>();
    for (const [nodeId, session] of this.#of(environmentId)) {
      const { confirmedRevision: appliedRevision, identity } = session;
      const lastSeenAt = this.#seen.get(session) ?? null;
      live.set(nodeId, { connected: true, appliedRevision, lastSeenAt, version: identity.version });
    }
    return live;
  }

  environmentRemoved(environmentId: string): void {
    const removed = (identity: NodeIdentity) => identity.environmentId === environmentId;
    this.#closeWhere(removed, closeCodes.unauthorized, 'its environment was deleted');
  }

  nodeRemoved(nodeId: string): void {
    const removed = (identity: NodeIdentity) => identity.nodeId === nodeId;
    this.#closeWhere(removed, closeCodes.forgotten, 'an operator forgot this node');
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    for (const nodes of this.#sessions.values())
      for (const session of nodes.values()) this.#note(session, false);
    this.#closeWhere(() => true, goingAway, 'the manager stops');
    await this.#sightings.flush();
  }

  #of(environmentId: string): ReadonlyMap<string, NodeSession> {
    return this.#sessions.get(environmentId) ?? nobody;
  }

  #changed(session: NodeSession): void {
    this.#note(session, true);
    this.#confirmations.changed(session.identity.environmentId);
    this.#advance(session);
  }

  #advance(session: NodeSession): void {
    session.advance().catch(this.#options.onError);
  }

  #note(session: NodeSession, connected: boolean): void {
    const { nodeId, version } = session.identity;
    const lastSeenAt = this.#options.clock();
    const appliedRevision = session.confirmedRevision;
    this.#seen.set(session, lastSeenAt);
    this.#sightings.note({ nodeId, version, connected, lastSeenAt, appliedRevision });
  }

  #drop(session: NodeSession): boolean {
    const { environmentId, nodeId } = session.identity;
    const nodes = this.#sessions.get(environmentId);
    if (nodes?.get(nodeId) !== session) return false;
    nodes.delete(nodeId);
    if (nodes.size === 0) this.#sessions.delete(environmentId);
    return true;
  }

  #closeWhere(matches: (identity: NodeIdentity) => boolean, code: number, reason: string): void {
    for (const nodes of [...this.#sessions.values()]) {
      for (const session of [...nodes.values()]) {
        if (!matches(session.identity)) continue;
        this.#drop(session);
        session.close(code, reason);
        this.#confirmations.changed(session.identity.environmentId);
      }
    }
  }

  async #deployTo(target: DeploymentTarget, verb: DeploymentVerb): Promise<EnvironmentResult | undefined> {
    const { environmentId, revision } = target;
    const { store, deployTimeoutMs: timeoutMs } = this.#options;
    for (const session of this.#of(environmentId).values()) this.#advance(session);
    const found = await store.read(async (nouns) => ({
      environment: await nouns.environments.get(environmentId),
      nodes: await nouns.nodes.list(environmentId),
    }));
    if (!found.environment) return undefined;
    const { name } = found.environment;
    if (found.nodes.length === 0) return environmentResult(name, undefined, verb);
    const failures = await this.#confirmations.wait({
      environmentId,
      revision,
      nodes: found.nodes,
      timeoutMs,
    });
    return environmentResult(name, failures, verb);
  }
}
