// Stored JWKs: public members readable, private ones sealed; where each came from.

import type { KeyTypeName } from '../jose/key-types.ts';
import type { KeyAllowances } from '../protocol/content.ts';
import type { Sealed } from '../sealing/sealed.ts';
import type { SourceField, WholeField } from '../sources/source-fields.ts';
import type { StoredSourceType } from '../sources/sources.ts';
import type { RingMember } from './ring-member.ts';

/** What a source was asked for, kept so that the JWK can be made from it again. Public values only. */
export type SourceReference = {
  readonly [Field in SourceField]?: Field extends WholeField ? number : string;
} & {
  /** Of a generated key that is a password (RFC 7518 §4.8.1): octets, and rounds. */
  readonly passwordSaltLength?: number;
  readonly passwordIterationCount?: number;
};

export interface StoredJwk {
  readonly id: string;
  readonly projectId: string;
  readonly name: string;
  readonly description: string | null;
  readonly sourceType: StoredSourceType;
  /** Id of the certificate, key or keystore; null for other sources and once detached. */
  readonly sourceId: string | null;
  readonly sourceUrl: string | null;
  readonly source: SourceReference;
  readonly type: KeyTypeName;
  readonly kid: string;
  readonly use: 'sig' | 'enc' | null;
  readonly algorithm: string | null;
  readonly notBeforeTime: Date | null;
  readonly expirationTime: Date | null;
  /** JSON of the public members. */
  readonly publicMembers: string;
  /** Sealed JSON of the private members; null for a public key. Binding: jwk, jwks, id, private_members. */
  readonly privateMembers: Sealed | null;
  /** When it got its kid, where that was after its creation: the environment's set counts from it. */
  readonly kidSince?: Date;
  /** What it is in its key ring; undefined outside a ring. */
  readonly member?: RingMember;
  /** What it may be used for in operations beside the ordinary; undefined: nothing. */
  readonly operations?: KeyAllowances;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  /** The row was altered outside keyplane: it is neither deployed nor shown. */
  readonly altered?: boolean;
}

export interface JwkListQuery {
  /** Part of the name or description, matched without regard to ASCII case. */
  readonly search?: string;
  readonly sort: {
    readonly field: 'name' | 'type' | 'kid' | 'createdAt' | 'updatedAt' | 'expirationTime';
    readonly descending: boolean;
  };
  readonly offset: number;
  readonly limit: number;
  /** Those whose expiration time is at this instant or before it, and after `expiresAfter`. */
  readonly expiresBefore?: Date;
  readonly expiresAfter?: Date;
  readonly type?: StoredJwk['type'] | undefined;
  readonly use?: 'sig' | 'enc' | undefined;
  readonly sourceType?: StoredJwk['sourceType'] | undefined;
  /** Those that were there at this time and that no application used since. */
  readonly unusedSince?: Date | undefined;
  /** Those that every node has, or those that a node or an environment without nodes lacks. */
  readonly deployed?: { readonly everywhere: boolean; readonly confirmed: readonly ConfirmedRevision[] };
}

/** What every node of an environment has confirmed; undefined where no node has joined it. */
export interface ConfirmedRevision {
  readonly environmentId: string;
  readonly revision: number | undefined;
}

/** A JWK that has a public half, as far as a kid is concerned. */
export interface KidHolder {
  readonly name: string;
  /** JSON of the public members. */
  readonly publicMembers: string;
}

export interface JwkStore {
  find(projectId: string, name: string): Promise<StoredJwk | undefined>;
  /** In the order of `ids`; those that are not there are left out. */
  getMany(ids: readonly string[]): Promise<readonly StoredJwk[]>;
  list(
    projectId: string,
    query: JwkListQuery,
  ): Promise<{ readonly jwks: readonly StoredJwk[]; readonly total: number }>;
  /** All of a project, by id order, in pages. */
  listOfProject(projectId: string, afterId: string, limit: number): Promise<readonly StoredJwk[]>;
  /** The ids alone of what `listOfProject` lists. */
  idsOfProject(projectId: string, afterId: string, limit: number): Promise<readonly string[]>;
  /** JWKs made from this certificate, key or keystore. */
  listBySource(sourceId: string): Promise<readonly StoredJwk[]>;
  /**
   * JWKs of a project with this kid and a public half, one for each text of public members, without the JWK of
   * `exceptId`. The 100 oldest are examined: different keys under one kid are older than the rule that rejects them.
   */
  listByKid(projectId: string, kid: string, exceptId: string): Promise<readonly KidHolder[]>;
  /** Kids of all JWKs of a project that have a public half, in pages by id. */
  kidsOfProject(
    projectId: string,
    afterId: string,
    limit: number,
  ): Promise<readonly { readonly id: string; readonly kid: string }[]>;
  insert(jwk: StoredJwk): Promise<void>;
  update(jwk: StoredJwk): Promise<void>;
  delete(id: string): Promise<void>;
}

export interface JwkStores {
  readonly jwks: JwkStore;
}
