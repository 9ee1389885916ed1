// Which keys an application may use, by name in requests and by id where it is stored: a key that is deleted and created
// again is another one, for which nothing was granted.

import { badRequest, type KeyplaneError } from '../errors.ts';
import { lookupName, ringMemberError, shownText } from '../names.ts';
import { type GrantOperation, grantOperations } from '../protocol/content.ts';
import type { Application, Grant } from './application.ts';

interface GrantedKeyName {
  readonly id: string;
  readonly name: string;
}

/** What grants read of keys. */
export interface GrantedKeyStores {
  readonly rings: {
    find(projectId: string, name: string): Promise<GrantedKeyName | undefined>;
    getMany(ids: readonly string[]): Promise<readonly GrantedKeyName[]>;
  };
  readonly jwks: {
    find(
      projectId: string,
      name: string,
    ): Promise<(GrantedKeyName & { readonly member?: { readonly ringId: string } }) | undefined>;
    getMany(ids: readonly string[]): Promise<readonly GrantedKeyName[]>;
  };
}

export interface GrantRequest {
  readonly keyRingName?: string | undefined;
  readonly jwkName?: string | undefined;
  readonly operations: readonly GrantOperation[];
}

export interface NamedGrant {
  readonly keyRingName?: string;
  readonly jwkName?: string;
  readonly operations: readonly GrantOperation[];
}

/**
 * Two grants for one key are one grant with the operations of both.
 * @throws KeyplaneError `bad_request` for a key that is not there, and for a JWK of a key ring
 */
export async function resolveGrants(
  stores: GrantedKeyStores,
  projectId: string,
  requests: readonly GrantRequest[],
): Promise<readonly Grant[]> {
  const granted = new Map<string, { readonly key: GrantedKey; readonly operations: Set<GrantOperation> }>();
  for (const [index, request] of requests.entries()) {
    const key = await grantedKey(stores, projectId, { request, at: `grants[${index}]` });
    const id = key.keyRingId ?? key.jwkId ?? '';
    const { operations } = granted.get(id) ?? { operations: new Set() };
    for (const operation of request.operations) operations.add(operation);
    granted.set(id, { key, operations });
  }
  return [...granted.values()].map(({ key, operations }) => {
    return { ...key, operations: grantOperations.filter((operation) => operations.has(operation)) };
  });
}

type GrantedKey = Pick<Grant, 'keyRingId' | 'jwkId'>;

async function grantedKey(
  stores: GrantedKeyStores,
  projectId: string,
  { request, at }: { readonly request: GrantRequest; readonly at: string },
): Promise<GrantedKey> {
  const { keyRingName, jwkName } = request;
  if ((keyRingName === undefined) === (jwkName === undefined)) {
    throw badRequest(`Give either keyRingName or jwkName in ${at}!`, {
      reason: keyRingName === undefined ? 'FIELD_REQUIRED' : 'FIELD_NOT_VALID',
      member: at,
    });
  }
  if (keyRingName !== undefined) {
    const ring = await stores.rings.find(projectId, lookupName(keyRingName));
    if (ring) return { keyRingId: ring.id, jwkId: null };
    throw notFound(`Key ring (name: ${shownText(keyRingName)})`, `${at}.keyRingName`);
  }
  const jwk = await stores.jwks.find(projectId, lookupName(jwkName ?? ''));
  if (!jwk) throw notFound(`JWK (name: ${shownText(jwkName ?? '')})`, `${at}.jwkName`);
  if (jwk.member) {
    const [ring] = await stores.rings.getMany([jwk.member.ringId]);
    throw ringMemberError(jwk.name, ring?.name ?? '');
  }
  return { keyRingId: null, jwkId: jwk.id };
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
  const idsOf = (id: (grant: Grant) => string | null) => [
    ...new Set(grants.map(id).filter((one) => one !== null)),
  ];
  const [rings, jwks] = await Promise.all([
    stores.rings.getMany(idsOf(({ keyRingId }) => keyRingId)),
    stores.jwks.getMany(idsOf(({ jwkId }) => jwkId)),
  ]);
  const ringNames = new Map(rings.map(({ id, name }) => [id, name]));
  const jwkNames = new Map(jwks.map(({ id, name }) => [id, name]));
  const named = ({ keyRingId, jwkId, operations }: Grant): readonly NamedGrant[] => {
    const keyRingName = ringNames.get(keyRingId ?? '');
    const jwkName = jwkNames.get(jwkId ?? '');
    if (keyRingName !== undefined) return [{ keyRingName, operations }];
    return jwkName === undefined ? [] : [{ jwkName, operations }];
  };
  return new Map(applications.map(({ id, grants: own }) => [id, own.flatMap(named)]));
}
