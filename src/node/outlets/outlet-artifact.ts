// What a node delivers for an outlet, made from its state and its copy.

import { randomBytes } from 'node:crypto';
import { badRequest } from '../../errors.ts';
import type { PrivateJwk } from '../../jose/jwk.ts';
import type { Artifact } from '../../outlets/content/artifact.ts';
import type { ContentCertificate, ContentInput, ContentKey } from '../../outlets/content/content-input.ts';
import { type JwtAuthnFilter, jwtAuthnResource, tokenSecret } from '../../outlets/content/envoy-resources.ts';
import { publicSetBytes } from '../../outlets/content/jwk-set.ts';
import {
  artifactFingerprint,
  type KeyOutletContent,
  makeArtifact as makeKeyArtifact,
} from '../../outlets/content/make-artifact.ts';
import { type OutletContent, traitsOf } from '../../outlets/content/outlet-content.ts';
import type { DeployedOutlet } from '../../protocol/content.ts';
import type { StateCopy } from '../disk/state-copy.ts';
import type { NodeState } from '../node-state.ts';
import type { JwkSets } from '../serve/jwk-sets.ts';
import type { PublishedResponse } from '../serve/published-response.ts';
import { type StoredObject, storedObjectKey } from '../stored-object.ts';
import type { OutletTokens } from './outlet-tokens.ts';

export interface ArtifactOptions {
  readonly state: Pick<NodeState, 'objects'>;
  readonly copy: Pick<StateCopy, 'read'>;
  readonly sets: Pick<JwkSets, 'project' | 'view'>;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  readonly tokens: Pick<OutletTokens, 'tokenFor'>;
  /** Secret: of fingerprints. */
  readonly fingerprintKey: Buffer;
}

export interface MadeArtifact {
  readonly artifact: Artifact;
  /** Milliseconds since 1970: then it is to be made again. */
  readonly validUntilMs: number;
  /** Of a content that has other bytes each time that it is made: the same as long as nothing else changes. */
  readonly fingerprint: string | null;
}

/** By the id of the ring; made once for many outlets. */
export type MembersOfRing = (ringId: string) => readonly StoredObject[];

/** What was made before, of a content with a fingerprint. */
export interface FormerArtifact {
  readonly fingerprint: string;
  readonly bytes: Buffer;
}

export interface NodeArtifactRequest {
  readonly object: StoredObject & { readonly outlet: DeployedOutlet };
  readonly membersOf: MembersOfRing;
  readonly former: FormerArtifact | undefined;
}

/** @throws KeyplaneError `bad_request`, with a text for the operator, where it cannot be made */
export async function makeNodeArtifact(
  { object, membersOf, former }: NodeArtifactRequest,
  options: ArtifactOptions,
): Promise<MadeArtifact> {
  const { outlet } = object;
  if (outlet.content === 'TOKEN') return tokenOf(outlet, options);
  if (outlet.content === 'JWT_AUTHN') return filterOf(outlet, membersOf, options);
  const content = keyContentOf(outlet.content);
  const { keys, certificates, validUntilMs } = await sourceOf(outlet, membersOf, options);
  const password = content === 'PKCS12' ? await passwordOf(object, options) : null;
  const input: ContentInput = {
    keys,
    certificates,
    ...(password !== null && { password }),
    random: randomBytes,
  };
  const fingerprint =
    content === 'PKCS12' ? artifactFingerprint(content, input, options.fingerprintKey) : null;
  if (former !== undefined && former.fingerprint === fingerprint) {
    return { artifact: { form: 'FILE', bytes: former.bytes }, validUntilMs, fingerprint };
  }
  return { artifact: await makeKeyArtifact(content, input), validUntilMs, fingerprint };
}

async function filterOf(
  outlet: DeployedOutlet,
  membersOf: MembersOfRing,
  options: ArtifactOptions,
): Promise<MadeArtifact> {
  const { keys, validUntilMs } = await sourceOf(outlet, membersOf, options);
  const filter = outlet.target as unknown as JwtAuthnFilter;
  return { artifact: jwtAuthnResource(filter, publicSetBytes(keys)), validUntilMs, fingerprint: null };
}

/** Half its life later it is to be made again. */
async function tokenOf(
  { id, project, name, source, target }: DeployedOutlet,
  { tokens }: ArtifactOptions,
): Promise<MadeArtifact> {
  const outlet = { id, project, name, tokenProfileId: source.id ?? '' };
  const { token, renewAt } = await tokens.tokenFor(outlet);
  return {
    artifact: tokenSecret(String(target.secretName), token),
    validUntilMs: renewAt,
    fingerprint: null,
  };
}

const keyContents: readonly KeyOutletContent[] = [
  'JWKS',
  'JWKS_PRIVATE',
  'PEM_PUBLIC',
  'PEM_PRIVATE',
  'PEM_CERTIFICATE',
  'PKCS12',
];

