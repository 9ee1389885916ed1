// The conversation on one node's stream, independent of the transport: the handshake, then the node's session. A
// rejected node gets the reason, which is also logged and audited. A node with a history that this manager's database
// does not know gets nothing; the divergence is recorded until both agree again.

import { isKeyplaneError } from '../../errors.ts';
import type { OpeningEnd, SealingEnd } from '../../protocol/channel.ts';
import {
  type Applied,
  closeCodes,
  type Ended,
  type KeyOfRing,
  type OutletsReport,
  type Refused,
  type Resume,
  type SealedFromManager,
  type SealedFromNode,
  type Usage,
  type Welcome,
} from '../../protocol/messages.ts';
import { readFromNode, readSealedFromNode } from '../../protocol/read-message.ts';
import type { Semaphore } from '../../runtime/semaphore.ts';
import type { Deployments } from '../deployments.ts';
import type { Divergences, DivergingNode } from '../history/divergences.ts';
import { planSync } from '../history/plan-sync.ts';
import type { NodeSession, NodeStream } from '../node-session.ts';
import { OutletTests } from '../outlet-tests.ts';
import type { StatePageReader } from '../state-page-reader.ts';
import { type JoinRejection, refusal } from './decide-join.ts';
import { type HandshakeOptions, ManagerHandshake, type ProvenNodeSession } from './manager-handshake.ts';
import type { RecordRefusedJoin } from './record-joins.ts';

export interface NodeStreamLog {
  info(facts: Record<string, unknown>, text: string): void;
  warn(facts: Record<string, unknown>, text: string): void;
  error(facts: Record<string, unknown>, text: string): void;
}

export interface ClaimedStream {
  readonly nodeId: string;
  readonly version: string;
  readonly keyId: string;
  readonly privateKeys: boolean;
  readonly address: string | null;
  readonly clockOffsetMs: number;
  readonly serveLimitMs: number | null;
  readonly ephemeral: boolean;
}

/** Kids that a node remembers as revoked, and that it was sent as valid. */
export interface RevokedReport {
  readonly environment: { readonly id: string; readonly name: string };
  readonly node: string;
  readonly keys: readonly KeyOfRing[];
}

/** Revokes those that the database has as valid. @returns the names of their JWKs; empty where there was none */
export type RevokeAgain = (report: RevokedReport) => Promise<readonly string[]>;

export interface ConversationOptions {
  readonly handshake: HandshakeOptions;
  readonly recordRefusedJoin: RecordRefusedJoin;
  /** Its stream is this manager's from now on; returns the number of the connection. */
  readonly claim: (claimed: ClaimedStream) => Promise<number | undefined>;
  readonly divergences: Divergences;
  readonly revokeAgain: RevokeAgain;
  /** Stores a report of the use of keys, once. */
  readonly recordUsage: (nodeId: string, usage: Usage) => Promise<void>;
  /** Stores how deliveries of outlets stand. */
  readonly recordDeliveries: (
    node: { readonly nodeId: string; readonly environmentId: string },
    report: OutletsReport,
  ) => Promise<void>;
  readonly deployments: Deployments;
  readonly pages: StatePageReader;
  readonly log: NodeStreamLog;
}

/** What the carrier of the streams brings. */
export interface StreamPort {
  /** Bounds the number of concurrent handshakes. */
  readonly handshakes: Semaphore;
  /** The handshake is over, and the node has its session. */
  readonly onJoined: () => void;
  readonly onRefused: () => void;
  /** Logs what clients can cause as often as they like. */
  readonly warn: (address: string | null, facts: Record<string, unknown>, text: string) => void;
}

export interface ConversationStream extends NodeStream {
  readonly isOpen: boolean;
}

const revokedAgainText =
  'a node knows keys as revoked that the database had as valid: they were revoked again. Was the database restored from an older backup?';

const divergenceText =
  'a node has a history that this manager does not know, and was sent nothing: was the database restored from an older backup? Put the right database back, or run keyplane restore --announce';

interface Joined {
  readonly session: NodeSession;
  readonly opening: OpeningEnd;
  readonly watch: (message: Applied | Refused) => void;
  /** Undefined of a node of an earlier release, which knows no further messages. */
  readonly say: ((message: SealedFromManager) => void) | undefined;
  readonly environment: { readonly id: string; readonly name: string };
  readonly isEphemeral: boolean;
}

/** RFC 6455 §7.4.1 and its registry: the endpoint failed. */
const failed = 1011;
/** For each message of the handshake; what the manager itself takes does not count. */
const nodeTimeoutMs = 5_000;

