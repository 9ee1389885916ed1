// The keys of a project that are no longer valid, with the time and reason (OpenID Federation 1.0 §8.7): a JWK Set in a JWT
// that the node signs with the key ring that is chosen for it. It is signed once after each change, not for each request.

import type { JsonObject } from '../../jose/json.ts';
import { joinJwk } from '../../jose/public-part.ts';
import { encodePart } from '../../operations/compact-jws.ts';
import { type OperationKey, signingKey } from '../../operations/operation-key.ts';
import { createSigner, signJws } from '../../operations/sign-jws.ts';
import type { DeployedKeyRing, FormerMember } from '../../protocol/content.ts';
import type { StateCopy } from '../disk/state-copy.ts';
import type { SigningLease } from '../lease/signing-lease.ts';
import type { NodeState, StateFollower } from '../node-state.ts';
import type { StoredObject } from '../stored-object.ts';
import { type PublishedResponse, publishedResponse } from './published-response.ts';

export interface HistoricalJwksOptions {
  readonly state: Pick<NodeState, 'objects'>;
  readonly copy: StateCopy;
  readonly lease: SigningLease;
  /** The manager's time. */
  readonly clock: () => number;
  readonly cacheControl: () => string;
}

/** Why a project has none now; `isAbsent`: no key ring signs them. */
export interface NoHistoricalJwks {
  readonly isAbsent: boolean;
  readonly text: string;
}

const mediaType = 'application/jwk-set+jwt';
const absent: NoHistoricalJwks = {
  isAbsent: true,
  text: 'This node has no key ring that signs the historical keys of a project of this name',
};

export class HistoricalJwks implements StateFollower {
  readonly #options: HistoricalJwksOptions;
  readonly #kept = new Map<string, Promise<PublishedResponse | NoHistoricalJwks>>();
  /** Key rings and their members; made at the first request after a change. */
  #byProject: ReadonlyMap<string, readonly StoredObject[]> | undefined;

  constructor(options: HistoricalJwksOptions) {
    this.#options = options;
  }

  replaced(): void {
    this.#kept.clear();
    this.#byProject = undefined;
  }

  changed(removed: readonly StoredObject[], added: readonly StoredObject[]): void {
    for (const { project, ring, member, setting } of [...removed, ...added]) {
      if (setting) this.#kept.clear();
      else if (ring || member) {
        this.#kept.delete(project);
        this.#byProject = undefined;
      }
    }
  }

  async find(project: string): Promise<PublishedResponse | NoHistoricalJwks> {
    const known = this.#kept.get(project);
    if (known) return known;
    const made = this.#make(project);
    this.#kept.set(project, made);
    const forget = () => this.#kept.get(project) === made && this.#kept.delete(project);
    try {
      const found = await made;
      // The next request may find that the node may sign again.
      if ('isAbsent' in found) forget();
      return found;
    } catch (error) {
      forget();
      throw error;
    }
  }

  async #make(project: string): Promise<PublishedResponse | NoHistoricalJwks> {
    const { lease, clock, cacheControl } = this.#options;
    const objects = this.#objectsOf(project);
    const rings = objects.flatMap(({ ring }) => (ring ? [ring] : [])).sort(byName);
    const signing = rings.find(({ signsHistoricalKeys }) => signsHistoricalKeys);
    if (!signing) return absent;
    const active = objects.find(
      ({ member, isRevoked }) => member?.ringId === signing.id && member.state === 'ACTIVE' && !isRevoked,
    );
    if (!active) return { isAbsent: false, text: `Key ring (name: ${signing.name}) has no ACTIVE key!` };
    if (active.member?.hasPrivatePart !== true) {
      return { isAbsent: false, text: 'This node holds no private keys!' };
    }
    const permission = lease.maySign(signing);
    if (permission !== true) return { isAbsent: false, text: permission };
    const key = await this.#signingKey(active);
    if (!key) return { isAbsent: false, text: `Key ring (name: ${signing.name}) does not sign!` };
    const payload = { iss: project, iat: Math.floor(clock() / 1000), keys: rings.flatMap(historicalKeysOf) };
    const header = { alg: key.algorithmName, kid: active.member.kid, typ: 'jwk-set+jwt' };
    const jws = await signJws(createSigner(key), encodePart(JSON.stringify(header)), JSON.stringify(payload));
    return publishedResponse([Buffer.from(jws)], {
      type: mediaType,
      cacheControl: cacheControl(),
      validity: { validFromMs: Number.NEGATIVE_INFINITY, validUntilMs: Number.POSITIVE_INFINITY },
    });
  }

  #objectsOf(project: string): readonly StoredObject[] {
    this.#byProject ??= Map.groupBy(
      [...this.#options.state.objects.values()].filter(({ ring, member }) => ring || member),
      (object) => object.project,
    );
    return this.#byProject.get(project) ?? [];
  }

  async #signingKey(active: StoredObject): Promise<OperationKey | undefined> {
    const content = await this.#options.copy.read(active);
    return content.kind === 'jwk' ? signingKey(joinJwk(content.jwk, content.jwk)) : undefined;
  }
}

/** Secret keys have no public part that could be listed. */
function historicalKeysOf({ former }: DeployedKeyRing): readonly JsonObject[] {
  return former.flatMap((member) =>
    member.jwk === null ? [] : [historicalKey(member, member.jwk as JsonObject)],
  );
}

function historicalKey({ retiredAt, revokedAt, revokedReason }: FormerMember, jwk: JsonObject): JsonObject {
  if (revokedAt === null) return { ...jwk, exp: seconds(retiredAt ?? 0) };
  const reason = (revokedReason ?? 'UNSPECIFIED').toLowerCase();
  return { ...jwk, exp: seconds(revokedAt), revoked: { revoked_at: seconds(revokedAt), reason } };
}

function seconds(milliseconds: number): number {
  return Math.ceil(milliseconds / 1000);
}

function byName(one: DeployedKeyRing, other: DeployedKeyRing): number {
  return one.name < other.name ? -1 : 1;
}
