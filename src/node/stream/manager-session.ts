// The node's messages on one connection, independent of the transport: the handshake, then a reply to each state
// message. Refuses to go on with a manager of another protocol, of another environment than it was started for, or
// whose messages do not open.

import { KeyplaneError } from '../../errors.ts';
import type { EnrollmentSecret } from '../../protocol/enrollment-token.ts';
import {
  type Applied,
  closeCodes,
  type Ended,
  type Heard,
  type KeyOfRing,
  type Refused,
  type Resume,
  type SealedFromNode,
  type State,
  type TestOutlet,
  type Welcome,
} from '../../protocol/messages.ts';
import { mostEntries, readFromManager, readSealedFromManager } from '../../protocol/read-message.ts';
import type { SigningKey } from '../../protocol/signing-keys.ts';
import type { StateCopy } from '../disk/state-copy.ts';
import type { ManagerContact, SentHeartbeat } from '../lease/manager-contact.ts';
import type { IdentityPin } from '../node-identity.ts';
import type { NodeLog } from '../node-log.ts';
import type { NodeState } from '../node-state.ts';
import type { UsageCounter } from '../operations/usage-counter.ts';
import type { OutletDeliveries } from '../outlets/outlet-deliveries.ts';
import type { RevokedKids } from '../revoked-kids.ts';
import { StateReceiver } from '../state-receiver.ts';
import { NodeHandshake, type ProvenManager } from './node-handshake.ts';
import { SessionEnd, wrongMessage } from './session-end.ts';

export interface NodeIdentity {
  readonly key: SigningKey;
  /** The content of its enrollment token. */
  readonly secret: EnrollmentSecret | undefined;
  readonly pin: IdentityPin;
}

/** Both change which confirmations a manager waits for. */
export type NodeTraits = Pick<Resume, 'serveLimitMs' | 'ephemeral'>;

export interface SessionOptions {
  /** Name of the environment that the node was started for. */
  readonly environment: string;
  readonly name: string;
  readonly version: string;
  readonly identity: NodeIdentity;
  readonly state: NodeState;
  readonly copy: StateCopy;
  readonly revoked: RevokedKids;
  readonly contact: ManagerContact;
  /** What the manager has to know of how this node works. */
  readonly traits: NodeTraits;
  /** Undefined where no operation uses keys. */
  readonly usage?: Pick<UsageCounter, 'nextReport' | 'counted'> | undefined;
  readonly outlets?: Pick<OutletDeliveries, 'reportAll' | 'takeReport' | 'test'> | undefined;
  readonly log: NodeLog;
  readonly send: (text: string) => void;
  /** More messages wait to be handled. */
  readonly isBusy: () => boolean;
  readonly onWelcome: () => void;
}

/** Why a manager with which this node has no common history is not followed, and what helps. */
const divergedText =
  'this node has a history that the manager does not know: it was restored from an older backup and did not say so. This node keeps what it has; put the right database back, or run keyplane restore --announce at the manager';

/** Of those that are not answered: more than a manager that still answers leaves open. */
const mostHeartbeats = 64;

type Stage =
  | { readonly at: 'identity' }
  | { readonly at: 'welcome'; readonly manager: ProvenManager }
  | {
      readonly at: 'joined';
      readonly manager: ProvenManager;
      readonly receiver: StateReceiver;
      /** The manager is of this release or a later one. */
      readonly takesReports: boolean;
      /** The manager reads how deliveries stand. */
      readonly takesDeliveries: boolean;
    };

export class ManagerSession {
  readonly #options: SessionOptions;
  readonly #handshake: NodeHandshake;
  #stage: Stage = { at: 'identity' };
  /** By the time that each named; until it or a later one was answered. */
  readonly #heartbeats = new Map<number, SentHeartbeat>();

  constructor(options: SessionOptions) {
    this.#options = options;
    const { environment, name, version, identity } = options;
    const { key, secret, pin } = identity;
    const pinned = pin.fingerprint;
    this.#handshake = new NodeHandshake({ environment, name, version, key, secret, pinned });
  }

  /** The first message. */
  get hello(): string {
    return this.#handshake.hello;
  }

  get joined(): boolean {
    return this.#stage.at === 'joined';
  }

  /** One message at a time. @throws SessionEnd */
  async receive(text: string): Promise<void> {
    const message = readFromManager(text);
    const stage = this.#stage;
    if ('problem' in message) {
      // After the handshake the manager sends sealed messages only: it did not send this one.
      throw stage.at === 'identity' ? wrongMessage(message.problem) : doesNotOpen(message.problem);
    }
    switch (message.type) {
      case 'identity':
        if (stage.at !== 'identity') throw wrongMessage('an identity out of order');
        return this.#handshake.identity(message, text);
      case 'proof': {
        if (stage.at !== 'identity') throw wrongMessage('a proof out of order');
        const manager = this.#handshake.proof(message, () => this.#resume());
        this.#stage = { at: 'welcome', manager };
        this.#options.send(JSON.stringify(manager.proof));
        return;
      }
      case 'sealed': {
        if (stage.at === 'identity') throw wrongMessage('a sealed message before the proof');
        const said = readSealedFromManager(opened(() => stage.manager.opening.open(message)));
        if ('problem' in said) throw wrongMessage(said.problem);
        if (said.type === 'ended') return this.#ended(said);
        if (said.type === 'heard') return this.#heard(said);
        if (said.type === 'counted') return this.#counted(said.report);
        if (said.type === 'revoked') return this.#withdraw(said.keys);
        if (said.type === 'test-outlet') return this.#testOutlet(said, stage.manager);
        if (stage.at !== 'welcome') throw wrongMessage('a second welcome');
        return this.#welcomed(said, stage.manager);
      }
      case 'state':
        if (stage.at !== 'joined') throw wrongMessage('a state before the welcome');
        return this.#take(message, stage);
      default:
        message satisfies never;
    }
  }

