// The manager's side of the handshake (docs/protocol.md), one object for a connection: a hello becomes identity and
// proof, and the node's proof becomes a node that is known. Nothing is signed for a hello that is rejected anyway.

import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { AuditLog } from '../../audit/audit-log.ts';
import type { EnrollmentToken } from '../../environments/environment-store.ts';
import { isKeyplaneError } from '../../errors.ts';
import { checkName } from '../../names.ts';
import { OpeningEnd, SealingEnd } from '../../protocol/channel.ts';
import {
  deriveSessionKeys,
  firstReleaseMac,
  type HandshakeNames,
  isSameMac,
  proofBytes,
  transcriptOf,
} from '../../protocol/handshake.ts';
import {
  closeCodes,
  type Hello,
  type Identity,
  type ManagerProof,
  type NodeProof,
  protocolVersion,
  type Resume,
} from '../../protocol/messages.ts';
import {
  mostFormerKeys,
  protocolOfHello,
  readFromNode,
  readSealedFromNode,
} from '../../protocol/read-message.ts';
import { isSignedBy, signBytes } from '../../protocol/signing-keys.ts';
import type { UnitOfWork } from '../../unit-of-work.ts';
import { decideJoin, type JoinDecision, type JoinRejection, refusal } from './decide-join.ts';
import type { InstallationIdentity, ReadIdentity } from './installation-identity.ts';
import { lookUpJoin } from './look-up-join.ts';
import { type Admission, type RegistrationStores, registerNode } from './register-node.ts';

export interface HandshakeOptions {
  readonly store: UnitOfWork<RegistrationStores>;
  readonly audit: AuditLog;
  readonly clock: () => Date;
  readonly readIdentity: ReadIdentity;
}

/** The claimed identity of the node, for the log and the audit record. Not proven before the handshake is over. */
export interface Claimant {
  readonly environment: string | null;
  readonly name: string;
  readonly version: string;
  readonly tokenId: string | null;
  readonly tokenName: string | null;
}

export interface HelloAnswer {
  /** Two messages, in their order. */
  readonly texts: readonly [identity: string, proof: string];
}

export interface ProvenNodeSession {
  readonly admission: Admission;
  readonly resume: Resume;
  readonly clockOffsetMs: number;
  readonly sealing: SealingEnd;
  readonly opening: OpeningEnd;
}

interface Answered {
  readonly hello: Hello;
  readonly names: HandshakeNames;
  readonly decision: Exclude<JoinDecision, JoinRejection>;
  readonly environmentId: string;
  readonly ephemeral: KeyObject;
  readonly transcript: Buffer;
  readonly sentAt: number;
}

const nobody: Claimant = { environment: null, name: '', version: '', tokenId: null, tokenName: null };

export class ManagerHandshake {
  readonly #options: HandshakeOptions;
  readonly #address: string | null;
  #claimant = nobody;
  #answered: Answered | undefined;

  constructor(options: HandshakeOptions, address: string | null) {
    this.#options = options;
    this.#address = address;
  }

  get claimant(): Claimant {
    return this.#claimant;
  }

