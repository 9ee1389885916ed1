// Which applications may use which keys, and those keys, ready for use. It follows the state of the node. Private keys are read
// from the sealed copy and opened once, when a change brings them, and only those that an application may use.
// What a change touches is prepared beside what is in use and swapped in at once, so that no request fails during it.

import { hash } from 'node:crypto';
import { KeyplaneError } from '../../errors.ts';
import type { PrivateJwk } from '../../jose/jwk.ts';
import { hasPrivatePart, isSymmetric } from '../../jose/key-types.ts';
import { joinJwk } from '../../jose/public-part.ts';
import { lookupName } from '../../names.ts';
import { encryptionKey } from '../../operations/encryption/encryption-key.ts';
import { type OperationKey, signingKey, verificationKey } from '../../operations/operation-key.ts';
import { createSigner } from '../../operations/sign-jws.ts';
import { type IssuingProfile, issuingProfile } from '../../operations/token-profile/issue-request.ts';
import type {
  DeployedApplication,
  DeployedKeyRing,
  DeployedTokenProfile,
  FormerMember,
} from '../../protocol/content.ts';
import { timeSlices } from '../../runtime/event-loop.ts';
import type { StateCopy } from '../disk/state-copy.ts';
import type { NodeLog } from '../node-log.ts';
import type { StateFollower } from '../node-state.ts';
import type { StoredMember, StoredObject } from '../stored-object.ts';
import { CallerIndex } from './callers/caller-index.ts';
import type { TargetKind } from './node-operation.ts';
import { notGranted } from './operation-faults.ts';
import {
  type FormerKey,
  type HeldJwk,
  type HeldKey,
  type HeldMember,
  jwkTarget,
  type OperationTarget,
  ringTarget,
} from './operation-target.ts';
import { keysOfProfile, ProfileUses } from './profile-uses.ts';

type MemberObject = StoredObject & { readonly member: StoredMember };

/** What was opened of a JWK, for as long as its content is the same. */
interface OpenedKey {
  readonly digest: string;
  readonly isPrivate: boolean;
  readonly key: Omit<HeldKey, 'isRevoked'>;
  readonly jwk: Omit<HeldJwk, keyof HeldKey>;
}

/** A token profile, with its keys as far as this node has them. */
export interface ProfileTarget {
  readonly issuing: IssuingProfile;
  readonly ring: OperationTarget | undefined;
  readonly encryption: OperationTarget | undefined;
}

export class OperationIndex implements StateFollower {
  readonly #copy: Pick<StateCopy, 'read'>;
  readonly #log: NodeLog;
  readonly #rings = new Map<string, StoredObject>();
  /** By ring. */
  readonly #members = new Map<string, Map<string, MemberObject>>();
  readonly #ringOf = new Map<string, string>();
  readonly #jwks = new Map<string, StoredObject>();
  readonly #applications = new Map<string, DeployedApplication>();
  readonly #profiles = new Map<string, DeployedTokenProfile>();
  readonly #profileUses = new ProfileUses();
  /** By ring, JWK or token profile: the applications that may use it. */
  readonly #granted = new Map<string, Set<string>>();

  /** In use. */
  readonly callers = new CallerIndex();
  readonly #targets = new Map<string, OperationTarget>();
  /** By ring or JWK, the key under which it is in the map above. */
  readonly #places = new Map<string, string>();
  readonly #issuing = new Map<string, IssuingProfile>();
  /** The ids of token profiles, by their projects and names. */
  readonly #profileIds = new Map<string, string>();
  readonly #opened = new Map<string, OpenedKey>();
  /** By ring and kid. */
  readonly #former = new Map<string, ReadonlyMap<string, FormerKey>>();
  #updating: Promise<void> = Promise.resolve();
  #generation = 0;

  constructor(copy: Pick<StateCopy, 'read'>, log: NodeLog) {
    this.#copy = copy;
    this.#log = log;
  }

