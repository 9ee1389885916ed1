// A kid names one key in a JWK Set: verifiers select by it (RFC 7517 §4.5), and their behaviour with two is undefined.
// So a JWK whose kid another, different key of the project has is rejected before it is published. Two JWKs with equal
// published members are one key. OCT keys are in no set and are not checked. Every database serialises writers, so a
// check in a writing transaction holds until its commit.

import { hash } from 'node:crypto';
import type { EnvironmentStores } from '../environments/environment-store.ts';
import { badRequest, type KeyplaneError } from '../errors.ts';
import type { PrivateJwk } from '../jose/jwk.ts';
import { publicJwk } from '../jose/public-part.ts';
import { thumbprint } from '../jose/thumbprint.ts';
import { shownText } from '../names.ts';
import type { JwkStores, KidHolder, StoredJwk } from './jwk-store.ts';

/** A JWK with its row. */
export interface JwkWithRow {
  readonly stored: StoredJwk;
  readonly jwk: PrivateJwk;
}

/** The same text for two JWKs exactly when they are published alike; undefined for an OCT key, which never is. */
export function publishedText({ publicMembers }: Pick<StoredJwk, 'publicMembers'>): string | undefined {
  const published = publicJwk(JSON.parse(publicMembers) as PrivateJwk);
  return published && JSON.stringify(published);
}

/** JWKs of the project that have the kid of this one. Keys without a kid share none. */
export async function holdersOf(
  stores: JwkStores,
  { id, projectId, kid }: Pick<StoredJwk, 'id' | 'projectId' | 'kid'>,
): Promise<readonly KidHolder[]> {
  if (kid === '') return [];
  return stores.jwks.listByKid(projectId, kid, id);
}

export interface KidChoice {
  /** It is a default that no request set, so another default is used if it is taken. */
  readonly canReplaceKid: boolean;
  /** As `holdersOf` finds them. */
  readonly holders: readonly KidHolder[];
}

/**
 * The JWK under a kid that no other key of its project has.
 * @throws KeyplaneError `bad_request` with reason KID_TAKEN
 */
export async function withFreeKid(
  stores: JwkStores,
  named: JwkWithRow,
  { canReplaceKid, holders }: KidChoice,
): Promise<JwkWithRow> {
  const taken = takenBy(named.stored, holders);
  if (!taken) return named;
  for (const kid of canReplaceKid ? otherDefaults(named.jwk) : []) {
    const renamed = withKid(named, kid);
    if (!takenBy(renamed.stored, await holdersOf(stores, renamed.stored))) return renamed;
  }
  throw taken;
}

/** The thumbprint; where the same key stands in the set with another use, algorithm or chain, a digest of all of it. */
function otherDefaults(jwk: PrivateJwk): readonly string[] {
  const { kid: _kid, ...members } = publicJwk(jwk) ?? {};
  return [thumbprint(jwk), hash('sha256', JSON.stringify(members), 'base64url')];
}

function withKid({ stored, jwk }: JwkWithRow, kid: string): JwkWithRow {
  const publicMembers = JSON.stringify({ ...(JSON.parse(stored.publicMembers) as object), kid });
  return { stored: { ...stored, kid, publicMembers }, jwk: { ...jwk, kid } };
}

/**
 * The same for a new value of a JWK. One that is published as before is left alone, also where it has shared its kid
 * since before that was rejected.
 */
export async function withFreeKidOnUpdate(
  stores: JwkStores & EnvironmentStores,
  before: StoredJwk,
  { canReplaceKid, ...named }: JwkWithRow & Pick<KidChoice, 'canReplaceKid'>,
): Promise<JwkWithRow> {
  if (publishedText(before) === publishedText(named.stored)) return named;
  const environments = await stores.environments.listReachedBy(before.projectId);
  if (environments.length === 0) return named;
  return withFreeKid(stores, named, { canReplaceKid, holders: await holdersOf(stores, named.stored) });
}

/** Before a key is generated, which will be another than any that is there. @throws KeyplaneError as `withFreeKid` */
export async function requireUnusedKid(stores: JwkStores, projectId: string, kid: string): Promise<void> {
  const [holder] = await stores.jwks.listByKid(projectId, kid, '');
  if (holder) throw kidTakenError(kid, holder.name);
}

/** A JWK whose kid changes is the newest of those that have it; another value under the same kid keeps its place. */
export function withKidSince(before: StoredJwk, after: StoredJwk): StoredJwk {
  return before.kid === after.kid ? after : { ...after, kidSince: after.updatedAt };
}

/** Whether the change that was made last gave it its kid. */
export function tookItsKidNow({ kidSince, updatedAt }: StoredJwk): boolean {
  return kidSince?.getTime() === updatedAt.getTime();
}

export interface KidConflict {
  readonly kid: string;
  /** Of two JWKs with different keys. */
  readonly names: readonly [string, string];
}

const pageSize = 512;

/** A kid that names two keys of a project, if there is one: made before they shared an environment, or this rule. */
export async function findKidConflict(
  stores: JwkStores,
  projectId: string,
): Promise<KidConflict | undefined> {
  const seen = new Set<string>();
  const looked = new Set<string>();
  for (let after = ''; ; ) {
    const page = await stores.jwks.kidsOfProject(projectId, after, pageSize);
    for (const { kid } of page) {
      if (kid === '') continue;
      if (!seen.has(kid)) seen.add(kid);
      else if (!looked.has(kid)) {
        looked.add(kid);
        const names = differing(await stores.jwks.listByKid(projectId, kid, ''));
        if (names) return { kid, names };
      }
    }
    const last = page.at(-1);
    if (!last || page.length < pageSize) return undefined;
    after = last.id;
  }
}

function differing(holders: readonly KidHolder[]): KidConflict['names'] | undefined {
  const [first] = holders;
  const text = first && publishedText(first);
  const other = text === undefined ? undefined : otherKey(holders, text);
  return first && other && [first.name, other.name];
}

function takenBy(stored: StoredJwk, holders: readonly KidHolder[]): KeyplaneError | undefined {
  const text = publishedText(stored);
  const other = text === undefined ? undefined : otherKey(holders, text);
  return other && kidTakenError(stored.kid, other.name);
}

function otherKey(holders: readonly KidHolder[], text: string): KidHolder | undefined {
  return holders.find((holder) => publishedText(holder) !== text);
}

export function kidTakenText(kid: string, name: string): string {
  return `kid (${shownText(kid)}) is already used by JWK (name: ${name})! A kid must name one key in a JWK Set.`;
}

function kidTakenError(kid: string, name: string): KeyplaneError {
  return badRequest(kidTakenText(kid, name), { reason: 'KID_TAKEN', member: 'kid' });
}
