// The keys that this node knows to be revoked, for as long as it has a disk: none of them is published, signs or verifies
// again, even if a manager that was restored from a backup sends it as valid. Sealed under `node.key`.

import { readFile } from 'node:fs/promises';
import type { JsonObject } from '../jose/json.ts';
import { joinJwk } from '../jose/public-part.ts';
import { thumbprint } from '../jose/thumbprint.ts';
import type { DeployedKeyRing } from '../protocol/content.ts';
import { moveFile, replaceFile } from '../runtime/durable-file.ts';
import { openBytes, sealBytes } from '../sealing/aead.ts';
import type { NodeLog } from './node-log.ts';
import { escapedKidOf, type UnstoredObject } from './stored-object.ts';

export interface RevokedKey {
  readonly ringId: string;
  readonly kid: string;
  /** RFC 7638, of the public key; absent where the node never had it. */
  readonly thumbprint?: string;
}

export interface RevokedKidsOptions {
  /** Undefined: in memory only. */
  readonly path: string | undefined;
  readonly key: Buffer;
  readonly log: NodeLog;
}

const additionalData = Buffer.from('keyplane revoked kids');

export class RevokedKids {
  readonly #options: RevokedKidsOptions;
  readonly #byKid = new Map<string, readonly RevokedKey[]>();
  #version = 0;

  /** It knows none; `load` reads those that are kept. */
  constructor(options: RevokedKidsOptions) {
    this.#options = options;
  }

  /** A file that cannot be read is renamed and kept. */
  static async load(options: RevokedKidsOptions): Promise<RevokedKids> {
    const kids = new RevokedKids(options);
    const { path } = options;
    if (path !== undefined) for (const revoked of await readKept(path, options)) kids.#add(revoked);
    return kids;
  }

  has(ringId: string, kid: string): boolean {
    return this.#byKid.get(kid)?.some((revoked) => revoked.ringId === ringId) === true;
  }

  /**
   * Whether a JWK is one of them: the member of its ring, or a JWK outside rings that has its kid and is the same key.
   * @returns the one that it is
   */
  find({ member, publicJson }: UnstoredObject): RevokedKey | undefined {
    if (this.#byKid.size === 0) return undefined;
    if (member !== undefined) {
      const ofRing = this.#byKid.get(member.kid)?.find((revoked) => revoked.ringId === member.ringId);
      if (ofRing !== undefined) return ofRing;
    }
    const escaped = publicJson === undefined ? undefined : escapedKidOf(publicJson);
    const sameKid = escaped === undefined ? undefined : this.#byKid.get(JSON.parse(`"${escaped}"`));
    if (publicJson === undefined || sameKid === undefined) return undefined;
    const itself = thumbprintOf(JSON.parse(publicJson) as JsonObject);
    return sameKid.find((revoked) => revoked.thumbprint !== undefined && revoked.thumbprint === itself);
  }

  /** The object as this node may use it. */
  apply<Stored extends UnstoredObject>(object: Stored): Stored {
    if (object.kind !== 'jwk' || this.find(object) === undefined) return object;
    return { ...object, publicJson: undefined, isRevoked: true };
  }

  /** Grows with what is known. */
  get version(): number {
    return this.#version;
  }

  /** On the disk once it resolves. @returns whether any of them was not known */
  async remember(keys: readonly RevokedKey[]): Promise<boolean> {
    const news = keys.filter((key) => this.#isNews(key));
    if (news.length === 0) return false;
    for (const key of news) this.#add(key);
    this.#version += 1;
    const { path, key } = this.#options;
    if (path !== undefined) {
      const all = [...this.#byKid.values()].flat();
      const sealed = sealBytes(key, Buffer.from(JSON.stringify(all)), additionalData);
      await replaceFile(path, sealed, { mode: 0o600, temporary: `${path}.new` });
    }
    return true;
  }

  #isNews({ ringId, kid, thumbprint: itself }: RevokedKey): boolean {
    const known = this.#byKid.get(kid)?.find((revoked) => revoked.ringId === ringId);
    return known === undefined || (known.thumbprint === undefined && itself !== undefined);
  }

  #add(revoked: RevokedKey): void {
    const others = (this.#byKid.get(revoked.kid) ?? []).filter(({ ringId }) => ringId !== revoked.ringId);
    this.#byKid.set(revoked.kid, [...others, revoked]);
  }
}

/** What a ring says of its former members. */
export function revokedOf({ id: ringId, former }: DeployedKeyRing): readonly RevokedKey[] {
  return former
    .filter(({ revokedAt }) => revokedAt !== null)
    .map(({ kid, jwk }) => {
      const itself = jwk === null ? undefined : thumbprintOf(jwk as JsonObject);
      return itself === undefined ? { ringId, kid } : { ringId, kid, thumbprint: itself };
    });
}

function thumbprintOf(jwk: JsonObject): string | undefined {
  try {
    return thumbprint(joinJwk(jwk, jwk));
  } catch {
    return undefined;
  }
}

async function readKept(path: string, { key, log }: RevokedKidsOptions): Promise<readonly RevokedKey[]> {
  try {
    // Safe to cast: only what this node sealed opens.
    return JSON.parse(openBytes(key, await readFile(path), additionalData).toString('utf8')) as RevokedKey[];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    const renamed = `${path}.damaged-${Date.now()}`;
    await moveFile(path, renamed);
    log.error(
      { renamed },
      'the list of revoked keys cannot be read and was renamed: this node knows of revoked keys only what its manager sends',
    );
    return [];
  }
}
