// Signing and verifying for an application that is known and may do it. What it answers is JSON text, ready to be sent.

import { randomUUID } from 'node:crypto';
import { KeyplaneError } from '../../errors.ts';
import type { OperationKey } from '../../operations/operation-key.ts';
import { type Signer, signJws } from '../../operations/sign-jws.ts';
import { jwtPayload, readSignRequest } from '../../operations/sign-request.ts';
import { type Verdict, verifyJws } from '../../operations/verify-jws.ts';
import { readVerifyRequest } from '../../operations/verify-request.ts';
import type { GrantOperation } from '../../protocol/content.ts';
import { FairQueue } from '../../runtime/fair-queue.ts';
import type { ManagerContact } from '../lease/manager-contact.ts';
import type { SigningLease } from '../lease/signing-lease.ts';
import type { CallingApplication } from './callers/calling-application.ts';
import type { KeyOperation } from './node-operation.ts';
import type { OperationTarget } from './operation-target.ts';

export interface OperationOptions {
  /** The manager's time, milliseconds since 1970. */
  readonly now: () => number;
  readonly lease: Pick<SigningLease, 'refusal'>;
  readonly contact: Pick<ManagerContact, 'lastSeenAt' | 'whenHeard'>;
  readonly count: (use: KeyUse) => void;
}

/** One use of a key, or a refusal to use it. */
export interface KeyUse {
  readonly applicationId: string;
  readonly jwkId: string;
  readonly operation: 'SIGN' | 'VERIFY' | 'ENCRYPT' | 'DECRYPT' | 'MAC' | 'ISSUE';
  readonly outcome: 'SUCCEEDED' | 'REFUSED';
}

export interface OperationRequest {
  readonly application: CallingApplication;
  readonly target: OperationTarget;
  readonly operation: KeyOperation;
  readonly bodyText: string;
  /** What the application may do with the target. */
  readonly granted: ReadonlySet<GrantOperation>;
  /**
   * Takes the rate of a batch; that of one item was taken before.
   * @throws KeyplaneError `rate_limit_exceeded` where there is not as much: then nothing of the batch is done
   */
  takeItems(count: number): void;
}

/** More than the threads of the pool, so that none of them waits for the event loop. */
const poolJobs = 8;
const mostWaiting = 1024;
const mostWaitingOfApplication = 512;
const mostWaitMs = 10_000;
/** Longer than a manager takes to answer a heartbeat. */
const firstContactMs = 2_000;

/** @returns JSON text. @throws KeyplaneError */
export type PerformOperation = (request: OperationRequest) => Promise<string>;

export function createOperations(options: OperationOptions): PerformOperation {
  const { now, lease, contact, count } = options;
  const pool = new FairQueue({
    capacity: poolJobs,
    waiting: mostWaiting,
    waitingPerRequester: mostWaitingOfApplication,
    waitMs: mostWaitMs,
    rejection: tooMany,
  });

  /** What runs in the thread pool takes turns there: an application that signs much does not delay another. */
  function inTurn<T>(key: OperationKey, requester: string, run: () => T | Promise<T>): T | Promise<T> {
    return key.algorithm.runsInPool ? pool.run(async () => run(), { requester }) : run();
  }

  async function sign({ application, target, bodyText }: OperationRequest): Promise<string> {
    // A node that just joined has its keys a moment before the manager's answer from which its leases count.
    if (contact.lastSeenAt === undefined && target.lease.signingLeaseMs !== null) {
      await contact.whenHeard(firstContactMs);
    }
    const at = now();
    const { jwkId, signer } = target.signer(at);
    try {
      const refusal = lease.refusal(target.lease);
      if (refusal !== undefined) {
        throw new KeyplaneError('unavailable', refusal.text, { reason: refusal.reason });
      }
      const request = readSignRequest(bodyText, target.limits);
      const run = (header: string, payload: string | Buffer) =>
        inTurn(signer.key, application.id, () => signJws(signer, header, payload));
      let exp: number | undefined;
      let jws: string;
      if (request.type === 'PAYLOAD') {
        jws = await run(signer.headerOfPayload, request.payload);
      } else {
        const iat = Math.floor(at / 1000);
        exp = iat + request.lifetimeMs / 1000;
        const payload = jwtPayload(request.claims, { iat, exp, jti: randomUUID() });
        jws = await run(signer.headerOfJwt, payload);
      }
      count({ applicationId: application.id, jwkId, operation: 'SIGN', outcome: 'SUCCEEDED' });
      return signed(jws, signer, exp);
    } catch (error) {
      count({ applicationId: application.id, jwkId, operation: 'SIGN', outcome: 'REFUSED' });
      throw error;
    }
  }

  function signed(jws: string, { kid }: Signer, exp?: number): string {
    const expiresAt = exp === undefined ? '' : `,"expiresAt":"${secondsText(exp)}"`;
    return `{"success":true,"jws":"${jws}","kid":${JSON.stringify(kid ?? null)}${expiresAt}}`;
  }

  async function verify({ application, target, bodyText }: OperationRequest): Promise<string> {
    const at = now();
    const keys = target.keys(at);
    const { jws, issuer, audiences, clockSkewMs = target.clockSkewMs } = readVerifyRequest(bodyText);
    const verifying = {
      algorithmNames: keys.algorithmNames,
      find: (kid: string | undefined) => {
        const found = keys.find(kid);
        jwkId = found?.jwkId;
        return found;
      },
      inTurn: (key: OperationKey, run: () => boolean | Promise<boolean>) => inTurn(key, application.id, run),
    };
    let jwkId: string | undefined;
    const verdict = await verifyJws(jws, verifying, { now: at, clockSkewMs, issuer, audiences });
    if (jwkId !== undefined) {
      const outcome = verdict.valid ? 'SUCCEEDED' : 'REFUSED';
      count({ applicationId: application.id, jwkId, operation: 'VERIFY', outcome });
    }
    return verified(verdict);
  }

  function verified(verdict: Verdict): string {
    const { lastSeenAt } = contact;
    const asOf = `"asOf":${lastSeenAt === undefined ? 'null' : `"${secondsText(Math.floor(lastSeenAt / 1000))}"`}`;
    if (!verdict.valid) return `{"valid":false,"reason":"${verdict.reason}",${asOf}}`;
    const { kid, keyState, header, claimsText, payload } = verdict;
    const known = `"kid":${JSON.stringify(kid ?? null)},"keyState":${JSON.stringify(keyState)}`;
    const content =
      claimsText === undefined ? `"payloadBase64":"${payload.toString('base64')}"` : `"claims":${claimsText}`;
    return `{"valid":true,${known},"header":${JSON.stringify(header)},${content},${asOf}}`;
  }

  return (request) => {
    switch (request.operation) {
      case 'SIGN':
        return sign(request);
      case 'VERIFY':
        return verify(request);
      case 'ENCRYPT':
      case 'DECRYPT':
      case 'MAC':
      case 'MAC_VERIFY':
        throw new KeyplaneError('unavailable', 'This operation is not offered yet!');
      default:
        return request.operation satisfies never;
    }
  };
}

function tooMany(): KeyplaneError {
  return new KeyplaneError('rate_limit_exceeded', 'Too many operations wait for this node! Try again.', {
    retryAfterSeconds: 1,
  });
}

/** `2026-12-01T10:07:00Z` */
function secondsText(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
}
