// Keys that a token profile uses, by name in requests and by id where it is stored.

import type { ReferencedJwk } from '../applications/grants.ts';
import { badRequest, type KeyplaneError } from '../errors.ts';
import { lookupName, ringMemberError, shownText } from '../names.ts';
import type { EncryptionTarget, TokenProfile } from './token-profile.ts';

export interface ProfileRing {
  readonly id: string;
  readonly name: string;
  readonly use: 'sig' | 'enc';
  readonly policy: { readonly maxTokenLifetime: string };
}

interface ProfileJwk extends ReferencedJwk {
  readonly algorithm: string | null;
}

/** What token profiles read of keys. */
export interface ProfileKeyStores {
  readonly rings: {
    find(projectId: string, name: string): Promise<ProfileRing | undefined>;
    getMany(ids: readonly string[]): Promise<readonly ProfileRing[]>;
    members(ringId: string): Promise<
      readonly {
        readonly algorithm: string | null;
        readonly kid: string;
        readonly member?: { readonly state: string };
      }[]
    >;
  };
  readonly jwks: {
    find(projectId: string, name: string): Promise<ProfileJwk | undefined>;
    getMany(ids: readonly string[]): Promise<readonly ProfileJwk[]>;
  };
}

export interface EncryptionRequest {
  readonly jwkName?: string | undefined;
  readonly keyRingName?: string | undefined;
  readonly enc?: string | undefined;
}

/** The ring that signs. @throws KeyplaneError `bad_request` */
export async function requireSigningRing(
  { rings }: Pick<ProfileKeyStores, 'rings'>,
  projectId: string,
  keyRingName: string | undefined,
): Promise<ProfileRing> {
  if (keyRingName === undefined || keyRingName === '') {
    throw badRequest('keyRingName can not be empty!', { reason: 'FIELD_REQUIRED', member: 'keyRingName' });
  }
  const ring = await rings.find(projectId, lookupName(keyRingName));
  if (!ring) throw notFound(`Key ring (name: ${shownText(keyRingName)})`, 'keyRingName');
  if (ring.use === 'sig') return ring;
  throw badRequest(`Key ring (name: ${ring.name}) is for ENCRYPTION!`, {
    reason: 'KEY_NOT_SUPPORTED',
    member: 'keyRingName',
  });
}

/** @throws KeyplaneError `bad_request` */
export async function resolveEncryption(
  stores: ProfileKeyStores,
  projectId: string,
  request: EncryptionRequest,
): Promise<EncryptionTarget> {
  const { jwkName, keyRingName } = request;
  if ((jwkName === undefined) === (keyRingName === undefined)) {
    throw badRequest('Give either jwkName or keyRingName in encryptTo!', {
      reason: jwkName === undefined ? 'FIELD_REQUIRED' : 'FIELD_NOT_VALID',
      member: 'encryptTo',
    });
  }
  if (keyRingName !== undefined) {
    const ring = await stores.rings.find(projectId, lookupName(keyRingName));
    if (!ring) throw notFound(`Key ring (name: ${shownText(keyRingName)})`, 'encryptTo.keyRingName');
    if (ring.use !== 'enc') throw isForSignature(`Key ring (name: ${ring.name})`, 'encryptTo.keyRingName');
    const [newest] = [...(await stores.rings.members(ring.id))].reverse();
    const enc = encOf(request.enc, newest?.algorithm ?? null);
    return { jwkId: null, keyRingId: ring.id, enc };
  }
  const jwk = await stores.jwks.find(projectId, lookupName(jwkName ?? ''));
  if (!jwk) throw notFound(`JWK (name: ${shownText(jwkName ?? '')})`, 'encryptTo.jwkName');
  if (jwk.member) {
    const [ring] = await stores.rings.getMany([jwk.member.ringId]);
    throw ringMemberError(jwk.name, ring?.name ?? '');
  }
  const title = `JWK (name: ${jwk.name})`;
  if (jwk.use === 'sig') throw isForSignature(title, 'encryptTo.jwkName');
  if (jwk.algorithm === null) {
    throw badRequest(`${title} has no algorithm! Give it one.`, {
      reason: 'KEY_NOT_SUPPORTED',
      member: 'encryptTo.jwkName',
    });
  }
  return { jwkId: jwk.id, keyRingId: null, enc: encOf(request.enc, jwk.algorithm) };
}

const contentEncryptions = Object.freeze([
  'A128GCM',
  'A192GCM',
  'A256GCM',
  'A128CBC-HS256',
  'A192CBC-HS384',
  'A256CBC-HS512',
]);

/** @throws KeyplaneError `bad_request` */
function encOf(given: string | undefined, algorithm: string | null): string {
  if (algorithm?.startsWith('ECDH-1PU')) {
    throw badRequest(`A token can not be encrypted with ${algorithm}: it needs a key of the sender!`, {
      reason: 'KEY_NOT_SUPPORTED',
      member: 'encryptTo',
    });
  }
  const enc = given ?? 'A256GCM';
  if (contentEncryptions.includes(enc)) return enc;
  throw badRequest(
    `encryptTo.enc (${shownText(enc)}) is not valid! Valid values: ${contentEncryptions.join(', ')}`,
    { reason: 'FIELD_NOT_VALID', member: 'encryptTo.enc' },
  );
}

function isForSignature(title: string, member: string): KeyplaneError {
  return badRequest(`${title} is for SIGNATURE!`, { reason: 'KEY_NOT_SUPPORTED', member });
}

function notFound(what: string, member: string): KeyplaneError {
  return badRequest(`${what} is not found!`, { reason: 'NOT_FOUND', member });
}

/** The names that the keys of profiles have now. */
export interface ProfileKeyNames {
  readonly keyRingName: string;
  readonly encryptTo: (EncryptionRequest & { readonly enc: string }) | null;
}

/** By profile id. */
export async function nameKeys(
  stores: ProfileKeyStores,
  profiles: readonly TokenProfile[],
): Promise<ReadonlyMap<string, ProfileKeyNames>> {
  const ringIds = profiles.flatMap(({ keyRingId, encryptTo }) => [keyRingId, encryptTo?.keyRingId ?? null]);
  const jwkIds = profiles.map(({ encryptTo }) => encryptTo?.jwkId ?? null);
  const ringNames = namesById(await stores.rings.getMany(unique(ringIds)));
  const jwkNames = namesById(await stores.jwks.getMany(unique(jwkIds)));
  return new Map(
    profiles.map(({ id, keyRingId, encryptTo }) => {
      const keyRingName = ringNames.get(keyRingId) ?? '';
      return [id, { keyRingName, encryptTo: encryptTo && namedTarget(encryptTo, ringNames, jwkNames) }];
    }),
  );
}

function namedTarget(
  { jwkId, keyRingId, enc }: EncryptionTarget,
  ringNames: ReadonlyMap<string, string>,
  jwkNames: ReadonlyMap<string, string>,
): NonNullable<ProfileKeyNames['encryptTo']> {
  if (keyRingId !== null) return { keyRingName: ringNames.get(keyRingId) ?? '', enc };
  return { jwkName: jwkNames.get(jwkId ?? '') ?? '', enc };
}

function namesById(objects: readonly { readonly id: string; readonly name: string }[]) {
  return new Map(objects.map(({ id, name }) => [id, name]));
}

function unique(ids: readonly (string | null)[]): readonly string[] {
  return [...new Set(ids.filter((id) => id !== null))];
}
