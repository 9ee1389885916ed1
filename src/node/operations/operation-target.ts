// What a request signs or verifies with: a key ring, or a JWK outside rings. Made when the state of the node changes, and
// never altered: a request has the keys of one moment.

import { badRequest, KeyplaneError } from '../../errors.ts';
import { useTypeOfAlgorithm } from '../../jose/algorithms.ts';
import { type UseType, useToUseType } from '../../jose/use-type.ts';
import type { EncryptionKey } from '../../operations/encryption/encryption-key.ts';
import type { OperationKey } from '../../operations/operation-key.ts';
import type { Signer } from '../../operations/sign-jws.ts';
import type { SignLimits } from '../../operations/sign-request.ts';
import type { KnownKey, VerificationKeys } from '../../operations/verify-jws.ts';
import type { DeployedKeyRing, DeployedMembership } from '../../protocol/content.ts';
import type { LeasedRing } from '../lease/signing-lease.ts';

export interface OperationTarget {
  /** Of the ring or the JWK: what grants name. */
  readonly id: string;
  readonly name: string;
  /** As sentences begin with it: `Key ring (name: r)`. */
  readonly title: string;
  readonly limits: SignLimits;
  /** Of verifiers that name none. */
  readonly clockSkewMs: number;
  readonly lease: LeasedRing;
  /**
   * What signs now, and the id of its JWK.
   * @param now milliseconds since 1970
   * @throws KeyplaneError where nothing does
   */
  signer(now: number): ActiveSigner;
  /** Of the ACTIVE key or the JWK itself; undefined where there is none. */
  readonly usedJwkId: string | undefined;
  /** @throws KeyplaneError where it has no such keys */
  keys(now: number): TargetKeys;
  /** What computes MACs now. @throws KeyplaneError where nothing does */
  macKey(now: number): IdentifiedKey;
  /** Those that verify MACs. @throws KeyplaneError where it has no such keys */
  macKeys(now: number): readonly IdentifiedKey[];
  /** What encrypts now. @throws KeyplaneError where nothing does */
  encryption(now: number): ActiveEncryption;
  /** What decrypts, with the private key. @throws KeyplaneError where this node has no such key */
  decryption(now: number): FindDecryptionKey;
  /** The public key of a sender. @throws KeyplaneError where there is none */
  senderPublicKey(): IdentifiedEncryptionKey;
}

/** Undefined where the name is of none of its keys; what a missing kid names is theirs to say. */
export type FindDecryptionKey = (kid: string | undefined) => IdentifiedEncryptionKey | undefined;

export interface IdentifiedEncryptionKey {
  readonly jwkId: string;
  readonly key: EncryptionKey;
}

export interface ActiveEncryption extends IdentifiedEncryptionKey {
  /** Of a secret key. */
  readonly secretId: string | undefined;
  /** A node that heard from no manager for long does not encrypt with it: others would not decrypt it. */
  readonly isLeased: boolean;
}

/** What signs, and the id of its JWK. */
export interface ActiveSigner {
  readonly jwkId: string;
  readonly signer: Signer;
}

export interface IdentifiedKey {
  readonly jwkId: string;
  readonly key: OperationKey;
}

export interface TargetKeys extends VerificationKeys {
  find(kid: string | undefined): TargetKey | undefined;
}

export interface TargetKey extends KnownKey {
  /** Undefined for a former member of a ring. */
  readonly jwkId: string | undefined;
}

/** A key with what its state at the node allows. */
export interface HeldKey {
  readonly jwkId: string;
  readonly kid: string | undefined;
  /** Undefined where it has no signature algorithm, or is a secret that this node does not have. */
  readonly verification: OperationKey | undefined;
  /** Undefined where the node does not have its private part. */
  readonly signer: Signer | undefined;
  /** Undefined where it has no encryption algorithm, or is a secret that this node does not have. */
  readonly encryption: EncryptionKey | undefined;
  readonly hasPrivatePart: boolean;
  /** An OCT key. */
  readonly isSecret: boolean;
  /** The same for the same secret, and for no other; undefined for a key pair. */
  readonly secretId: string | undefined;
  readonly isRevoked: boolean;
}

export interface HeldMember extends HeldKey {
  readonly membership: DeployedMembership;
}

/** A former member of a ring; its key is opened at its first use. */
export interface FormerKey {
  readonly kid: string;
  /** Undefined for a secret key, of which nothing is kept. */
  readonly algorithmName: string | undefined;
  readonly end: 'REVOKED' | 'RETIRED';
  key(): OperationKey | undefined;
}

