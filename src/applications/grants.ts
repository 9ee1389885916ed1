// Which keys and token profiles an application may use, by name in requests and by id where it is stored: one that is deleted
// and created again is another one, for which nothing was granted.

import { badRequest, type KeyplaneError } from '../errors.ts';
import { lookupName, requireNoMember, shownText } from '../names.ts';
import { type GrantOperation, type GrantRate, grantOperations } from '../protocol/content.ts';
import type { Application, Grant } from './application.ts';

interface NamedObject {
  readonly id: string;
  readonly name: string;
}

/** What applications read of a JWK. */
export interface ReferencedJwk extends NamedObject {
  readonly type: string;
  readonly use: 'sig' | 'enc' | null;
  /** JSON of the public members. */
  readonly publicMembers: string;
  readonly member?: { readonly ringId: string };
  readonly altered?: boolean;
}

interface NamedObjects {
  find(projectId: string, name: string): Promise<NamedObject | undefined>;
  getMany(ids: readonly string[]): Promise<readonly NamedObject[]>;
}

/** What grants read of what they are for. */
export interface GrantedKeyStores {
  readonly rings: NamedObjects;
  readonly tokenProfiles: NamedObjects;
  readonly jwks: {
    find(projectId: string, name: string): Promise<ReferencedJwk | undefined>;
    getMany(ids: readonly string[]): Promise<readonly ReferencedJwk[]>;
  };
}

export interface GrantRequest {
  readonly keyRingName?: string | undefined;
  readonly jwkName?: string | undefined;
  readonly tokenProfileName?: string | undefined;
  readonly operations: readonly GrantOperation[];
  readonly ratePerSecond?: number | undefined;
  readonly burst?: number | undefined;
}

export interface NamedGrant {
  readonly keyRingName?: string;
  readonly jwkName?: string;
  readonly tokenProfileName?: string;
  readonly operations: readonly GrantOperation[];
  readonly ratePerSecond?: number;
  readonly burst?: number;
}

export interface ResolvedGrants {
  readonly grants: readonly Grant[];
  /** Public texts: operations that a grant names in vain. */
  readonly warnings: readonly string[];
}

type GrantTarget = Pick<Grant, 'keyRingId' | 'jwkId' | 'tokenProfileId'>;

/**
 * Two grants for one key with the same rate are one grant with the operations of both.
 * @throws KeyplaneError `bad_request` for a key that is not there, for a JWK of a key ring, and for an operation that is granted
 * at two rates
 */
export async function resolveGrants(
  stores: GrantedKeyStores,
  projectId: string,
  requests: readonly GrantRequest[],
): Promise<ResolvedGrants> {
  const granted = new Map<string, Grant>();
  const bucketOf = new Map<string, string>();
  const warnings: string[] = [];
  for (const [index, request] of requests.entries()) {
    const at = `grants[${index}]`;
    const target = await grantTarget(stores, projectId, { request, at });
    const rate = readRate(request, at);
    const operations = new Set(request.operations);
    const id = target.keyRingId ?? target.jwkId ?? target.tokenProfileId ?? '';
    const bucket = JSON.stringify([id, rate]);
    for (const operation of operations) {
      const key = `${id} ${operation}`;
      if ((bucketOf.get(key) ?? bucket) !== bucket) {
        throw badRequest(`${operation} is granted twice at different rates, again in ${at}!`, {
          reason: 'FIELD_NOT_VALID',
          member: at,
        });
      }
      bucketOf.set(key, bucket);
    }
    const vain = [...operations].filter((one) => (one === 'ISSUE') !== (target.tokenProfileId !== undefined));
    if (vain.length > 0) {
      const what = target.tokenProfileId === undefined ? 'a key' : 'a token profile';
      warnings.push(`${vain.join(', ')} has no effect on ${what} (${at})`);
    }
    if (target.keyRingId !== null && operations.has('SIGN_RAW')) {
      warnings.push(
        `SIGN_RAW signs what maxTokenLifetime of key ring (name: ${request.keyRingName}) does not bound (${at})`,
      );
    }
    const both = new Set([...(granted.get(bucket)?.operations ?? []), ...operations]);
    granted.set(bucket, {
      ...target,
      operations: grantOperations.filter((operation) => both.has(operation)),
      ...(rate && { rate }),
    });
  }
  return { grants: [...granted.values()], warnings };
}

