// Keys that a token profile uses, by name in requests and by id where it is stored.

import type { ReferencedJwk } from '../applications/grants.ts';
import { badRequest, type KeyplaneError } from '../errors.ts';
import { lookupName, requireNoMember, shownText } from '../names.ts';
import { encNames, isEncName } from '../operations/encryption/content-encryptions.ts';
import type { EncryptionKey } from '../operations/encryption/encryption-key.ts';
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

/** A member of a key ring, as far as it matters here. */
interface ProfileMember {
  readonly id: string;
  readonly kid: string | null;
  readonly algorithm: string | null;
  readonly member: { readonly state: string };
}

/** What token profiles read of keys. */
export interface ProfileKeyStores {
  readonly rings: {
    find(projectId: string, name: string): Promise<ProfileRing | undefined>;
    getMany(ids: readonly string[]): Promise<readonly ProfileRing[]>;
    members(ringId: string): Promise<readonly ProfileMember[]>;
  };
  readonly jwks: {
    find(projectId: string, name: string): Promise<ProfileJwk | undefined>;
    getMany(ids: readonly string[]): Promise<readonly ProfileJwk[]>;
  };
}

/** What a JWK encrypts with; undefined where nothing is encrypted with its algorithm. */
export type FindEncryptionKey = (jwkId: string) => Promise<EncryptionKey | undefined>;

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
  throw notSupported(`Key ring (name: ${ring.name}) is for ENCRYPTION!`, 'keyRingName');
}

/** @throws KeyplaneError `bad_request` */
export async function resolveEncryption(
  stores: ProfileKeyStores,
  projectId: string,
  { request, keyOf }: { readonly request: EncryptionRequest; readonly keyOf: FindEncryptionKey },
): Promise<EncryptionTarget> {
  const { jwkName, keyRingName, enc } = request;
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
    const active = (await stores.rings.members(ring.id)).find(({ member }) => member.state === 'ACTIVE');
    return { jwkId: null, keyRingId: ring.id, enc: encOf(enc, active && (await keyOf(active.id))) };
  }
  const jwk = await stores.jwks.find(projectId, lookupName(jwkName ?? ''));
  if (!jwk) throw notFound(`JWK (name: ${shownText(jwkName ?? '')})`, 'encryptTo.jwkName');
  await requireNoMember(stores, jwk, 'encryptTo.jwkName');
  const title = `JWK (name: ${jwk.name})`;
  if (jwk.use === 'sig') throw isForSignature(title, 'encryptTo.jwkName');
  const key = await keyOf(jwk.id);
  if (key !== undefined) return { jwkId: jwk.id, keyRingId: null, enc: encOf(enc, key) };
  throw jwk.algorithm === null
    ? notSupported(`${title} has no algorithm! Give it one.`, 'encryptTo.jwkName')
    : isForSignature(title, 'encryptTo.jwkName');
}

/**
 * The content encryption: what was asked for where it fits the key, otherwise the key's default.
 * @param key undefined for a ring without an ACTIVE key, whose nodes will say what does not fit
 * @throws KeyplaneError `bad_request`
 */
function encOf(given: string | undefined, key: EncryptionKey | undefined): string {
  if (key?.needsSender === true) {
    const text = `A token cannot be encrypted with ${key.alg}: it needs a key of the sender!`;
    throw notSupported(text, 'encryptTo');
  }
  if (key !== undefined && key.encrypt === undefined) {
    throw notSupported(`A token cannot be encrypted with ${key.alg}: it only decrypts!`, 'encryptTo');
  }
  const fitting = key?.encs ?? encNames;
  const enc = given ?? fitting[0] ?? '';
  if (fitting.some((name) => name === enc)) return enc;
  const why = isEncName(enc) && key !== undefined ? `does not fit ${key.alg}` : 'is not valid';
  throw badRequest(`encryptTo.enc (${shownText(enc)}) ${why}! Valid values: ${fitting.join(', ')}`, {
    reason: 'FIELD_NOT_VALID',
    member: 'encryptTo.enc',
  });
}

function notSupported(text: string, member: string): KeyplaneError {
  return badRequest(text, { reason: 'KEY_NOT_SUPPORTED', member });
}

function isForSignature(title: string, member: string): KeyplaneError {
  return notSupported(`${title} is for SIGNATURE!`, member);
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