  target(project: string, kind: TargetKind, name: string): OperationTarget | undefined {
    return (
      this.#targets.get(place(project, kind, name)) ??
      this.#targets.get(place(lookupName(project), kind, lookupName(name)))
    );
  }

  /** Another number after each change of what applications have and of the keys that they may use. */
  get generation(): number {
    return this.#generation;
  }

  /**
   * A target that was found before, with the keys that it has now.
   * @throws KeyplaneError `forbidden` where the node no longer has it or its application
   */
  current({ id }: OperationTarget, application: { readonly id: string }): OperationTarget {
    const target = this.#applications.has(application.id) ? this.#targetOf(id) : undefined;
    if (target === undefined) throw new KeyplaneError('forbidden', notGranted.text);
    return target;
  }

  /** The SIGNATURE rings that an application may use. */
  *signingRings(): Iterable<{
    readonly project: string;
    readonly name: string;
    readonly target: OperationTarget;
  }> {
    for (const [id, { project, name, ring }] of this.#rings) {
      const place = this.#places.get(id);
      const target = place === undefined ? undefined : this.#targets.get(place);
      if (ring?.use === 'sig' && target !== undefined) yield { project, name, target };
    }
  }

  profileId(project: string, name: string): string | undefined {
    return (
      this.#profileIds.get(place(project, 'token-profiles', name)) ??
      this.#profileIds.get(place(lookupName(project), 'token-profiles', lookupName(name)))
    );
  }

  profile(id: string): ProfileTarget | undefined {
    const issuing = this.#issuing.get(id);
    if (issuing === undefined) return undefined;
    const { keyRingId, encryptTo } = issuing.profile;
    const encryptionId = encryptTo?.keyRingId ?? encryptTo?.jwkId ?? undefined;
    return {
      issuing,
      ring: this.#targetOf(keyRingId),
      encryption: encryptionId === undefined ? undefined : this.#targetOf(encryptionId),
    };
  }

