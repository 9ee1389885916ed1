// What kube-apiserver asks of an external signer of service account tokens (`k8s.io/externaljwt` v1, KEP-740).

import { Buffer } from 'node:buffer';
import { durationInHours } from '../../iso-duration.ts';
import type { JsonObject } from '../../jose/json.ts';
import { readObject, utf8Of } from '../../operations/compact-jws.ts';
import type { Signer } from '../../operations/sign-jws.ts';
import { kubernetesApplication } from '../../protocol/content.ts';
import { FairQueue } from '../../runtime/fair-queue.ts';
import type { ManagerContact } from '../lease/manager-contact.ts';
import type { ServeLimit } from '../lease/serve-limit.ts';
import type { SigningLease } from '../lease/signing-lease.ts';
import type { NodeState } from '../node-state.ts';
import type { KeyUse } from '../operations/operation-call.ts';
import {
  fetchKeysResponse,
  metadataResponse,
  readSignJwtRequest,
  signResponse,
} from './external-jwt-messages.ts';
import { GrpcError, type GrpcMethods } from './grpc-server.ts';
import type { SignerKeys } from './signer-ring.ts';

export interface ExternalJwtSignerOptions {
  readonly state: Pick<NodeState, 'ready'>;
  readonly ring: { readonly keys: SignerKeys | undefined };
  /** Why the signer does not work, as public text. */
  readonly problem: () => string | undefined;
  readonly contact: Pick<ManagerContact, 'lastSeenAt' | 'whenHeard'>;
  readonly lease: Pick<SigningLease, 'refusal'>;
  readonly serveLimit: Pick<ServeLimit, 'isOver' | 'limitMs'>;
  /** The manager's time, milliseconds since 1970. */
  readonly now: () => number;
  readonly count: (use: KeyUse) => void;
}

/** How soon kube-apiserver asks for the keys again. */
const refreshHintSeconds = 60;
/** Longer than a manager takes to answer a heartbeat. */
const firstContactMs = 2_000;
/** As many as the thread pool has threads: kube-apiserver does not delay what applications sign. */
const poolJobs = 4;
const mostWaiting = 512;
/** As operations wait for the thread pool. */
const mostWaitMs = 2_000;