  /** The first message. */
  async hello(text: string): Promise<HelloAnswer | JoinRejection> {
    const hello = readHello(text);
    if ('join' in hello) {
      this.#claimant = { ...nobody, name: nameIn(text) };
      return hello;
    }
    const { environment, name, version } = hello;
    this.#claimant = { ...nobody, name, version };
    try {
      checkName(name, 'Node name');
    } catch (error) {
      if (isKeyplaneError(error)) return refusal(error.message, closeCodes.protocol);
      throw error;
    }
    const { store, readIdentity, clock } = this.#options;
    const facts = await store.read((stores) => lookUpJoin(stores, hello, { readIdentity, now: clock() }));
    const { token, key } = facts;
    this.#claimant = {
      environment: facts.environment?.name ?? null,
      name,
      version,
      tokenId: token?.id ?? key?.tokenId ?? null,
      tokenName: token?.label ?? key?.tokenName ?? null,
    };
    const decision = decideJoin(facts);
    if (decision.join === 'refused' || facts.environment === undefined) {
      return decision.join === 'refused' ? decision : refusal('there is no such environment');
    }
    const { privateKey: ephemeral, publicKey } = generateKeyPairSync('x25519');
    const identityText = JSON.stringify(introduce(facts.identity, publicKey));
    const transcript = transcriptOf(text, identityText);
    const names = { environment, node: name };
    const signature = signBytes(facts.identity.key, proofBytes('manager', names, transcript));
    const proof: ManagerProof = { type: 'proof', signature: signature.toString('base64url') };
    const environmentId = facts.environment.id;
    const sentAt = clock().getTime();
    this.#answered = { hello, names, decision, environmentId, ephemeral, transcript, sentAt };
    return { texts: [identityText, JSON.stringify(proof)] };
  }

  /** The node's second message. */
  async proof(text: string): Promise<ProvenNodeSession | JoinRejection> {
    const answered = this.#answered;
    const proof = readFromNode(text);
    if (answered === undefined || 'problem' in proof || proof.type !== 'proof') {
      return refusal('a proof comes after the identity', closeCodes.protocol);
    }
    this.#answered = undefined;
    const { clock } = this.#options;
    const arrivedAt = clock().getTime();
    const { hello, names, ephemeral, transcript } = answered;
    const nodeKey = Buffer.from(hello.nodeKey, 'base64url');
    if (!isSignedBy(nodeKey, proofBytes('node', names, transcript), bytesOf(proof.signature))) {
      return notAuthentic("the proof of the node's key does not hold");
    }
    const token = await this.#provenToken(answered, proof);
    if (token !== undefined && 'join' in token) return token;
    const opened = openResume(proof, { ephemeral, hello, transcript });
    if ('join' in opened) return opened;
    const { resume } = opened;
    const admission = await registerNode(this.#options, {
      hello,
      resume,
      address: this.#address,
      firstReleaseToken: token,
    });
    if ('join' in admission) return admission;
    // Half of the way there and back belongs to each way.
    const clockOffsetMs = Math.round(resume.time - (answered.sentAt + arrivedAt) / 2);
    return { admission, clockOffsetMs, ...opened };
  }

  /** A refusal; or the token of the first release, where it is one. */
  async #provenToken(
    { hello, decision, names, transcript, environmentId }: Answered,
    { tokenSignature, tokenMac }: NodeProof,
  ): Promise<EnrollmentToken | JoinRejection | undefined> {
    switch (decision.join) {
      case 'returning':
        return undefined;
      case 'new':
      case 'replacing': {
        const tokenKey = Buffer.from(hello.tokenKey ?? '', 'base64url');
        const isProven =
          tokenSignature !== undefined &&
          isSignedBy(tokenKey, proofBytes('token', names, transcript), bytesOf(tokenSignature));
        return isProven ? undefined : notAuthentic('the proof of the enrollment token does not hold');
      }
      case 'upgraded': {
        if (tokenMac === undefined) return refusal('a node that is not known has no enrollment token');
        const tokens = await this.#options.store.read((stores) =>
          stores.enrollmentTokens.list(environmentId),
        );
        const found = tokens.find(
          ({ publicKey, hash }) =>
            publicKey === null && isSameMac(firstReleaseMac(hash, names, transcript), bytesOf(tokenMac)),
        );
        if (found === undefined) return refusal('its token of the first release is unknown or revoked');
        this.#claimant = { ...this.#claimant, tokenId: found.id, tokenName: found.label };
        return found;
      }
      default:
        return decision satisfies never;
    }
  }
}

function readHello(text: string): Hello | JoinRejection {
  const protocol = protocolOfHello(text);
  if (protocol !== undefined && protocol !== protocolVersion) {
    const older = protocol < protocolVersion ? 'the node' : 'the manager';
    return refusal(
      `upgrade keyplane on ${older}: the node speaks protocol ${protocol}, the manager ${protocolVersion}`,
      closeCodes.version,
    );
  }
  const hello = readFromNode(text);
  if ('problem' in hello) return refusal(hello.problem, closeCodes.protocol);
  return hello.type === 'hello' ? hello : refusal('hello comes first', closeCodes.protocol);
}

/** For a hello that does not follow this protocol, such as one of the first release. */
function nameIn(text: string): string {
  try {
    const name = (JSON.parse(text) as { name?: unknown } | null)?.name;
    return typeof name === 'string' ? checkName(name, 'Node name') : '';
  } catch {
    return '';
  }
}

function introduce({ key, former }: InstallationIdentity, ephemeral: KeyObject): Identity {
  return {
    type: 'identity',
    protocol: protocolVersion,
    ephemeralKey: ephemeral.export({ format: 'jwk' }).x ?? '',
    identityKey: key.publicKey.toString('base64url'),
    formerKeys: former.slice(-mostFormerKeys).map(({ formerKey, signature }) => ({
      formerKey: formerKey.toString('base64url'),
      signature: signature.toString('base64url'),
    })),
  };
}

function openResume(
  { sealed }: NodeProof,
  { ephemeral, hello, transcript }: Pick<Answered, 'ephemeral' | 'hello' | 'transcript'>,
): Pick<ProvenNodeSession, 'resume' | 'opening' | 'sealing'> | JoinRejection {
  try {
    const keys = deriveSessionKeys(ephemeral, Buffer.from(hello.ephemeralKey, 'base64url'), transcript);
    const opening = new OpeningEnd(keys.toManager);
    const resume = readSealedFromNode(opening.open({ sealed }));
    if ('problem' in resume) return refusal(resume.problem, closeCodes.protocol);
    if (resume.type !== 'resume') return refusal('a proof carries where the node is', closeCodes.protocol);
    return { resume, opening, sealing: new SealingEnd(keys.toNode) };
  } catch (error) {
    if (isKeyplaneError(error)) return notAuthentic(error.message);
    throw error;
  }
}

function notAuthentic(reason: string): JoinRejection {
  return refusal(reason, closeCodes.notAuthentic);
}

function bytesOf(text: string): Buffer {
  return Buffer.from(text, 'base64url');
}
