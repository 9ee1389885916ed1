// The key ring that the Kubernetes signer signs with, as this node has it. It follows the state of the node; the private key
// is opened once, when it arrives.

import { Buffer } from 'node:buffer';
import { createPublicKey, type JsonWebKey } from 'node:crypto';
import { durationInHours } from '../../iso-duration.ts';
import { joinJwk } from '../../jose/public-part.ts';
import { lookupName } from '../../names.ts';
import { signingKey } from '../../operations/operation-key.ts';
import { createSigner, type Signer } from '../../operations/sign-jws.ts';
import type { DeployedKeyRing } from '../../protocol/content.ts';
import type { StateCopy } from '../disk/state-copy.ts';
import type { NodeLog } from '../node-log.ts';
import type { StateFollower } from '../node-state.ts';
import type { StoredMember, StoredObject } from '../stored-object.ts';

export interface RingPlace {
  readonly project: string;
  readonly ringName: string;
}

/** What kube-apiserver accepts (`k8s.io/externaljwt` v1). */
const acceptedAlgorithms: readonly string[] = Object.freeze(['RS256', 'ES256', 'ES384', 'ES512']);
const leastLifetimeMs = 600_000;
const mostKidOctets = 1024;

/** A member that kube-apiserver may get to know. */
export interface MemberKey {
  readonly jwkId: string;
  readonly kid: string;
  readonly version: number;
  readonly state: StoredMember['state'];
  /** Milliseconds since 1970. */
  readonly retireAt: number | null;
  readonly algorithmName: string;
  /** A SubjectPublicKeyInfo in DER. */
  readonly spki: Buffer;
}

export interface SignerKeys {
  readonly ring: DeployedKeyRing;
  /** Those that verify, the ACTIVE one first; algorithms that kube-apiserver does not accept are left out. */
  readonly published: readonly MemberKey[];
  readonly active: MemberKey | undefined;
  /** Undefined where the node does not have the private part of the ACTIVE key. */
  readonly signer: Signer | undefined;
  /** Why kube-apiserver cannot use the ring, as public text. */
  readonly problem: string | undefined;
}

type MemberObject = StoredObject & { readonly member: StoredMember };

export class SignerRing implements StateFollower {
  readonly #project: string;
  readonly #ringName: string;
  readonly #copy: Pick<StateCopy, 'read'>;
  readonly #log: NodeLog;
  readonly #onChange: () => void;
  #ring: DeployedKeyRing | undefined;
  /** Of all rings of the project: a ring may come after its members. */
  readonly #members = new Map<string, MemberObject>();
  #opened: { readonly digest: string; readonly signer: Signer | undefined } | undefined;
  #keys: SignerKeys | undefined;
  #updating: Promise<void> = Promise.resolve();

  /** @param onChange is called after each change of what `keys` has */
  constructor(
    { project, ringName }: RingPlace,
    { copy, log, onChange }: { copy: Pick<StateCopy, 'read'>; log: NodeLog; onChange: () => void },
  ) {
    this.#project = lookupName(project);
    this.#ringName = lookupName(ringName);
    this.#copy = copy;
    this.#log = log;
    this.#onChange = onChange;
  }

  /** Undefined where the node does not have the ring. */
  get keys(): SignerKeys | undefined {
    return this.#keys;
  }

  replaced(objects: Iterable<StoredObject>): void {
    this.#ring = undefined;
    this.#members.clear();
    for (const object of objects) this.#put(object);
    this.#update();
  }

  changed(removed: readonly StoredObject[], added: readonly StoredObject[]): void {
    const isTouched = [...removed, ...added].some((object) => this.#concerns(object));
    if (!isTouched) return;
    for (const object of removed) this.#remove(object);
    for (const object of added) this.#put(object);
    this.#update();
  }

  settled(): Promise<void> {
    return this.#updating;
  }

  #concerns({ project, ring, member }: StoredObject): boolean {
    return project === this.#project && (ring !== undefined || member !== undefined);
  }