function keyContentOf(content: string): KeyOutletContent {
  const known = keyContents.find((one) => one === content);
  if (known !== undefined) return known;
  throw badRequest(`This node does not deliver ${content}: upgrade keyplane on it!`);
}

interface SourceKeys {
  readonly keys: readonly ContentKey[];
  readonly certificates: readonly ContentCertificate[];
  readonly validUntilMs: number;
}

async function sourceOf(
  { source, content, project }: DeployedOutlet,
  membersOf: MembersOfRing,
  options: ArtifactOptions,
): Promise<SourceKeys> {
  const { isPrivate } = traitsOf(content as OutletContent);
  const id = source.id ?? '';
  if (source.type === 'PROJECT') return keysOfSet(options.sets.project(project));
  if (source.type === 'VIEW') {
    const view = options.state.objects.get(storedObjectKey({ kind: 'view', id }));
    if (view === undefined) throw badRequest('This node does not have the view!');
    return keysOfSet(options.sets.view(project, view.name));
  }
  if (source.type === 'KEY_RING') return ownKeys(inOrder(membersOf(id)), isPrivate, options);
  if (source.type === 'JWK') {
    const jwk = options.state.objects.get(storedObjectKey({ kind: 'jwk', id }));
    return ownKeys(jwk ? [jwk] : [], isPrivate, options);
  }
  if (source.type === 'CERTIFICATE') return ownCertificates(id, options);
  throw badRequest(`This node delivers nothing from a source of type ${source.type}!`);
}

async function ownCertificates(id: string, { state, copy }: ArtifactOptions): Promise<SourceKeys> {
  const object = state.objects.get(storedObjectKey({ kind: 'certificate', id }));
  const content = object && (await copy.read(object));
  if (content?.kind !== 'certificate') throw badRequest('The certificate has nothing in this environment!');
  const certificates = [{ name: content.name, chain: content.chain }];
  return { keys: [], certificates, validUntilMs: Number.POSITIVE_INFINITY };
}

/** As the node publishes it. */
function keysOfSet(set: PublishedResponse | undefined): SourceKeys {
  const none = { keys: [], certificates: [] };
  if (set === undefined) return { ...none, validUntilMs: Number.POSITIVE_INFINITY };
  const { keys } = JSON.parse(Buffer.concat(set.pieces).toString()) as { readonly keys: PrivateJwk[] };
  return {
    ...none,
    keys: keys.map((jwk) => ({ jwk, name: jwk.kid ?? '', isCurrent: false })),
    validUntilMs: set.validUntilMs,
  };
}

/** The ACTIVE key first, then the others by version. Between two messages a ring can have two: the later one counts. */
function inOrder(members: readonly StoredObject[]): readonly StoredObject[] {
  const versionOf = ({ member }: StoredObject) => member?.version ?? 0;
  const byVersion = [...members].sort((a, b) => versionOf(a) - versionOf(b));
  const current = byVersion.findLast(({ member }) => member?.state === 'ACTIVE');
  return current ? [current, ...byVersion.filter((one) => one !== current)] : byVersion;
}

async function ownKeys(
  objects: readonly StoredObject[],
  isPrivate: boolean,
  { copy, clock }: ArtifactOptions,
): Promise<SourceKeys> {
  const now = clock();
  const live = objects.filter(
    ({ expires, isRevoked }) => isRevoked !== true && (expires === null || now < expires),
  );
  const ends = live.flatMap(({ expires }) => (expires === null ? [] : [expires]));
  const validUntilMs = Math.min(Number.POSITIVE_INFINITY, ...ends);
  const keys: ContentKey[] = [];
  for (const object of live) {
    const { member, publicJson, name } = object;
    const state = member && { state: member.state };
    const isCurrent = member === undefined || (member.state === 'ACTIVE' && object === objects[0]);
    if (!isPrivate) {
      if (publicJson !== undefined) keys.push({ jwk: JSON.parse(publicJson), name, isCurrent, ...state });
      continue;
    }
    // Of a ring for SIGNATURE only the ACTIVE key has its private half.
    if (member && !member.hasPrivatePart) continue;
    const content = await copy.read(object);
    if (content.kind !== 'jwk') continue;
    if (content.withheld !== undefined) throw badRequest('This node holds no private keys!');
    keys.push({ jwk: content.jwk as unknown as PrivateJwk, name, isCurrent, ...state });
  }
  if (isPrivate && keys.length === 0) throw badRequest('This node holds no private key of the source!');
  return { keys, certificates: [], validUntilMs };
}

async function passwordOf(
  outlet: StoredObject,
  { copy }: Pick<ArtifactOptions, 'copy'>,
): Promise<string | null> {
  const content = await copy.read(outlet);
  if (content.kind !== 'outlet') return null;
  if (content.withheld !== undefined) throw badRequest('This node holds no private keys!');
  return content.password;
}