  /** The manager answers once it has durably recorded that it heard from this node. */
  sendHeartbeat(): void {
    if (this.#stage.at !== 'joined') return;
    const sent = this.#options.contact.sample();
    const time = Math.round(sent.wallMs);
    this.#heartbeats.set(time, sent);
    for (const oldest of this.#heartbeats.keys()) {
      if (this.#heartbeats.size <= mostHeartbeats) break;
      this.#heartbeats.delete(oldest);
    }
    this.#say(this.#stage.manager, { type: 'clock', time });
  }

  /** What an ephemeral node has counted would be lost with it. */
  get reportsAtStop(): boolean {
    return this.#stage.at === 'joined' && this.#options.traits.ephemeral === true;
  }

  /** An ephemeral node comes back with nothing, so the manager need not count on it. */
  sendGoodbye(): void {
    const stage = this.#stage;
    if (stage.at !== 'joined' || !stage.takesReports || this.#options.traits.ephemeral !== true) return;
    this.#say(stage.manager, { type: 'goodbye' });
  }

  /** Revoked keys that the manager sends as valid: its database was restored from a backup. */
  reportRevoked(): void {
    const stage = this.#stage;
    if (stage.at !== 'joined' || !stage.takesReports) return;
    const { state, revoked } = this.#options;
    const keys = [...state.revoked].flatMap((object) => {
      const key = revoked.find(object);
      return key === undefined ? [] : [{ ringId: key.ringId, kid: key.kid }];
    });
    if (keys.length === 0) return;
    this.#say(stage.manager, { type: 'revoked-kids', keys: keys.slice(0, mostEntries) });
  }

  /** What keys were used for since the last report, or that report again while the manager has not stored it. */
  async reportUsage(): Promise<void> {
    const stage = this.#stage;
    if (stage.at !== 'joined' || !stage.takesReports) return;
    const { usage, log } = this.#options;
    try {
      const report = await usage?.nextReport();
      if (report !== undefined) this.#say(stage.manager, report);
    } catch (error) {
      log.warn({ err: error }, 'key usage could not be reported; it will be retried');
    }
  }

  /** How deliveries of outlets changed since the last report. */
  reportDeliveries(): void {
    const stage = this.#stage;
    if (stage.at !== 'joined' || !stage.takesDeliveries) return;
    const report = this.#options.outlets?.takeReport();
    if (report !== undefined) this.#say(stage.manager, report);
  }

  /** Other messages do not wait for the disk. */
  #testOutlet({ test, outletId }: TestOutlet, manager: ProvenManager): void {
    const { outlets, log } = this.#options;
    if (outlets === undefined) return;
    outlets
      .test(outletId)
      .then((error) => this.#say(manager, { type: 'outlet-tested', test, error }))
      .catch((error: unknown) => log.warn({ err: error }, 'an outlet could not be tested'));
  }

  async #counted(report: number): Promise<void> {
    if (this.#options.usage?.counted(report) === true) await this.reportUsage();
  }

  /** Ahead of the state that removes them. */
  async #withdraw(keys: readonly KeyOfRing[]): Promise<void> {
    const { state, revoked, log } = this.#options;
    if (!(await revoked.remember(keys))) return;
    state.withdraw((object) => revoked.apply(object));
    await state.settled();
    log.warn({ kids: keys.map(({ kid }) => kid) }, 'keys were revoked and are no longer used');
  }

  #heard(heard: Heard): void {
    const sent = this.#heartbeats.get(heard.time);
    if (sent === undefined) return;
    // In the order of sending: a later one may name an earlier time, where the clock was set back.
    for (const time of this.#heartbeats.keys()) {
      this.#heartbeats.delete(time);
      if (time === heard.time) break;
    }
    this.#options.contact.heard(heard, sent);
  }

  async close(): Promise<void> {
    if (this.#stage.at === 'joined') await this.#stage.receiver.abandon();
    await this.tidy();
  }

  #say({ sealing }: ProvenManager, message: SealedFromNode): void {
    this.#options.send(JSON.stringify(sealing.seal(JSON.stringify(message))));
  }

  #resume(): Resume {
    const { state, contact, traits } = this.#options;
    return {
      type: 'resume',
      environmentId: state.environment?.id ?? null,
      revision: state.revision,
      digest: state.digest.toString('hex'),
      time: Math.round(contact.sample().wallMs),
      heartbeats: true,
      outletTests: this.#options.outlets !== undefined,
      ...traits,
      ...(state.lineage !== undefined && { lineage: state.lineage }),
      ...(state.incomplete && { incomplete: true }),
    };
  }

