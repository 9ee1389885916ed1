import { isKeyplaneError } from '../errors.ts';
import type { JsonObject } from '../jose/json.ts';
import { isKeyType, isSymmetric } from '../jose/key-types.ts';
import { joinJwk, publicJwk, publicMembersOf } from '../jose/public-part.ts';
import {
  type DeployedApplication,
  type DeployedContent,
  type DeployedJwk,
  type DeployedKeyRing,
  type DeployedKind,
  type DeployedMembership,
  type DeployedOutlet,
  type DeployedProjectSet,
  type DeployedSetting,
  type DeployedTokenProfile,
  type DeployedView,
  isSetting,
} from '../protocol/content.ts';
import { label } from '../protocol/read-changes.ts';
import { contentDigest } from '../protocol/state-digest.ts';
import type { RecordLocation } from './disk/log-file.ts';

/** What stays in memory of an object: nothing private. The rest is on the disk, sealed, at `location`. */
export interface StoredObject {
  readonly kind: DeployedKind;
  readonly id: string;
  /** Empty for a setting of the environment, and so is the name. */
  readonly project: string;
  readonly name: string;
  /** base64 of 32 bytes: each Buffer would be a separate allocation between freed ones. */
  readonly digest: string;
  /** The JSON of a JWK's public members; undefined for an OCT key, for what is not published and for what is no JWK. */
  readonly publicJson: string | undefined;
  /** Milliseconds since 1970; past it a JWK is not published. */
  readonly expires: number | null;
  /** When the JWK got its kid, where that was after its creation. */
  readonly kidSince?: number | undefined;
  /** The revision since which the JWK is in this environment under its kid; undefined: before that was recorded. */
  readonly since?: number | undefined;
  /** What is set, where it is a setting of the environment. */
  readonly setting?: DeployedSetting | undefined;
  /** What a JWK is in its key ring. */
  readonly member?: StoredMember | undefined;
  readonly ring?: DeployedKeyRing | undefined;
  readonly application?: DeployedApplication | undefined;
  readonly tokenProfile?: DeployedTokenProfile | undefined;
  readonly view?: DeployedView | undefined;
  readonly projectSet?: DeployedProjectSet | undefined;
  /** Without its password. */
  readonly outlet?: DeployedOutlet | undefined;
  /** A JWK that this node remembers as revoked: it is not published, and neither signs nor verifies. */
  readonly isRevoked?: boolean;
  /** Changes when the file is compacted. */
  location: RecordLocation;
}

export interface StoredMember extends DeployedMembership {
  readonly kid: string;
  /** The copy holds its private part. */
  readonly hasPrivatePart: boolean;
}

/** An object that cannot be stored; `message` is public text. */
export class InvalidObjectError extends Error {
  override readonly name = 'InvalidObjectError';
  readonly object: { readonly kind: DeployedKind; readonly id: string };

  constructor(content: DeployedContent, problem: string) {
    super(`${label(content)}: ${problem}`);
    this.object = { kind: content.kind, id: content.id };
  }
}

export function storedObjectKey({ kind, id }: { readonly kind: DeployedKind; readonly id: string }): string {
  return `${kind}/${id}`;
}

export function digestBytes({ digest }: Pick<StoredObject, 'digest'>): Buffer {
  return Buffer.from(digest, 'base64');
}

/** What is known before it is on the disk. */
export type UnstoredObject = Omit<StoredObject, 'location'>;

/**
 * @param since the revision since which the environment has it
 * @throws InvalidObjectError
 */
export function toStoredObject(content: DeployedContent, since?: number): UnstoredObject {
  const { kind, id } = content;
  const digest = storedContentDigest(content);
  const nothing = { publicJson: undefined, expires: null };
  if (isSetting(content)) return { kind, id, project: '', name: '', digest, ...nothing, setting: content };
  const { project, name } = content;
  const common = { kind, id, project, name, digest };
  switch (content.kind) {
    case 'jwk': {
      const { expires, kidSince } = content;
      const held = { ...common, publicJson: publicJsonOf(content), expires };
      const member = memberOf(content);
      return withOrder(member === undefined ? held : { ...held, member }, { kidSince, since });
    }
    case 'key-ring':
      return { ...common, ...nothing, ring: content };
    case 'application':
      return { ...common, ...nothing, application: content };
    case 'token-profile':
      return { ...common, ...nothing, tokenProfile: content };
    case 'view':
      return { ...common, ...nothing, view: content };
    case 'project-set':
      return { ...common, ...nothing, projectSet: content };
    case 'outlet':
      return { ...common, ...nothing, outlet: { ...content, password: null } };
    case 'certificate':
    case 'key':
    case 'keystore':
      return { ...common, ...nothing };
    default:
      return content satisfies never;
  }
}

/** What orders JWKs of one kid: only what there is of it takes memory. */
export function withOrder(
  held: UnstoredObject,
  { kidSince, since }: Pick<StoredObject, 'kidSince' | 'since'>,
): UnstoredObject {
  if (kidSince === undefined) return since === undefined ? held : { ...held, since };
  return since === undefined ? { ...held, kidSince } : { ...held, kidSince, since };
}

const kidPattern = /"kid":"((?:[^"\\]|\\.)*)"/;

/**
 * The kid as the public JSON has it, escapes included; undefined where it has none. Only base64url and names without a quote
 * stand before it.
 */
export function escapedKidOf(publicJson: string): string | undefined {
  return kidPattern.exec(publicJson)?.[1];
}

/** Whether a copy that has both still holds a private part of a key ring's key that the state no longer has. */
export function losesPrivatePart(
  before: UnstoredObject | null | undefined,
  after: UnstoredObject | null | undefined,
): boolean {
  return before?.member?.hasPrivatePart === true && after?.member?.hasPrivatePart !== true;
}

/** base64, as a stored object has it. */
export function storedContentDigest(content: DeployedContent): string {
  try {
    return contentDigest(content).toString('base64');
  } catch (error) {
    throw new InvalidObjectError(
      content,
      isKeyplaneError(error) ? error.message : 'its digest cannot be computed',
    );
  }
}

function memberOf(content: DeployedJwk): StoredMember | undefined {
  const { ring, jwk, withheld } = content;
  if (ring === undefined) return undefined;
  const { kid } = jwk;
  if (typeof kid !== 'string') throw new InvalidObjectError(content, 'a key of a key ring has a kid');
  const { ringId, version, state, published, retireAt } = ring;
  const isPublic = Object.keys(publicMembersOf(jwk as JsonObject)).length === Object.keys(jwk).length;
  const hasPrivatePart = withheld === undefined && !isPublic;
  return { ringId, version, state, published, retireAt, kid, hasPrivatePart };
}

function publicJsonOf(content: DeployedJwk): string | undefined {
  const { jwk } = content;
  const { kty } = jwk;
  if (!isKeyType(kty)) throw new InvalidObjectError(content, 'its kty is none that this node knows');
  // Nothing of a secret is public.
  if (isSymmetric({ kty }) && content.withheld !== undefined) return undefined;
  try {
    const published = publicJwk(joinJwk(jwk, jwk));
    return published && content.ring?.published !== false ? JSON.stringify(published) : undefined;
  } catch (error) {
    throw new InvalidObjectError(content, isKeyplaneError(error) ? error.message : 'it has no public part');
  }
}