export function externalJwtMethods(options: ExternalJwtSignerOptions): GrpcMethods {
  const { state, ring, problem, contact, lease, serveLimit, now, count } = options;
  const pool = new FairQueue({
    capacity: poolJobs,
    waiting: mostWaiting,
    waitMs: mostWaitMs,
    rejection: () =>
      new GrpcError('RESOURCE_EXHAUSTED', 'Too many signatures wait for this node! Try again.'),
  });

  /** @throws GrpcError where the ring cannot be used */
  async function usableKeys(): Promise<SignerKeys> {
    // A node that just joined has its keys a moment before the manager's reply from which its leases count.
    if (contact.lastSeenAt === undefined) await contact.whenHeard(firstContactMs);
    if (!state.ready) throw unavailable('This node has no state of its environment yet!');
    const text = problem();
    const { keys } = ring;
    if (text !== undefined || keys === undefined) throw new GrpcError('FAILED_PRECONDITION', text ?? '');
    return keys;
  }

  async function sign(message: Buffer): Promise<Buffer> {
    const payload = readSignJwtRequest(message);
    if (payload === undefined) throw new GrpcError('INVALID_ARGUMENT', 'The request is no SignJWTRequest!');
    const keys = await usableKeys();
    const { active, signer } = keys;
    const text = signingProblemOf(keys, lease);
    if (active === undefined) throw unavailable(text ?? '');
    let { jwkId } = active;
    const counted = (outcome: 'SUCCEEDED' | 'REFUSED') =>
      count({ applicationId: kubernetesApplication, jwkId, operation: 'SIGN', outcome });
    try {
      if (text !== undefined || signer === undefined) throw unavailable(text ?? '');
      const claims = readClaims(payload);
      checkLifetime(claims, keys.ring, now());
      const response = await inTurn(signer, async () => {
        // While it waited, its key may have been replaced or revoked, and the lease may have ended.
        const current = await usableKeys();
        const currentText = signingProblemOf(current, lease);
        if (currentText !== undefined || current.signer === undefined) throw unavailable(currentText ?? '');
        jwkId = current.active?.jwkId ?? jwkId;
        checkLifetime(claims, current.ring, now());
        const { headerOfJwt: header, key } = current.signer;
        const signature = await key.algorithm.sign(key.key, `${header}.${payload}`);
        return signResponse({ header, signature: signature.toString('base64url') });
      });
      counted('SUCCEEDED');
      return response;
    } catch (error) {
      counted('REFUSED');
      throw error;
    }
  }

  function inTurn({ key: { algorithm } }: Signer, run: () => Promise<Buffer>): Promise<Buffer> {
    return algorithm.runsInPool ? pool.run(run, { requester: kubernetesApplication }) : run();
  }

  async function fetchKeys(): Promise<Buffer> {
    const { ring: policy, published } = await usableKeys();
    const { lastSeenAt } = contact;
    if (lastSeenAt === undefined) throw unavailable('This node has not heard from a manager yet!');
    if (serveLimit.isOver) {
      const limit = durationInHours(serveLimit.limitMs ?? 0);
      throw unavailable(`This node has not heard from a manager for ${limit} and gives keys for no longer!`);
    }
    const at = now();
    const keys = published.filter(({ retireAt }) => retireAt === null || retireAt > at);
    if (keys.length === 0) throw unavailable(noActiveKey(policy));
    return fetchKeysResponse({ keys, dataTimestamp: lastSeenAt, refreshHintSeconds });
  }

  async function metadata(): Promise<Buffer> {
    const { ring: policy } = await usableKeys();
    return metadataResponse(Math.floor(policy.maxTokenLifetimeMs / 1000));
  }

  return new Map([
    ['/v1.ExternalJWTSigner/Sign', sign],
    ['/v1.ExternalJWTSigner/FetchKeys', fetchKeys],
    ['/v1.ExternalJWTSigner/Metadata', metadata],
  ]);
}

/** Why a ring that kube-apiserver can use signs nothing at the moment, as public text. */
export function signingProblemOf(
  { ring, active, signer }: SignerKeys,
  lease: Pick<SigningLease, 'refusal'>,
): string | undefined {
  if (active === undefined) return noActiveKey(ring);
  if (signer === undefined) return 'This node holds no private keys!';
  return lease.refusal(ring)?.text;
}

function noActiveKey({ name }: SignerKeys['ring']): string {
  return `Key ring (name: ${name}) has no ACTIVE key yet!`;
}

function unavailable(text: string): GrpcError {
  return new GrpcError('UNAVAILABLE', text);
}

/** @param payload as it stands in the token. @throws GrpcError */
function readClaims(payload: string): JsonObject {
  const octets = Buffer.from(payload, 'base64url');
  const claims = octets.toString('base64url') === payload ? readObject(utf8Of(octets)) : undefined;
  if (claims === undefined) {
    throw new GrpcError('INVALID_ARGUMENT', 'claims are not the base64url of a JSON object!');
  }
  return claims;
}

/**
 * Nothing that is signed outlives L, which the retirement of the key relies on. The clock of kube-apiserver may be ahead by as
 * much as the ring allows: then the lifetime begins at its `iat`.
 * @throws GrpcError
 */
function checkLifetime(
  { iat, exp }: JsonObject,
  { name, maxTokenLifetimeMs, clockSkewMs }: SignerKeys['ring'],
  now: number,
): void {
  if (typeof exp !== 'number' || !Number.isFinite(exp)) {
    throw new GrpcError('INVALID_ARGUMENT', 'Claim (exp) must be a number!');
  }
  const isAhead = typeof iat === 'number' && iat * 1000 > now && iat * 1000 <= now + clockSkewMs;
  const lifetimeMs = exp * 1000 - (isAhead ? iat * 1000 : now);
  if (lifetimeMs <= maxTokenLifetimeMs) return;
  throw new GrpcError(
    'INVALID_ARGUMENT',
    `The token would outlive maxTokenLifetime (${durationInHours(maxTokenLifetimeMs)}) of key ring (name: ${name})!`,
  );
}