export function ringTarget(
  ring: DeployedKeyRing,
  members: readonly HeldMember[],
  former: readonly FormerKey[],
): OperationTarget {
  const active = members.find(({ membership, isRevoked }) => membership.state === 'ACTIVE' && !isRevoked);
  const algorithmNames = new Set(former.map(({ algorithmName }) => algorithmName ?? ''));
  for (const { verification } of members) if (verification) algorithmNames.add(verification.algorithmName);
  const byKid = new Map(members.map((member) => [member.kid, member]));
  const formerByKid = new Map(former.map((one) => [one.kid, one]));
  const title = `Key ring (name: ${ring.name})`;

  function find(kid: string | undefined, now: number): TargetKey | undefined {
    if (kid === undefined) return undefined;
    // Before the members: a ring that was restored from a backup may list a revoked key as both.
    const ended = formerByKid.get(kid);
    if (ended !== undefined) {
      const { algorithmName, end } = ended;
      return { algorithmName, key: ended.key(), end, state: end, jwkId: byKid.get(kid)?.jwkId };
    }
    const member = byKid.get(kid);
    if (member?.verification === undefined) return undefined;
    const { verification, membership, isRevoked, jwkId } = member;
    const { algorithmName } = verification;
    const end = isRevoked ? 'REVOKED' : hasEnded(member, now) ? 'RETIRED' : undefined;
    return { algorithmName, key: verification, end, state: membership.state, jwkId };
  }

  function signer(): ActiveSigner {
    if (ring.use !== 'sig') throw isForEncryption(title);
    if (active === undefined) throw notYet(`${title} has no ACTIVE key yet!`);
    if (active.signer === undefined) throw noPrivateKeys();
    return { jwkId: active.jwkId, signer: active.signer };
  }

  return {
    id: ring.id,
    name: ring.name,
    title,
    limits: {
      maxTokenLifetimeMs: ring.maxTokenLifetimeMs,
      keyTitle: `key ring (name: ${ring.name})`,
      acceptsJsonPayload: false,
    },
    clockSkewMs: ring.clockSkewMs,
    lease: ring,
    usedJwkId: active?.jwkId,
    signer,
    keys(now) {
      if (ring.use !== 'sig') throw isForEncryption(title);
      if (members.some(({ verification }) => verification === undefined)) throw noPrivateKeys();
      return { algorithmNames, find: (kid) => find(kid, now) };
    },
    macKey: () => requireMac(title, signer()),
    macKeys(now) {
      // It says why where there are none.
      requireMac(title, signer());
      return members.flatMap((member) => {
        const { jwkId, verification } = member;
        return verification === undefined || hasEnded(member, now) ? [] : [{ jwkId, key: verification }];
      });
    },
    encryption() {
      requireEncryption();
      if (active === undefined) throw notYet(`${title} has no ACTIVE key yet!`);
      const { jwkId, encryption: key, isSecret, secretId } = active;
      if (key === undefined) throw noPrivateKeys();
      return { jwkId, key, secretId, isLeased: isSecret };
    },
    decryption(now) {
      requireEncryption();
      // Of a revoked one the private part is not opened.
      const held = members.filter((one) => one.encryption && (one.hasPrivatePart || one.isRevoked));
      if (held.length === 0)
        throw members.length === 0 ? notYet(`${title} has no ACTIVE key yet!`) : noPrivateKeys();
      return (kid) => {
        const member = held.find((one) => one.kid === kid);
        const key = member?.encryption;
        if (key === undefined || member === undefined || kid === undefined) return undefined;
        // A manager ends the use of a key pair, when no sender has its public key any more; that of a secret ends by the clock.
        const isOver = member.isSecret ? hasEnded(member, now) : member.isRevoked;
        return isOver || formerByKid.has(kid) ? undefined : { jwkId: member.jwkId, key };
      };
    },
    senderPublicKey() {
      requireEncryption();
      throw notSupported(`${title} is no JWK: a sender is one key!`);
    },
  };

  function requireEncryption(): void {
    if (ring.use !== 'enc') throw isForSignature(title);
  }
}

function hasEnded({ isRevoked, membership: { retireAt } }: HeldMember, now: number): boolean {
  return isRevoked || (retireAt !== null && retireAt <= now);
}

export interface HeldJwk extends HeldKey {
  readonly name: string;
  readonly use: 'sig' | 'enc' | undefined;
  readonly algorithmName: string | undefined;
  /** Private parts were withheld from this node. */
  readonly isWithheld: boolean;
  /** Milliseconds since 1970. */
  readonly notBefore: number | null;
  readonly expires: number | null;
}

/** Tokens of a JWK outside rings live for an hour at most, and verifiers of it allow for a minute of clock skew. */
const jwkTokenLifetimeMs = 3_600_000;
const jwkClockSkewMs = 60_000;

