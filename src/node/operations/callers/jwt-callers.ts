// Applications that are known by JWTs of other issuers: SPIFFE JWT-SVIDs, projected tokens of Kubernetes, identity tokens of CI
// systems. A JWT that fits credentials of two applications is rejected.

import { hash } from 'node:crypto';
import { KeyplaneError } from '../../../errors.ts';
import { isSameJson } from '../../../operations/exact-json.ts';
import type { OperationKey } from '../../../operations/operation-key.ts';
import type { DeployedJwtCredential } from '../../../protocol/content.ts';
import { matchesSubject } from '../../../protocol/subject-pattern.ts';
import { FairQueue } from '../../../runtime/fair-queue.ts';
import type { CallingApplication } from './calling-application.ts';
import type { IssuerKeys } from './issuer-keys.ts';
import { type PresentedJwt, readPresentedJwt } from './jwt-claims.ts';
import type { UsedAssertions } from './used-assertions.ts';

/** A credential that is deployed. */
export interface KnownJwtCredential {
  readonly credential: DeployedJwtCredential;
  /** What each of its subjects begins with. */
  readonly subjectPrefix: string;
  readonly keys: IssuerKeys;
  /** Its subject is that of the application. */
  readonly application: CallingApplication;
}

export interface JwtCallersOptions {
  readonly credentials: {
    /** Of a project, with this issuer. */
    byIssuer(project: string, issuer: string): readonly KnownJwtCredential[];
    /** Another number after each change. */
    readonly generation: number;
  };
  readonly used: UsedAssertions;
  /** The manager's time, milliseconds since 1970. */
  readonly now: () => number;
}

/** Remembered as verified. */
const mostVerified = 1_000;
/** How far the clock of an issuer may be ahead. Nothing is added to an `exp`. */
const clockSkewMs = 60_000;
/** How far an `exp` may be ahead: the node would remember what can be used once for as long. */
const mostAheadMs = 10 * 365 * 24 * 3_600_000;
/** Anyone can send a JWT, so that all of them share what is left of the thread pool by operations. */
const verifications = {
  capacity: 2,
  waiting: 256,
  waitMs: 2_000,
  rejection: () =>
    new KeyplaneError('unavailable', 'Too many JWTs wait for this node to verify them! Try again.', {
      retryAfterSeconds: 1,
    }),
};
const allCallers = { requester: 'callers' };

export class JwtCallers {
  readonly #options: JwtCallersOptions;
  readonly #verifications = new FairQueue(verifications);
  /** By SHA-256 of project and JWT: callers until their `validUntil`, the oldest first. */
  readonly #verified = new Map<string, CallingApplication>();
  #generation = -1;

  constructor(options: JwtCallersOptions) {
    this.#options = options;
  }

  /**
   * Undefined for a JWT that is no credential of an application of this project.
   * One that can be used once is not used yet: the caller has its `assertion`.
   * @throws KeyplaneError `unavailable` where too many wait to be verified
   */
  async find(project: string, jwt: string): Promise<CallingApplication | undefined> {
    const { credentials, used, now } = this.#options;
    const { generation } = credentials;
    const key = hash('sha256', `${project}\n${jwt}`, 'base64');
    const known = this.#known(key, generation);
    if (known !== undefined) return known;
    const presented = readPresentedJwt(jwt);
    if (presented === undefined || !isCurrent(presented, now())) return undefined;
    const fitting = credentials.byIssuer(project, presented.issuer).filter((known) => fits(presented, known));
    if (fitting.length === 0) return undefined;
    const signed = await this.#verifications.run(() => signersOf(fitting, presented), allCallers);
    const [found] = signed;
    if (found === undefined || signed.some(({ application }) => application.id !== found.application.id)) {
      return undefined;
    }
    // While a signature was verified, what is deployed may have changed.
    if (credentials.generation !== generation) return this.find(project, jwt);
    const caller = callerOf(found, presented);
    if (signed.some(({ credential }) => credential.singleUse)) {
      const assertion = used.unused({ project, presented });
      return assertion && { ...caller, assertion };
    }
    this.#remember(key, caller);
    return caller;
  }

  #known(key: string, generation: number): CallingApplication | undefined {
    if (this.#generation !== generation) {
      this.#verified.clear();
      this.#generation = generation;
    }
    const known = this.#verified.get(key);
    if (known === undefined || this.#options.now() < (known.validUntil ?? 0)) return known;
    this.#verified.delete(key);
    return undefined;
  }

  #remember(key: string, caller: CallingApplication): void {
    if (this.#verified.size >= mostVerified) {
      const [oldest = ''] = this.#verified.keys();
      this.#verified.delete(oldest);
    }
    this.#verified.set(key, caller);
  }
}

function isCurrent({ expires, notBefore }: PresentedJwt, now: number): boolean {
  // RFC 7519 §4.1.4: not accepted on its expiration time, nor after it.
  return (
    now < expires &&
    expires <= now + mostAheadMs &&
    (notBefore === undefined || notBefore <= now + clockSkewMs)
  );
}

function fits(
  { audiences, subject, claims }: PresentedJwt,
  { credential, subjectPrefix }: KnownJwtCredential,
): boolean {
  return (
    // First, because an issuer may have a thousand credentials, and anyone can send a JWT.
    subject.startsWith(subjectPrefix) &&
    audiences.includes(credential.audience) &&
    matchesSubject(credential.subject, subject) &&
    Object.entries(credential.claims).every(
      ([name, value]) => Object.hasOwn(claims, name) && isSameJson(value, claims[name]),
    )
  );
}

async function signersOf(
  fitting: readonly KnownJwtCredential[],
  presented: PresentedJwt,
): Promise<readonly KnownJwtCredential[]> {
  const signed: KnownJwtCredential[] = [];
  for (const one of fitting) if (await isSignedBy(one.keys, presented)) signed.push(one);
  return signed;
}

async function isSignedBy(keys: IssuerKeys, { signature }: PresentedJwt): Promise<boolean> {
  const { alg, kid } = signature;
  for (const key of keys.find(alg, kid)) if (await verifies(key, signature)) return true;
  return false;
}

function verifies(
  { algorithm, key }: OperationKey,
  { signingInput, signature }: PresentedJwt['signature'],
): boolean | Promise<boolean> {
  return algorithm.verify(key, signingInput, signature);
}

function callerOf({ application }: KnownJwtCredential, presented: PresentedJwt): CallingApplication {
  const { validUntil } = application;
  const expires = validUntil === null ? presented.expires : Math.min(validUntil, presented.expires);
  return { ...application, validUntil: expires, subject: presented.subject };
}