  #targetOf(id: string): OperationTarget | undefined {
    return this.#targets.get(this.#places.get(id) ?? '');
  }

  replaced(objects: Iterable<StoredObject>): void {
    const former = [...this.#rings.values(), ...this.#jwks.values()];
    const members = [...this.#members.values()].flatMap((own) => [...own.values()]);
    const applications = [...this.#applications.keys()];
    for (const map of [this.#rings, this.#members, this.#ringOf, this.#jwks]) map.clear();
    const profiles = [...this.#profiles.values()];
    for (const map of [this.#applications, this.#granted, this.#profiles, this.#profileUses]) map.clear();
    const touched = new Touched();
    for (const profile of profiles) touched.addProfile(profile);
    for (const object of [...former, ...members]) touched.add(object);
    for (const id of applications) touched.applications.add(id);
    for (const object of objects) this.#put(object, touched);
    this.#update(touched);
  }

  changed(removed: readonly StoredObject[], added: readonly StoredObject[]): void {
    const touched = new Touched();
    for (const object of removed) this.#remove(object, touched);
    for (const object of added) this.#put(object, touched);
    if (touched.size > 0) this.#update(touched);
  }

  settled(): Promise<void> {
    return this.#updating;
  }

  #put(object: StoredObject, touched: Touched): void {
    touched.add(object);
    const { id, member, application, tokenProfile } = object;
    if (object.ring) this.#rings.set(id, object);
    else if (application) this.#putApplication(application, touched);
    else if (tokenProfile) {
      this.#profiles.set(id, tokenProfile);
      this.#profileUses.add(tokenProfile);
      touched.addProfile(tokenProfile);
    } else if (member) {
      const own = this.#members.get(member.ringId) ?? new Map<string, MemberObject>();
      this.#members.set(member.ringId, own.set(id, object as MemberObject));
      this.#ringOf.set(id, member.ringId);
    } else if (object.kind === 'jwk') this.#jwks.set(id, object);
  }

  #remove(object: StoredObject, touched: Touched): void {
    touched.add(object);
    const { id, member, application, tokenProfile } = object;
    if (object.ring) this.#rings.delete(id);
    else if (application) this.#removeApplication(application, touched);
    else if (tokenProfile) {
      this.#profiles.delete(id);
      this.#profileUses.remove(tokenProfile);
      touched.addProfile(tokenProfile);
    } else if (member) {
      const own = this.#members.get(member.ringId);
      own?.delete(id);
      this.#ringOf.delete(id);
      if (own?.size === 0) this.#members.delete(member.ringId);
    } else this.#jwks.delete(id);
  }

  #putApplication(application: DeployedApplication, touched: Touched): void {
    this.#applications.set(application.id, application);
    for (const grant of application.grants) {
      const objectId = touched.addGrant(grant);
      this.#granted.set(objectId, (this.#granted.get(objectId) ?? new Set()).add(application.id));
    }
  }

  #removeApplication(application: DeployedApplication, touched: Touched): void {
    this.#applications.delete(application.id);
    for (const grant of application.grants) {
      const objectId = touched.addGrant(grant);
      const granted = this.#granted.get(objectId);
      granted?.delete(application.id);
      if (granted?.size === 0) this.#granted.delete(objectId);
    }
  }

  #update(touched: Touched): void {
    this.#updating = this.#updating
      .then(() => this.#prepare(touched))
      .catch((error: unknown) => {
        this.#log.error({ err: error }, 'the keys for operations could not be updated');
      });
  }

  /** Whether an application may use the key, be it through a token profile. */
  #isUsed(keyId: string): boolean {
    if (this.#granted.has(keyId)) return true;
    for (const profileId of this.#profileUses.of(keyId)) if (this.#granted.has(profileId)) return true;
    return false;
  }

  async #prepare({ rings, jwks, applications, profiles }: Touched): Promise<void> {
    const nextSlice = timeSlices();
    const targets = new Map<string, PlacedTarget | undefined>();
    const issuing = new Map<string, IssuingProfile | undefined>();
    for (const id of profiles) {
      const profile = this.#profiles.get(id);
      issuing.set(id, profile && this.#prepareProfile(profile));
      // What a grant of the profile opens, or closes.
      for (const keyId of profile ? keysOfProfile(profile) : [])
        (this.#jwks.has(keyId) ? jwks : rings).add(keyId);
      await nextSlice();
    }
    for (const id of rings) {
      targets.set(id, await this.#prepareRing(id));
      await nextSlice();
    }
    for (const id of jwks) {
      targets.set(id, await this.#prepareJwk(id));
      await nextSlice();
    }
    // From here on to the end nothing else runs: requests have the keys and the grants of before or of after.
    this.#generation += 1;
    for (const id of targets.keys()) this.#clear(id);
    for (const [id, placed] of targets) {
      if (placed === undefined) continue;
      this.#targets.set(placed.place, placed.target);
      this.#places.set(id, placed.place);
    }
    for (const id of issuing.keys()) this.#clearProfile(id);
    for (const [id, profile] of issuing) if (profile !== undefined) this.#commitProfile(id, profile);
    for (const id of applications) this.#commitApplication(id);
    for (const id of [...rings, ...jwks]) this.#forgetUnused(id);
  }

  /** A key that no application may use any more does not stay in memory. */
  #forgetUnused(id: string): void {
    if (this.#places.has(id)) return;
    this.#former.delete(id);
    for (const jwkId of this.#members.get(id)?.keys() ?? []) this.#opened.delete(jwkId);
    const ringId = this.#ringOf.get(id);
    if (ringId === undefined || !this.#places.has(ringId)) this.#opened.delete(id);
  }

  #commitApplication(id: string): void {
    const application = this.#applications.get(id);
    if (application === undefined) this.callers.remove(id);
    else this.callers.put(application);
  }

  #commitProfile(id: string, issuing: IssuingProfile): void {
    const { project, name } = issuing.profile;
    this.#issuing.set(id, issuing);
    this.#profileIds.set(place(project, 'token-profiles', name), id);
  }

  #clearProfile(id: string): void {
    const known = this.#issuing.get(id)?.profile;
    if (known === undefined) return;
    this.#issuing.delete(id);
    this.#profileIds.delete(place(known.project, 'token-profiles', known.name));
  }

  /** Undefined for one that no application may use, and for one whose schema this node cannot compile. */
  #prepareProfile(profile: DeployedTokenProfile): IssuingProfile | undefined {
    if (!this.#granted.has(profile.id)) return undefined;
    const known = this.#issuing.get(profile.id);
    if (known?.profile === profile) return known;
    try {
      return issuingProfile(profile);
    } catch (error) {
      this.#log.error({ err: error, tokenProfile: profile.name }, 'a token profile cannot be used');
      return undefined;
    }
  }

  #clear(id: string): void {
    const known = this.#places.get(id);
    if (known !== undefined) this.#targets.delete(known);
    this.#places.delete(id);
  }

  async #prepareRing(id: string): Promise<PlacedTarget | undefined> {
    const object = this.#rings.get(id);
    const ring = object?.ring;
    if (ring === undefined || !this.#isUsed(id)) return undefined;
    const members: HeldMember[] = [];
    for (const member of this.#members.get(id)?.values() ?? []) {
      const { state } = member.member;
      const isRevoked = member.isRevoked === true;
      // Of a SIGNATURE ring only one signs; those of an ENCRYPTION ring all decrypt. A revoked key does neither.
      const isPrivate = !isRevoked && (ring.use === 'enc' || state === 'ACTIVE');
      const opened = await this.#open(member, isPrivate);
      if (opened === undefined) continue;
      members.push({ ...opened.key, isRevoked, membership: member.member });
    }
    const former = this.#formerKeys(ring);
    return { place: place(ring.project, 'key-rings', ring.name), target: ringTarget(ring, members, former) };
  }

  async #prepareJwk(id: string): Promise<PlacedTarget | undefined> {
    const object = this.#jwks.get(id);
    if (object === undefined || !this.#isUsed(id)) return undefined;
    const opened = await this.#open(object, true);
    if (opened === undefined) return undefined;
    const isRevoked = object.isRevoked === true;
    return {
      place: place(object.project, 'jwks', object.name),
      target: jwkTarget({ ...opened.jwk, ...opened.key, isRevoked }),
    };
  }

  /** Undefined for a key that cannot be read: requests for it fail, and others go on. */
  async #open(object: StoredObject, isPrivate: boolean): Promise<OpenedKey | undefined> {
    const { id, digest } = object;
    const known = this.#opened.get(id);
    if (known !== undefined && known.digest === digest && known.isPrivate === isPrivate) return known;
    try {
      const content = await this.#copy.read(object);
      if (content.kind !== 'jwk') throw new Error('it is no JWK');
      const opened = openKey(content, { digest, isPrivate });
      this.#opened.set(id, opened);
      return opened;
    } catch (error) {
      this.#log.error({ err: error, jwk: object.name }, 'a key for operations cannot be opened');
      return undefined;
    }
  }

  #formerKeys({ id, former }: DeployedKeyRing): readonly FormerKey[] {
    const known = this.#former.get(id);
    const keys = new Map<string, FormerKey>();
    for (const one of former) {
      const { end, ...key } = formerKey(one);
      const before = known?.get(one.kid);
      keys.set(one.kid, before?.end === end ? before : { end, ...key });
    }
    this.#former.set(id, keys);
    return [...keys.values()];
  }
}

interface PlacedTarget {
  readonly place: string;
  readonly target: OperationTarget;
}

/** What a change makes necessary to prepare again. */
class Touched {
  readonly rings = new Set<string>();
  readonly jwks = new Set<string>();
  readonly applications = new Set<string>();
  readonly profiles = new Set<string>();

  get size(): number {
    return this.rings.size + this.jwks.size + this.applications.size + this.profiles.size;
  }

  /** @returns the id of the ring, the JWK or the token profile */
  addGrant({ keyRingId, jwkId, tokenProfileId }: DeployedApplication['grants'][number]): string {
    if (keyRingId !== null) this.rings.add(keyRingId);
    if (jwkId !== null) this.jwks.add(jwkId);
    if (tokenProfileId !== undefined) this.profiles.add(tokenProfileId);
    return keyRingId ?? jwkId ?? tokenProfileId ?? '';
  }

  /** With its keys: they are opened for it. */
  addProfile({ id, keyRingId, encryptTo }: DeployedTokenProfile): void {
    this.profiles.add(id);
    this.rings.add(keyRingId);
    if (encryptTo?.keyRingId) this.rings.add(encryptTo.keyRingId);
    if (encryptTo?.jwkId) this.jwks.add(encryptTo.jwkId);
  }

  add({ id, kind, member }: StoredObject): void {
    if (kind === 'key-ring') this.rings.add(id);
    else if (kind === 'application') this.applications.add(id);
    else if (kind === 'jwk') {
      // A JWK that was adopted by a ring is no longer a target by itself.
      this.jwks.add(id);
      if (member) this.rings.add(member.ringId);
    }
  }
}

function formerKey({ kid, jwk, revokedAt }: FormerMember): FormerKey {
  return {
    kid,
    algorithmName: textOf(jwk?.alg),
    end: revokedAt === null ? 'RETIRED' : 'REVOKED',
    key: onFirstUse(() => (jwk === null ? undefined : verificationKey(joinJwk(jwk, {})))),
  };
}

function place(project: string, kind: TargetKind | 'token-profiles', name: string): string {
  return `${project}/${kind}/${name}`;
}

function openKey(
  content: Extract<Awaited<ReturnType<StateCopy['read']>>, { kind: 'jwk' }>,
  { digest, isPrivate }: Pick<OpenedKey, 'digest' | 'isPrivate'>,
): OpenedKey {
  const { id: jwkId, name, withheld, notBefore, expires, operations } = content;
  const isWithheld = withheld !== undefined;
  const jwk = joinContent(content.jwk, isWithheld);
  const signing = jwk && isPrivate ? signingKey(jwk) : undefined;
  return {
    digest,
    isPrivate,
    key: {
      jwkId,
      kid: textOf(content.jwk.kid),
      verification: jwk && verificationKey(jwk),
      signer: signing && createSigner(signing),
      encryption: jwk && encryptionKey(jwk, operations),
      hasPrivatePart: jwk !== undefined && isPrivate && hasPrivatePart(jwk),
      isSecret: content.jwk.kty === 'oct',
      secretId: secretIdOf(content.jwk),
    },
    jwk: {
      name,
      use: useOf(content.jwk),
      algorithmName: textOf(content.jwk.alg),
      isWithheld,
      notBefore,
      expires,
    },
  };
}

/** Undefined for a secret key of which this node has only the name. */
function joinContent(jwk: Readonly<Record<string, unknown>>, isWithheld: boolean): PrivateJwk | undefined {
  if (isWithheld && isSymmetric({ kty: jwk.kty as PrivateJwk['kty'] })) return undefined;
  return joinJwk(jwk, jwk);
}

/** A hash that never leaves the node unsealed. */
function secretIdOf({ kty, k }: Readonly<Record<string, unknown>>): string | undefined {
  return kty === 'oct' && typeof k === 'string' ? hash('sha256', `uses of ${k}`, 'base64url') : undefined;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function useOf({ use }: Readonly<Record<string, unknown>>): 'sig' | 'enc' | undefined {
  return use === 'sig' || use === 'enc' ? use : undefined;
}

function onFirstUse(make: () => OperationKey | undefined): () => OperationKey | undefined {
  let made: { readonly key: OperationKey | undefined } | undefined;
  return () => {
    made ??= { key: make() };
    return made.key;
  };
}