export function jwkTarget(jwk: HeldJwk): OperationTarget {
  const { jwkId: id, name, verification, signer, encryption, notBefore, expires } = jwk;
  const title = `JWK (name: ${name})`;
  const isExpired = (now: number) => expires !== null && expires <= now;

  function requireUse(useType: UseType): void {
    const { use, algorithmName } = jwk;
    const ofAlgorithm = algorithmName === undefined ? undefined : useTypeOfAlgorithm(algorithmName);
    const own = use === undefined ? ofAlgorithm : useToUseType(use);
    if (own !== undefined && own !== useType) {
      throw own === 'ENCRYPTION' ? isForEncryption(title) : isForSignature(title);
    }
    if (algorithmName === undefined) throw notSupported(`${title} has no algorithm! Give it one.`);
  }

  function requireValid(now: number, verb: string): void {
    if (jwk.isRevoked) throw notSupported(`${title} was revoked!`);
    if (notBefore !== null && now < notBefore) {
      throw notSupported(`${title} does not ${verb} before ${new Date(notBefore).toISOString()}!`);
    }
    if (isExpired(now)) {
      throw notSupported(`${title} does not ${verb} after ${new Date(expires ?? 0).toISOString()}!`);
    }
  }

  function requirePrivatePart(): void {
    if (jwk.hasPrivatePart) return;
    throw jwk.isWithheld ? noPrivateKeys() : notSupported(`${title} has no private key!`);
  }

  function signerAt(now: number): ActiveSigner {
    requireUse('SIGNATURE');
    requirePrivatePart();
    requireValid(now, 'sign');
    if (signer === undefined) throw unusable(title);
    return { jwkId: id, signer };
  }

  function encryptionKeyOf(): EncryptionKey {
    requireUse('ENCRYPTION');
    if (jwk.isSecret) requirePrivatePart();
    if (encryption === undefined) throw unusable(title);
    return encryption;
  }

  return {
    id,
    name,
    title,
    limits: { maxTokenLifetimeMs: jwkTokenLifetimeMs, keyTitle: title, acceptsJsonPayload: true },
    clockSkewMs: jwkClockSkewMs,
    lease: { name, signingLeaseMs: null },
    usedJwkId: id,
    signer: signerAt,
    keys(now) {
      requireUse('SIGNATURE');
      if (jwk.isSecret) requirePrivatePart();
      if (verification === undefined) throw unusable(title);
      const { algorithmName } = verification;
      const end = jwk.isRevoked ? 'REVOKED' : isExpired(now) ? 'RETIRED' : undefined;
      const known: TargetKey = { algorithmName, key: verification, end, state: null, jwkId: id };
      // A JWK without a kid signs tokens without one.
      return {
        algorithmNames: new Set([algorithmName]),
        find: (kid) => (kid === jwk.kid ? known : undefined),
      };
    },
    macKey: (now) => requireMac(title, signerAt(now)),
    macKeys(now) {
      requireUse('SIGNATURE');
      if (jwk.isSecret) requirePrivatePart();
      if (verification === undefined) throw unusable(title);
      requireMacKey(title, verification);
      return jwk.isRevoked || isExpired(now) ? [] : [{ jwkId: id, key: verification }];
    },
    encryption(now) {
      const key = encryptionKeyOf();
      requireValid(now, 'encrypt');
      return { jwkId: id, key, secretId: jwk.secretId, isLeased: false };
    },
    // After its expiration too: what it decrypts was encrypted before.
    decryption() {
      const key = encryptionKeyOf();
      requirePrivatePart();
      if (jwk.isRevoked) throw notSupported(`${title} was revoked!`);
      return (kid) => (kid === jwk.kid ? { jwkId: id, key } : undefined);
    },
    senderPublicKey() {
      const key = encryptionKeyOf();
      if (jwk.isRevoked) throw notSupported(`${title} was revoked!`);
      return { jwkId: id, key };
    },
  };
}

/** @throws KeyplaneError for a key pair: its signatures are made with `sign` */
function requireMac(title: string, { jwkId, signer }: ActiveSigner): IdentifiedKey {
  requireMacKey(title, signer.key);
  return { jwkId, key: signer.key };
}

function requireMacKey(title: string, { key, algorithmName }: OperationKey): void {
  if (key.type !== 'secret') throw notSupported(`Algorithm (${algorithmName}) of ${title} computes no MAC!`);
}

function isForSignature(title: string): KeyplaneError {
  return notSupported(`${title} is for SIGNATURE!`);
}

/** Its algorithm is one that this release does not compute. */
function unusable(title: string): KeyplaneError {
  return notSupported(`${title} has an algorithm that this node does not know!`);
}

function isForEncryption(title: string): KeyplaneError {
  return notSupported(`${title} is for ENCRYPTION!`);
}

function notSupported(text: string): KeyplaneError {
  return badRequest(text, { reason: 'KEY_NOT_SUPPORTED' });
}

function notYet(text: string): KeyplaneError {
  return new KeyplaneError('unavailable', text, { reason: 'NO_ACTIVE_KEY', retryAfterSeconds: 1 });
}

function noPrivateKeys(): KeyplaneError {
  return new KeyplaneError('unavailable', 'This node holds no private keys!', { reason: 'NO_PRIVATE_KEYS' });
}