  #ended({ code, reason }: Ended): never {
    const { state, log } = this.#options;
    if (code !== closeCodes.ahead)
      throw new SessionEnd(reason, { closeCode: closeCodes.protocol, slow: true });
    if (!state.verifyDigest()) {
      log.error({ revision: state.revision }, 'what this node holds does not add up; it asks for a snapshot');
      state.markIncomplete();
    } else if (state.diverge(divergedText)) {
      log.error({ revision: state.revision }, divergedText);
    }
    throw new SessionEnd(divergedText, { closeCode: closeCodes.ahead, slow: true });
  }

  async #welcomed(welcome: Welcome, manager: ProvenManager): Promise<void> {
    const { environment: asked, state, copy, revoked, log, identity } = this.#options;
    const environment = { id: welcome.environmentId, name: welcome.environmentName };
    if (environment.name !== asked) {
      throw new SessionEnd(
        `KEYPLANE_NODE_TOKEN is for environment ${environment.name}, --environment says ${asked}; nothing was taken`,
        { closeCode: closeCodes.protocol, slow: true },
      );
    }
    const { fingerprint, isFirstMet } = manager;
    const { fingerprint: before } = identity.pin;
    await identity.pin.pin(fingerprint);
    if (isFirstMet) {
      log.warn(
        { identity: fingerprint },
        'this node pinned the identity of the first manager that it met: its token names none',
      );
    } else if (before !== undefined && before !== fingerprint) {
      log.warn(
        { from: before, identity: fingerprint },
        'the manager has a new identity, signed by the one before',
      );
    }
    if (state.environment?.id === environment.id) {
      await recordWelcome(copy, state, welcome);
      state.holdBack(false);
    }
    state.diverge(undefined);
    const { lineage } = welcome;
    const receiver = new StateReceiver({ state, copy, revoked, environment, lineage, log });
    this.#stage = {
      at: 'joined',
      manager,
      receiver,
      takesReports: welcome.heartbeats === true,
      takesDeliveries: welcome.outlets === true,
    };
    this.sendHeartbeat();
    this.reportRevoked();
    await this.reportUsage();
    this.#options.outlets?.reportAll();
    this.#options.onWelcome();
  }

  async #take(message: State, { manager, receiver }: Extract<Stage, { at: 'joined' }>): Promise<void> {
    const text = opened(() => manager.opening.openState(message));
    await this.#answer(manager, await receiver.receive(message, text, this.#options.isBusy()));
  }

  /** No further message waits: what was held to be applied with it is applied now. */
  async settle(): Promise<void> {
    if (this.#stage.at !== 'joined') return;
    const { manager, receiver } = this.#stage;
    await this.#answer(manager, await receiver.settle());
  }

  async #answer(manager: ProvenManager, answers: readonly (Applied | Refused)[]): Promise<void> {
    const { log } = this.#options;
    for (const answer of answers) this.#say(manager, answer);
    const applied = answers.findLast(({ type }) => type === 'applied');
    if (applied === undefined) return;
    log.info({ revision: applied.revision }, 'a change was applied');
    this.reportRevoked();
    await this.tidy();
  }

  /** Deletes from the copy what is superseded. Never while a message is handled. */
  async tidy(): Promise<void> {
    const { state, copy, log, isBusy } = this.#options;
    if (this.#stage.at === 'joined' && this.#stage.receiver.isReceiving) return;
    await copy.compactIfDue(state.objects, state.mark(), isBusy).catch((error: unknown) => {
      log.warn({ err: error }, 'the sealed copy could not be compacted; it goes on as it is');
    });
  }
}

/**
 * Records what the copy lacks: the environment's new name, so that the next start finds it under that name, and the
 * lineage that an older manager did not send.
 */
async function recordWelcome(copy: StateCopy, state: NodeState, welcome: Welcome): Promise<void> {
  const { environment, lineage } = state;
  const named = environment?.name === welcome.environmentName;
  if (!environment || (named && (lineage !== undefined || welcome.lineage === undefined))) return;
  const told = lineage ?? welcome.lineage;
  const transaction = await copy.begin({ reset: false, environmentId: environment.id });
  await transaction.commit({
    ...state.mark(),
    environmentName: welcome.environmentName,
    ...(told !== undefined && { lineage: told }),
  });
  state.rename(welcome.environmentName);
  if (told !== undefined) state.adoptLineage(told);
}

function opened<T>(open: () => T): T {
  try {
    return open();
  } catch (error) {
    if (error instanceof KeyplaneError) {
      throw doesNotOpen(error.message);
    }
    throw error;
  }
}

function doesNotOpen(reason: string): SessionEnd {
  return new SessionEnd(`what the manager sealed does not open: ${reason}`, {
    closeCode: closeCodes.notAuthentic,
    slow: false,
  });
}
