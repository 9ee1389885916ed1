// The node's side of the handshake (docs/protocol.md), one object for a connection. Nothing of the node but its names
// and public keys leaves it before the manager has proven the identity that this node expects.

import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { KeyplaneError } from '../../errors.ts';
import { OpeningEnd, SealingEnd } from '../../protocol/channel.ts';
import type { EnrollmentSecret } from '../../protocol/enrollment-token.ts';
import {
  deriveSessionKeys,
  firstReleaseMac,
  isIdentityOf,
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
import { fingerprintOf, isSignedBy, type SigningKey, signBytes } from '../../protocol/signing-keys.ts';
import { SessionEnd, wrongMessage } from './session-end.ts';

export interface NodeCredentials {
  /** The node's own. */
  readonly key: SigningKey;
  /** The content of its enrollment token; a node that joined before needs none. */
  readonly secret: EnrollmentSecret | undefined;
  /** Of the manager's identity when the node joined. */
  readonly pinned: string | undefined;
}

export interface HandshakeNode extends NodeCredentials {
  readonly environment: string;
  readonly name: string;
  readonly version: string;
}

export interface ProvenManager {
  readonly fingerprint: string;
  /** It had no pin, and its token names no identity: it pinned the first one that it received. */
  readonly isFirstMet: boolean;
  /** To be sent. */
  readonly proof: NodeProof;
  readonly sealing: SealingEnd;
  readonly opening: OpeningEnd;
}

export class NodeHandshake {
  readonly #node: HandshakeNode;
  readonly #ephemeral: KeyObject;
  /** The first message, as it has to be sent: both sides sign these bytes. */
  readonly hello: string;
  #identity: { readonly message: Identity; readonly text: string } | undefined;

  constructor(node: HandshakeNode) {
    this.#node = node;
    const { privateKey, publicKey } = generateKeyPairSync('x25519');
    this.#ephemeral = privateKey;
    const { environment, name, version, key, secret } = node;
    const hello: Hello = {
      type: 'hello',
      protocol: protocolVersion,
      environment,
      name,
      version,
      ephemeralKey: publicKey.export({ format: 'jwk' }).x ?? '',
      nodeKey: key.publicKey.toString('base64url'),
      ...(secret?.kind === 'key' && { tokenKey: secret.key.publicKey.toString('base64url') }),
    };
    this.hello = JSON.stringify(hello);
  }

  /** The manager's first message, and its bytes. @throws SessionEnd */
  identity(message: Identity, text: string): void {
    if (this.#identity) throw wrongMessage('a second identity');
    if (message.protocol !== protocolVersion) {
      const older = message.protocol < protocolVersion ? 'the manager' : 'this node';
      throw new SessionEnd(
        `upgrade keyplane on ${older}: the manager speaks protocol ${message.protocol}, this node ${protocolVersion}`,
        { closeCode: closeCodes.version, slow: true },
      );
    }
    this.#identity = { message, text };
  }

  /** The manager's second message. @throws SessionEnd unless it is the manager that this node expects */
  proof({ signature }: ManagerProof, resume: () => Resume): ProvenManager {
    if (!this.#identity) throw wrongMessage('a proof before the identity');
    const { message, text } = this.#identity;
    const { environment, name: node, key, secret } = this.#node;
    const names = { environment, node };
    const transcript = transcriptOf(this.hello, text);
    const identityKey = bytesOf(message.identityKey);
    if (!isSignedBy(identityKey, proofBytes('manager', names, transcript), bytesOf(signature))) {
      throw notAuthentic(
        "the manager's proof does not hold: something between this node and the manager alters what they say",
      );
    }
    const isFirstMet = this.#expect(message, identityKey);
    const keys = this.#derive(bytesOf(message.ephemeralKey), transcript);
    const sealing = new SealingEnd(keys.toManager);
    const tokenBytes = () => proofBytes('token', names, transcript);
    const proof: NodeProof = {
      type: 'proof',
      signature: signBytes(key, proofBytes('node', names, transcript)).toString('base64url'),
      ...(secret?.kind === 'key' && {
        tokenSignature: signBytes(secret.key, tokenBytes()).toString('base64url'),
      }),
      ...(secret?.kind === 'first release' && {
        tokenMac: firstReleaseMac(secret.hash, names, transcript).toString('base64url'),
      }),
      sealed: sealing.seal(JSON.stringify(resume())).sealed,
    };
    const fingerprint = fingerprintOf(identityKey);
    return { fingerprint, isFirstMet, proof, sealing, opening: new OpeningEnd(keys.toNode) };
  }

  /** @returns whether it is taken on trust. @throws SessionEnd */
  #expect({ formerKeys }: Identity, identityKey: Buffer): boolean {
    const { secret, pinned } = this.#node;
    const former = formerKeys.map(({ formerKey, signature }) => ({
      formerKey: bytesOf(formerKey),
      signature: bytesOf(signature),
    }));
    const isOf = (fingerprint: string) => isIdentityOf(fingerprint, identityKey, former);
    const found = fingerprintOf(identityKey);
    if (pinned !== undefined) {
      if (isOf(pinned)) return false;
      throw notAuthentic(
        `the manager has the identity ${found}, but this node belongs to the installation with ${pinned}: the manager is another one, or the connection is intercepted. To move the node to another installation, give it an empty --data-dir`,
      );
    }
    if (secret?.kind === 'key') {
      if (isOf(secret.fingerprint)) return false;
      throw notAuthentic(
        `the manager has the identity ${found}, KEYPLANE_NODE_TOKEN names ${secret.fingerprint}: the token is of another installation, or the connection is intercepted`,
      );
    }
    return true;
  }

  #derive(peer: Buffer, transcript: Buffer) {
    try {
      return deriveSessionKeys(this.#ephemeral, peer, transcript);
    } catch (error) {
      if (error instanceof KeyplaneError) throw notAuthentic(error.message);
      throw error;
    }
  }
}

function notAuthentic(reason: string): SessionEnd {
  return new SessionEnd(reason, { closeCode: closeCodes.notAuthentic, slow: true });
}

function bytesOf(text: string): Buffer {
  return Buffer.from(text, 'base64url');
}