const targetMembers = ['keyRingName', 'jwkName', 'tokenProfileName'] as const;

async function grantTarget(
  stores: GrantedKeyStores,
  projectId: string,
  { request, at }: { readonly request: GrantRequest; readonly at: string },
): Promise<GrantTarget> {
  const { keyRingName, jwkName, tokenProfileName } = request;
  const given = targetMembers.filter((member) => request[member] !== undefined);
  if (given.length !== 1) {
    throw badRequest(`Give either keyRingName, jwkName or tokenProfileName in ${at}!`, {
      reason: given.length === 0 ? 'FIELD_REQUIRED' : 'FIELD_NOT_VALID',
      member: at,
    });
  }
  if (keyRingName !== undefined) {
    const ring = await stores.rings.find(projectId, lookupName(keyRingName));
    if (ring) return { keyRingId: ring.id, jwkId: null };
    throw notFound(`Key ring (name: ${shownText(keyRingName)})`, `${at}.keyRingName`);
  }
  if (tokenProfileName !== undefined) {
    const profile = await stores.tokenProfiles.find(projectId, lookupName(tokenProfileName));
    if (profile) return { keyRingId: null, jwkId: null, tokenProfileId: profile.id };
    throw notFound(`Token profile (name: ${shownText(tokenProfileName)})`, `${at}.tokenProfileName`);
  }
  const jwk = await stores.jwks.find(projectId, lookupName(jwkName ?? ''));
  if (!jwk) throw notFound(`JWK (name: ${shownText(jwkName ?? '')})`, `${at}.jwkName`);
  await requireNoMember(stores, jwk, `${at}.jwkName`);
  return { keyRingId: null, jwkId: jwk.id };
}

/** Without a burst, a grant holds what comes together in one second, and at least one. */
function readRate({ ratePerSecond, burst }: GrantRequest, at: string): GrantRate | undefined {
  if (ratePerSecond !== undefined) {
    return { perSecond: ratePerSecond, burst: burst ?? Math.max(1, Math.ceil(ratePerSecond)) };
  }
  if (burst === undefined) return undefined;
  throw badRequest(`burst needs ratePerSecond in ${at}!`, {
    reason: 'FIELD_REQUIRED',
    member: `${at}.ratePerSecond`,
  });
}

function notFound(what: string, member: string): KeyplaneError {
  return badRequest(`${what} is not found!`, { reason: 'NOT_FOUND', member });
}

/** By application id, the grants with the names that their keys have now. */
export async function nameGrants(
  stores: GrantedKeyStores,
  applications: readonly Application[],
): Promise<ReadonlyMap<string, readonly NamedGrant[]>> {
  const grants = applications.flatMap((application) => application.grants);
  const idsOf = (id: (grant: Grant) => string | null | undefined) => [
    ...new Set(grants.map(id).filter((one) => typeof one === 'string')),
  ];
  const [rings, jwks, profiles] = await Promise.all([
    stores.rings.getMany(idsOf(({ keyRingId }) => keyRingId)),
    stores.jwks.getMany(idsOf(({ jwkId }) => jwkId)),
    stores.tokenProfiles.getMany(idsOf(({ tokenProfileId }) => tokenProfileId)),
  ]);
  const ringNames = namesOf(rings);
  const jwkNames = namesOf(jwks);
  const profileNames = namesOf(profiles);
  const named = (grant: Grant): readonly NamedGrant[] => {
    const { operations, rate } = grant;
    const rest = { operations, ...(rate && { ratePerSecond: rate.perSecond, burst: rate.burst }) };
    const keyRingName = ringNames.get(grant.keyRingId ?? '');
    if (keyRingName !== undefined) return [{ keyRingName, ...rest }];
    const jwkName = jwkNames.get(grant.jwkId ?? '');
    if (jwkName !== undefined) return [{ jwkName, ...rest }];
    const tokenProfileName = profileNames.get(grant.tokenProfileId ?? '');
    return tokenProfileName === undefined ? [] : [{ tokenProfileName, ...rest }];
  };
  return new Map(applications.map(({ id, grants: own }) => [id, own.flatMap(named)]));
}

function namesOf(objects: readonly NamedObject[]): ReadonlyMap<string, string> {
  return new Map(objects.map(({ id, name }) => [id, name]));
}
