// Which applications the node knows, by their credentials. It holds what is deployed, as it is at this moment.

import type {
  DeployedApplication,
  DeployedCredential,
  GrantOperation,
  GrantRate,
} from '../../../protocol/content.ts';
import type { CallerGrant, CallingApplication } from './calling-application.ts';
import type { ClientCertificate } from './client-certificate.ts';
import { IssuerKeys } from './issuer-keys.ts';
import type { KnownJwtCredential } from './jwt-callers.ts';
import { TokenBucket } from './token-bucket.ts';

interface KnownApplication {
  readonly tokenHashes: readonly string[];
  readonly grants: ReadonlyMap<string, CallerGrant>;
  /** Under which of the keys of the two maps of credentials it is. */
  readonly certificateKeys: readonly string[];
  readonly issuerKeys: readonly string[];
}

/** Of one target, while its grants are put together. */
interface MergedGrant {
  readonly operations: Set<GrantOperation>;
  readonly buckets: Map<GrantOperation, TokenBucket>;
}

export class CallerIndex {
  /** Milliseconds that only move forward. */
  readonly #monotonicNow: () => number;
  readonly #applications = new Map<string, KnownApplication>();
  /** By SHA-256 of the token, hex. */
  readonly #tokens = new Map<string, CallingApplication>();
  /** By project and URI or key. */
  readonly #certificates = new Map<string, readonly CallingApplication[]>();
  /** By project and issuer. */
  readonly #jwts = new Map<string, readonly KnownJwtCredential[]>();
  #generation = 0;

  constructor(monotonicNow: () => number = () => performance.now()) {
    this.#monotonicNow = monotonicNow;
  }

  get size(): number {
    return this.#applications.size;
  }

  /** Another number after each change. */
  get generation(): number {
    return this.#generation;
  }

  /** @param hash SHA-256 of the token, hex */
  byToken(hash: string): CallingApplication | undefined {
    return this.#tokens.get(hash);
  }

  /** Undefined also for a certificate that fits credentials of two applications. */
  byCertificate(
    project: string,
    { uris, spkiSha256, expires }: ClientCertificate,
  ): CallingApplication | undefined {
    const keys = [spkiKey(project, spkiSha256), ...uris.map((uri) => uriKey(project, uri))];
    const found = keys.flatMap((key) => this.#certificates.get(key) ?? []);
    const [caller] = found;
    if (caller === undefined || found.some(({ id }) => id !== caller.id)) return undefined;
    const { validUntil } = caller;
    return { ...caller, validUntil: validUntil === null ? expires : Math.min(validUntil, expires) };
  }

  byIssuer(project: string, issuer: string): readonly KnownJwtCredential[] {
    return this.#jwts.get(issuerKey(project, issuer)) ?? [];
  }

  put(application: DeployedApplication): void {
    const { id, name, project, expires: validUntil, tokens, credentials = [] } = application;
    const grants = this.#grantsOf(application, this.#applications.get(id)?.grants);
    this.remove(id);
    const caller: CallingApplication = { id, name, project, validUntil, grants, subject: name };
    for (const { hash, validUntil: tokenEnd } of tokens) {
      const ends = [validUntil, tokenEnd].filter((end) => end !== null);
      this.#tokens.set(hash, { ...caller, validUntil: ends.length === 0 ? null : Math.min(...ends) });
    }
    const certificateKeys: string[] = [];
    const issuerKeys: string[] = [];
    for (const credential of credentials) {
      const keys = credential.type === 'MTLS' ? certificateKeys : issuerKeys;
      keys.push(...this.#putCredential(credential, caller));
    }
    const tokenHashes = tokens.map(({ hash }) => hash);
    this.#applications.set(id, { tokenHashes, grants, certificateKeys, issuerKeys });
  }

  remove(id: string): void {
    this.#generation += 1;
    const known = this.#applications.get(id);
    if (known === undefined) return;
    this.#applications.delete(id);
    for (const hash of known.tokenHashes) this.#tokens.delete(hash);
    for (const key of known.certificateKeys) without(this.#certificates, key, (one) => one.id === id);
    for (const key of known.issuerKeys) without(this.#jwts, key, (one) => one.application.id === id);
  }

  /** @returns the keys under which it is */
  #putCredential(credential: DeployedCredential, caller: CallingApplication): readonly string[] {
    const { project } = caller;
    switch (credential.type) {
      case 'MTLS': {
        const { uriSan, spkiSha256 } = credential;
        if (uriSan !== undefined) {
          return [added(this.#certificates, uriKey(project, uriSan), { ...caller, subject: uriSan })];
        }
        return spkiSha256 === undefined
          ? []
          : [added(this.#certificates, spkiKey(project, spkiSha256), caller)];
      }
      case 'JWT': {
        const keys = new IssuerKeys(credential.keys);
        const [subjectPrefix = ''] = credential.subject.split('*', 1);
        const known = { credential, subjectPrefix, keys, application: caller };
        return [added(this.#jwts, issuerKey(project, credential.issuer), known)];
      }
      default:
        return credential satisfies never;
    }
  }

  #grantsOf(
    { grants }: DeployedApplication,
    before: ReadonlyMap<string, CallerGrant> | undefined,
  ): ReadonlyMap<string, CallerGrant> {
    const byTarget = new Map<string, MergedGrant>();
    for (const { keyRingId, jwkId, tokenProfileId, operations, rate } of grants) {
      const target = keyRingId ?? jwkId ?? tokenProfileId ?? '';
      const grant = byTarget.get(target) ?? { operations: new Set(), buckets: new Map() };
      byTarget.set(target, grant);
      const bucket = rate && this.#bucketOf(rate, operations, [grant, before?.get(target)]);
      for (const operation of operations) {
        grant.operations.add(operation);
        if (bucket === undefined) grant.buckets.delete(operation);
        else grant.buckets.set(operation, bucket);
      }
    }
    return byTarget;
  }

  /** One of the same rate, as it is; otherwise with what is left in the bucket that one of the operations had before. */
  #bucketOf(
    rate: GrantRate,
    operations: readonly GrantOperation[],
    [merged, before]: readonly [merged: CallerGrant, before: CallerGrant | undefined],
  ): TokenBucket {
    const known = [...merged.buckets.values(), ...(before?.buckets.values() ?? [])];
    const same = known.find((bucket) => bucket.hasRate(rate));
    if (same !== undefined) return same;
    const former = operations.map((operation) => before?.buckets.get(operation));
    const [first] = former.filter((bucket) => bucket !== undefined);
    return first?.withRate(rate) ?? new TokenBucket(rate, this.#monotonicNow);
  }
}

// A project's name has no "/", so that no two of these are one.
const uriKey = (project: string, uri: string) => `${project}/uri/${uri}`;
const spkiKey = (project: string, spkiSha256: string) => `${project}/spki/${spkiSha256}`;
const issuerKey = (project: string, issuer: string) => `${project}/${issuer}`;

function added<T>(map: Map<string, readonly T[]>, key: string, value: T): string {
  map.set(key, [...(map.get(key) ?? []), value]);
  return key;
}

function without<T>(map: Map<string, readonly T[]>, key: string, isRemoved: (value: T) => boolean): void {
  const rest = (map.get(key) ?? []).filter((value) => !isRemoved(value));
  if (rest.length === 0) map.delete(key);
  else map.set(key, rest);
}