  #put(object: StoredObject): void {
    if (!this.#concerns(object)) return;
    const { id, ring, member } = object;
    if (ring?.name === this.#ringName) this.#ring = ring;
    if (member) this.#members.set(id, object as MemberObject);
  }

  #remove({ id, ring }: StoredObject): void {
    this.#members.delete(id);
    if (ring !== undefined && ring.id === this.#ring?.id) this.#ring = undefined;
  }

  #update(): void {
    this.#updating = this.#updating
      .then(async () => {
        this.#keys = await this.#prepare();
        this.#onChange();
      })
      .catch((error: unknown) => {
        // The former ACTIVE key may be revoked.
        this.#keys = undefined;
        this.#opened = undefined;
        this.#onChange();
        this.#log.error({ err: error }, 'the keys of the Kubernetes signer could not be updated');
      });
  }

  async #prepare(): Promise<SignerKeys | undefined> {
    const ring = this.#ring;
    if (ring === undefined) return undefined;
    const objects = [...this.#members.values()].filter(({ member }) => member.ringId === ring.id);
    const members = objects.flatMap(memberKeyOf).sort((one, other) => other.version - one.version);
    // The later version counts where a transition is parted over two messages.
    const active = members.find(({ state }) => state === 'ACTIVE');
    const others = members.filter((member) => member !== active && member.state !== 'STAGED');
    const published = [...(active ? [active] : []), ...others].filter(isAccepted);
    const problem = problemOf(ring, active ?? members[0]);
    const object = objects.find(({ id }) => id === active?.jwkId);
    const signer = object && problem === undefined ? await this.#open(object) : undefined;
    if (signer === undefined) this.#opened = undefined;
    return { ring, published, active, signer, problem };
  }

  async #open(object: MemberObject): Promise<Signer | undefined> {
    const { digest, member } = object;
    if (!member.hasPrivatePart) return undefined;
    if (this.#opened?.digest === digest) return this.#opened.signer;
    const content = await this.#copy.read(object);
    const key = content.kind === 'jwk' ? signingKey(joinJwk(content.jwk, content.jwk)) : undefined;
    this.#opened = { digest, signer: key && createSigner(key) };
    return this.#opened.signer;
  }
}

function problemOf(ring: DeployedKeyRing, signing: MemberKey | undefined): string | undefined {
  const { name, use, maxTokenLifetimeMs } = ring;
  const title = `Key ring (name: ${name})`;
  if (use !== 'sig') return `${title} is for ENCRYPTION!`;
  if (maxTokenLifetimeMs < leastLifetimeMs) {
    return `maxTokenLifetime (${durationInHours(maxTokenLifetimeMs)}) of key ring (name: ${name}) is shorter than ${durationInHours(leastLifetimeMs)}, the least that kube-apiserver accepts!`;
  }
  if (signing === undefined) return undefined;
  const { algorithmName, kid } = signing;
  if (!acceptedAlgorithms.includes(algorithmName)) {
    return `${title} signs with ${algorithmName}, and kube-apiserver accepts ${acceptedAlgorithms.join(', ')}!`;
  }
  if (!hasAcceptedKid(kid)) return `The kid of ${title} is longer than ${mostKidOctets} bytes!`;
  return undefined;
}

function isAccepted({ algorithmName, kid }: MemberKey): boolean {
  return acceptedAlgorithms.includes(algorithmName) && hasAcceptedKid(kid);
}

function hasAcceptedKid(kid: string): boolean {
  return Buffer.byteLength(kid) <= mostKidOctets;
}

/** None for a secret key, and for one that this node knows to be revoked: neither has public members here. */
function memberKeyOf({ id: jwkId, member, publicJson }: MemberObject): readonly MemberKey[] {
  if (publicJson === undefined) return [];
  const jwk = JSON.parse(publicJson) as JsonWebKey & { readonly alg?: string };
  const { kid, version, state, retireAt } = member;
  const spki = createPublicKey({ key: jwk, format: 'jwk' }).export({ type: 'spki', format: 'der' });
  return [{ jwkId, kid, version, state, retireAt, algorithmName: jwk.alg ?? '', spki }];
}