export class NodeConversation {
  readonly #stream: ConversationStream;
  readonly #address: string | null;
  readonly #options: ConversationOptions & StreamPort;
  readonly #handshake: ManagerHandshake;
  #stage: 'hello' | 'proof' | 'joined' = 'hello';
  #deadline: NodeJS.Timeout | undefined;
  #busy = false;
  #over = false;
  #joined: Joined | undefined;
  #counting: Promise<void> = Promise.resolve();
  #recording: Promise<void> = Promise.resolve();
  #isReporting = false;

  constructor(stream: ConversationStream, address: string | null, options: ConversationOptions & StreamPort) {
    this.#stream = stream;
    this.#address = address;
    this.#options = options;
    this.#handshake = new ManagerHandshake(options.handshake, address);
    this.#waitForNode();
  }

  /** @param text undefined for what is no text */
  receive(text: string | undefined): void {
    if (this.#over) return;
    if (text === undefined) {
      this.#refuse(refusal('a message must be text', closeCodes.protocol));
      return;
    }
    if (this.#joined) {
      this.#receiveSealed(this.#joined, text);
      return;
    }
    if (this.#busy) {
      this.#refuse(refusal('a message out of order', closeCodes.protocol));
      return;
    }
    this.#busy = true;
    clearTimeout(this.#deadline);
    const step = this.#stage === 'hello' ? () => this.#hello(text) : () => this.#proof(text);
    this.#options.handshakes
      .run(async () => {
        // It may have given up while it waited.
        if (this.#stream.isOpen && !this.#over) await step();
      })
      .catch((error: unknown) => this.#fail(error))
      .finally(() => {
        this.#busy = false;
        if (this.#joined === undefined) this.#waitForNode();
      });
  }

  #waitForNode(): void {
    if (this.#over) return;
    this.#deadline = setTimeout(
      () => this.#refuse(refusal('the handshake was not finished in time', closeCodes.protocol)),
      nodeTimeoutMs,
    );
  }

  /** The connection ended, for any reason. @param code of the close */
  ended(code: number): void {
    const wasOver = this.#over;
    this.#over = true;
    clearTimeout(this.#deadline);
    if (this.#joined) this.#options.deployments.leave(this.#joined.session);
    if (code === closeCodes.notAuthentic && !wasOver) {
      this.#reportRefusal(
        this.#joined
          ? 'what this manager sealed does not open at the node: is something between that alters it?'
          : "the node does not accept this manager's proof: is something between that altered it?",
      );
    }
  }

  async #hello(text: string): Promise<void> {
    const answer = await this.#handshake.hello(text);
    if ('join' in answer) return this.#refuse(answer);
    for (const one of answer.texts) this.#stream.send(one, () => undefined);
    this.#stage = 'proof';
  }

  async #proof(text: string): Promise<void> {
    const proven = await this.#handshake.proof(text);
    if ('join' in proven) return this.#refuse(proven);
    await this.#startSession(proven);
    this.#stage = 'joined';
  }

  async #startSession(proven: ProvenNodeSession): Promise<void> {
    const { admission, resume, clockOffsetMs, sealing, opening } = proven;
    const { environment, node, key, head } = admission;
    const { deployments, pages, claim, log } = this.#options;
    const { version } = this.#handshake.claimant;
    const { name } = key;
    const { revision } = resume;
    const decision = planSync(resume, { ...admission, recordedRevision: node.appliedRevision });
    const diverging = { nodeId: node.id, environment, name, revision, managerRevision: head.revision };
    if (decision.start === 'reject') return this.#refuseHistory(diverging, sealing);
    const { privateKeys } = key;
    const address = this.#address;
    const claimed = {
      nodeId: node.id,
      version,
      keyId: key.id,
      privateKeys,
      address,
      clockOffsetMs,
      serveLimitMs: resume.serveLimitMs ?? null,
      ephemeral: resume.ephemeral ?? false,
    };
    const connection = await claim(claimed);
    if (connection === undefined) return this.#refuse(refusal('this node was removed', closeCodes.forgotten));
    if (!this.#stream.isOpen || this.#over) return;
    if (decision.start === 'snapshot') {
      const facts = { environment: environment.name, node: name, nodeRevision: revision, why: decision.why };
      log.info(facts, 'a node is sent a snapshot');
    }
    const { lineage } = head;
    const welcome: Welcome = {
      type: 'welcome',
      environmentId: environment.id,
      environmentName: environment.name,
      privateKeys,
      heartbeats: true,
      outlets: true,
      ...(lineage !== undefined && { lineage }),
    };
    const say =
      resume.heartbeats === true ? (message: SealedFromManager) => this.#say(sealing, message) : undefined;
    const outletTests =
      resume.outletTests === true ? new OutletTests((message) => this.#say(sealing, message)) : undefined;
    this.#say(sealing, welcome);
    const identity = {
      nodeId: node.id,
      environmentId: environment.id,
      keyId: key.id,
      name,
      version,
      connection,
    };
    const session = deployments.join(
      {
        identity,
        clockOffsetMs,
        privateKeys,
        say,
        outletTests,
        stream: this.#stream,
        pages,
        seal: (header, changes) => sealing.sealState({ header, changes }),
        startRevision: revision,
        lineage,
        reset: decision.start === 'snapshot',
      },
      head.revision,
    );
    const agrees = decision.start === 'delta' && revision === head.revision;
    const isMarked = node.divergedRevision !== undefined;
    if (isMarked && agrees) this.#resolveDivergence(diverging);
    const watch = this.#watching({ session, diverging, sealing, isMarked });
    const isEphemeral = resume.ephemeral === true;
    this.#joined = { session, opening, watch, say, environment, isEphemeral };
    this.#options.onJoined();
    // It may have ended meanwhile.
    if (!this.#stream.isOpen || this.#over) deployments.leave(session);
  }

  #receiveSealed(joined: Joined, text: string): void {
    const { session, opening, watch, say } = joined;
    const said = open(opening, text);
    if ('ends' in said) {
      this.#endSession(said.ends, said.code);
      return;
    }
    switch (said.type) {
      case 'applied':
      case 'refused':
        session.receive(said);
        watch(said);
        return;
      case 'clock':
        this.#options.deployments.heartbeat(session, said.time, (heard) => say?.(heard));
        return;
      case 'goodbye':
        this.#goodbye(joined);
        return;
      case 'revoked-kids':
        this.#reportRevokedKids(joined, said.keys);
        return;
      case 'usage':
        this.#countUsage(joined, said);
        return;
      case 'outlets':
        this.#recordDeliveries(joined, said);
        return;
      case 'outlet-tested':
        session.outletTests?.answered(said);
        return;
      default:
        said satisfies never;
    }
  }

  /** Any other node keeps what it has, so it stays registered. */
  #goodbye({ session, isEphemeral }: Joined): void {
    if (!isEphemeral) return;
    const { environment, name } = this.#handshake.claimant;
    // The last report of a node counts, which it no longer does once the node has left.
    this.#counting
      .then(() => this.#options.deployments.goodbye(session))
      .then(() => this.#options.log.info({ environment, node: name }, 'an ephemeral node stopped and left'))
      .catch((error: unknown) =>
        this.#options.log.warn({ err: error, environment, node: name }, 'a node could not leave'),
      );
  }

  /** Answered once it is stored; a node that gets no answer sends the report again. */
  #countUsage({ session, say }: Joined, usage: Usage): void {
    const { recordUsage, log } = this.#options;
    const { environment, name } = this.#handshake.claimant;
    this.#counting = recordUsage(session.identity.nodeId, usage)
      .then(() => say?.({ type: 'counted', report: usage.report }))
      .catch((error: unknown) =>
        log.warn({ err: error, environment, node: name }, 'the key usage of a node could not be stored'),
      );
  }

  /** In their order, since each replaces what was known; one that cannot be stored ends the stream, and the node reports again. */
  #recordDeliveries({ session }: Joined, report: OutletsReport): void {
    const { recordDeliveries, log } = this.#options;
    const { environment, name } = this.#handshake.claimant;
    const { nodeId, environmentId } = session.identity;
    this.#recording = this.#recording
      .then(() => recordDeliveries({ nodeId, environmentId }, report))
      .catch((error: unknown) => {
        log.warn({ err: error, environment, node: name }, 'the outlet states of a node could not be stored');
        this.#close(failed, 'the manager failed');
      });
  }

  #reportRevokedKids({ environment }: Joined, keys: readonly KeyOfRing[]): void {
    if (this.#isReporting) return;
    this.#isReporting = true;
    const { revokeAgain, log } = this.#options;
    const { name: node } = this.#handshake.claimant;
    const kids = keys.map(({ kid }) => kid);
    revokeAgain({ environment, node, keys })
      .then((jwkNames) => {
        if (jwkNames.length > 0)
          log.error({ environment: environment.name, node, jwkNames }, revokedAgainText);
      })
      .catch((error: unknown) =>
        log.warn(
          { err: error, environment: environment.name, node, kids },
          'keys that a node knows to be revoked could not be revoked again',
        ),
      )
      .finally(() => {
        this.#isReporting = false;
      });
  }

  /** A joined node sent an invalid message, or one that does not authenticate. */
  #endSession(reason: string, code: number): void {
    this.#over = true;
    const { environment, name } = this.#handshake.claimant;
    this.#options.warn(this.#address, { environment, node: name, reason }, 'a node stream was ended');
    this.#recordRefusal(reason);
    this.#close(code, reason);
  }

  #refuse({ code, reason }: JoinRejection): void {
    if (this.#over) return;
    this.#over = true;
    this.#reportRefusal(reason);
    this.#close(code, reason);
  }

  #reportRefusal(reason: string): void {
    const { environment, name, version } = this.#handshake.claimant;
    this.#options.warn(this.#address, { environment, node: name, version, reason }, 'a node was rejected');
    this.#recordRefusal(reason);
  }

  #recordRefusal(reason: string): void {
    const { environment, name, tokenId, tokenName } = this.#handshake.claimant;
    const address = this.#address;
    this.#options.onRefused();
    void this.#options.recordRefusedJoin({ environment, name, address, tokenId, tokenName, reason });
  }

  #fail(error: unknown): void {
    const { environment, name } = this.#handshake.claimant;
    this.#options.warn(
      this.#address,
      { err: error, environment, node: name },
      'the handshake with a node failed',
    );
    this.#over = true;
    this.#close(failed, 'the manager failed');
  }

  #say(sealing: SealingEnd, message: SealedFromManager): void {
    this.#stream.send(JSON.stringify(sealing.seal(JSON.stringify(message))), () => undefined);
  }

  #close(code: number, reason: string): void {
    this.#stream.close(code, closeReason(reason));
  }

  /** The node's responses show a divergence too: a delta that does not apply to its state. */
  #watching(of: {
    readonly session: NodeSession;
    readonly diverging: DivergingNode;
    readonly sealing: SealingEnd;
    readonly isMarked: boolean;
  }): Joined['watch'] {
    const { session, diverging, sealing } = of;
    let marked = of.isMarked;
    return (message) => {
      if (session.diverged) {
        this.#refuseHistory({ ...diverging, revision: session.confirmedRevision }, sealing).catch(
          (error: unknown) => this.#options.log.warn({ err: error }, 'a divergence could not be stored'),
        );
      } else if (marked && message.type === 'applied' && session.confirmedRevision === message.revision) {
        marked = false;
        this.#resolveDivergence(diverging);
      }
    };
  }

  async #refuseHistory(node: DivergingNode, sealing: SealingEnd): Promise<void> {
    const { name, environment, revision, managerRevision } = node;
    this.#over = true;
    try {
      const isNew = await this.#options.divergences.record(node);
      const facts = { environment: environment.name, node: name, nodeRevision: revision, managerRevision };
      this.#options.log[isNew ? 'error' : 'warn'](facts, divergenceText);
    } finally {
      const code = closeCodes.ahead;
      const reason = `this manager does not know the revision ${revision} of the node`;
      // The node acts on it, so it is sent on the sealed stream, where only the manager can write.
      const ended: Ended = { type: 'ended', code, reason };
      this.#say(sealing, ended);
      this.#close(code, reason);
    }
  }

  #resolveDivergence({ environment, name }: DivergingNode): void {
    const { divergences, log } = this.#options;
    divergences
      .resolve(environment.id, name)
      .then(() =>
        log.info(
          { environment: environment.name, node: name },
          'a node has the history of the database again',
        ),
      )
      .catch((error: unknown) => log.warn({ err: error }, 'the end of a divergence could not be stored'));
  }
}

/** RFC 6455 §5.5.1 has room for 123 bytes; a letter that is cut in two becomes one of three. */
function closeReason(text: string): string {
  return Buffer.from(text).subarray(0, 120).toString();
}

/** A message of a joined node, or why its stream ends. */
function open(
  opening: OpeningEnd,
  text: string,
): Exclude<SealedFromNode, Resume> | { readonly ends: string; readonly code: number } {
  const noMessage = { ends: 'not a message of this protocol', code: closeCodes.protocol };
  const message = readFromNode(text);
  if ('problem' in message || message.type !== 'sealed') return noMessage;
  try {
    const said = readSealedFromNode(opening.open(message));
    return 'problem' in said || said.type === 'resume' ? noMessage : said;
  } catch (error) {
    if (!isKeyplaneError(error)) throw error;
    return { ends: error.message, code: closeCodes.notAuthentic };
  }
}
