// What an outlet delivers: by name in requests, by id where it is stored.

import { badRequest, KeyplaneError } from '../errors.ts';
import { lookupName, requireNoMember, shownText } from '../names.ts';
import { type OutletContent, traitsOf } from './content/outlet-content.ts';
import type { OutletKindName } from './kinds/kinds.ts';
import { outletKind } from './kinds/kinds.ts';
import type { Outlet } from './outlet.ts';
import { type OutletSource, type OutletSourceType, sourceNameMembers } from './outlet-source.ts';

/** Exactly one is given. */
export interface OutletSourceRequest {
  readonly keyRingName?: string | undefined;
  readonly jwkName?: string | undefined;
  readonly viewName?: string | undefined;
  readonly certificateName?: string | undefined;
  readonly tokenProfileName?: string | undefined;
}

interface Named {
  readonly id: string;
  readonly name: string;
}

interface SourceFinder<Found extends Named> {
  find(projectId: string, name: string): Promise<Found | undefined>;
  getMany(ids: readonly string[]): Promise<readonly Named[]>;
}

interface SourceRing extends Named {
  readonly type: string;
  readonly policy: { readonly exportable: boolean };
}

interface SourceJwk extends Named {
  readonly type: string;
  readonly privateMembers: unknown;
  readonly member?: { readonly ringId: string } | undefined;
}

interface SourceProfile extends Named {
  readonly encryptTo: unknown;
  readonly rules: {
    readonly audiences: readonly string[];
    readonly audienceMode: string;
    readonly subject: { readonly mode: string };
    readonly claims: { readonly required: readonly string[] };
  };
}

/** What outlets read of what they deliver. */
export interface SourceStores {
  readonly rings: SourceFinder<SourceRing>;
  readonly jwks: SourceFinder<SourceJwk>;
  readonly views: SourceFinder<Named>;
  readonly certificates: SourceFinder<Named>;
  readonly tokenProfiles: SourceFinder<SourceProfile>;
}

type NamedType = keyof typeof sourceNameMembers;
const namedTypes = Object.freeze(Object.keys(sourceNameMembers)) as readonly NamedType[];

const projectSource: OutletSource = Object.freeze({ type: 'PROJECT', id: null });

export interface SourceDemand {
  readonly projectId: string;
  readonly kind: OutletKindName;
  readonly content: OutletContent;
}

/** @throws KeyplaneError `bad_request`; `forbidden` for private keys that must not leave */
export async function resolveOutletSource(
  stores: SourceStores,
  request: OutletSourceRequest | null,
  demand: SourceDemand,
): Promise<OutletSource> {
  const given =
    request === null ? [] : namedTypes.filter((type) => request[sourceNameMembers[type]] !== undefined);
  const [type, another] = given;
  if (request !== null && (type === undefined || another !== undefined)) {
    throw badRequest(
      `Give one of ${Object.values(sourceNameMembers).join(', ')} in source, or null for the project's set!`,
      { reason: type === undefined ? 'FIELD_REQUIRED' : 'FIELD_NOT_VALID', member: 'source' },
    );
  }
  requireFittingSource(type ?? 'PROJECT', demand);
  if (request === null || type === undefined) return projectSource;
  const name = request[sourceNameMembers[type]] ?? '';
  return { type, id: await findSource(stores, { type, name, demand }) };
}

/** @throws KeyplaneError `bad_request` */
function requireFittingSource(type: OutletSourceType, { kind, content }: SourceDemand): void {
  const fitting = outletKind(kind).sources(content);
  if (fitting.includes(type)) return;
  const valid = fitting.map((one) => (one === 'PROJECT' ? 'null' : sourceNameMembers[one]));
  throw badRequest(`source is not valid for ${content} of ${kind}! Valid: ${valid.join(', ')}`, {
    reason: 'FIELD_NOT_VALID',
    member: 'source',
  });
}

interface SourceSearch {
  readonly type: NamedType;
  readonly name: string;
  readonly demand: SourceDemand;
}

async function findSource(stores: SourceStores, { type, name, demand }: SourceSearch): Promise<string> {
  const { projectId, content } = demand;
  const member = `source.${sourceNameMembers[type]}`;
  switch (type) {
    case 'KEY_RING': {
      const ring = await stores.rings.find(projectId, lookupName(name));
      if (!ring) throw notFound('Key ring', name, member);
      requireFittingType(ring.type, `Key ring (name: ${ring.name})`, { content, member });
      if (traitsOf(content).isPrivate && !ring.policy.exportable) throw notExportable(ring.name);
      return ring.id;
    }
    case 'JWK': {
      const jwk = await stores.jwks.find(projectId, lookupName(name));
      if (!jwk) throw notFound('JWK', name, member);
      await requireNoMember(stores, jwk, member);
      const title = `JWK (name: ${jwk.name})`;
      requireFittingType(jwk.type, title, { content, member });
      if (traitsOf(content).isPrivate && jwk.privateMembers === null) {
        throw notSupported(`${title} has no private key!`, member);
      }
      return jwk.id;
    }
    case 'VIEW':
      return required(await stores.views.find(projectId, lookupName(name)), 'View', name, member).id;
    case 'CERTIFICATE':
      return required(
        await stores.certificates.find(projectId, lookupName(name)),
        'Certificate',
        name,
        member,
      ).id;
    case 'TOKEN_PROFILE': {
      const found = await stores.tokenProfiles.find(projectId, lookupName(name));
      const profile = required(found, 'Token profile', name, member);
      requireNothingOfCaller(profile, member);
      return profile.id;
    }
    default:
      return type satisfies never;
  }
}

function required<Found>(found: Found | undefined, what: string, name: string, member: string): Found {
  if (found === undefined) throw notFound(what, name, member);
  return found;
}

/** @throws KeyplaneError `bad_request`: an OCT key is a secret, and has no form in PEM */
function requireFittingType(
  keyType: string,
  title: string,
  { content, member }: { readonly content: OutletContent; readonly member: string },
): void {
  if (keyType !== 'OCT') return;
  const { isPrivate, isFolder } = traitsOf(content);
  if (!isPrivate) throw notSupported(`${title} is of type OCT, and ${content} is public!`, member);
  // Folders are of PEM files. The outlet would fail for ever, and a key ring would wait for it.
  if (isFolder) throw notSupported(`${title} is of type OCT, which has no form in PEM!`, member);
}

function notExportable(ringName: string): KeyplaneError {
  return new KeyplaneError(
    'forbidden',
    `The private keys of key ring (name: ${ringName}) are not exportable!`,
    {
      reason: 'KEY_NOT_EXPORTABLE',
      member: 'source.keyRingName',
    },
  );
}

/** @throws KeyplaneError `bad_request`: an outlet issues tokens with an empty request */
function requireNothingOfCaller({ name, rules }: SourceProfile, member: string): void {
  const { subject, audienceMode, audiences, claims } = rules;
  const left = [
    ...(subject.mode === 'GIVEN' ? ['subject'] : []),
    ...(audienceMode === 'ONE_OF' && audiences.length > 1 ? ['audience'] : []),
    ...claims.required.map((claim) => `claims.${shownText(claim)}`),
  ];
  if (left.length === 0) return;
  const title = `Token profile (name: ${name})`;
  throw notSupported(
    `${title} requires ${left.join(', ')} of its caller, and an outlet gives nothing!`,
    member,
  );
}

/**
 * The token profile that a credential names, if it names one: the manager can issue its tokens.
 * @throws KeyplaneError `bad_request`
 */
export async function requireCredentialProfile(
  { tokenProfiles }: Pick<SourceStores, 'tokenProfiles'>,
  projectId: string,
  given: string | undefined,
): Promise<void> {
  if (given === undefined) return;
  const member = 'credential.tokenProfileName';
  const profile = await tokenProfiles.find(projectId, given);
  if (!profile) throw notFound('Token profile', given, member);
  requireNothingOfCaller(profile, member);
  if (profile.encryptTo === null) return;
  throw notSupported(
    `Token profile (name: ${profile.name}) encrypts its tokens, and no server signs in with those!`,
    member,
  );
}

function notSupported(text: string, member: string): KeyplaneError {
  return badRequest(text, { reason: 'KEY_NOT_SUPPORTED', member });
}

function notFound(what: string, name: string, member: string): KeyplaneError {
  return badRequest(`${what} (name: ${shownText(name)}) is not found!`, { reason: 'NOT_FOUND', member });
}

const titles: Readonly<Record<NamedType, string>> = Object.freeze({
  KEY_RING: 'Key ring',
  JWK: 'JWK',
  VIEW: 'View',
  CERTIFICATE: 'Certificate',
  TOKEN_PROFILE: 'Token profile',
});

function findersOf(stores: SourceStores): Readonly<Record<NamedType, SourceFinder<Named>>> {
  const { rings, jwks, views, certificates, tokenProfiles } = stores;
  return { KEY_RING: rings, JWK: jwks, VIEW: views, CERTIFICATE: certificates, TOKEN_PROFILE: tokenProfiles };
}

/**
 * The id of the source that outlets are filtered by; undefined where none is named.
 * @throws KeyplaneError `bad_request` for several, and for one that is not there
 */
export async function sourceIdOf(
  stores: SourceStores,
  projectId: string,
  filter: OutletSourceRequest,
): Promise<string | undefined> {
  const [type, another] = namedTypes.filter((one) => filter[sourceNameMembers[one]] !== undefined);
  if (type === undefined) return undefined;
  if (another !== undefined) {
    throw badRequest(`Give at most one of ${Object.values(sourceNameMembers).join(', ')}!`, {
      reason: 'FIELD_NOT_VALID',
      member: sourceNameMembers[another],
    });
  }
  const name = filter[sourceNameMembers[type]] ?? '';
  const found = await findersOf(stores)[type].find(projectId, lookupName(name));
  return required(found, titles[type], name, sourceNameMembers[type]).id;
}

/** The names that sources have now, by the id of the outlet; null: the project's set. */
export async function nameSources(
  stores: SourceStores,
  outlets: readonly Pick<Outlet, 'id' | 'source'>[],
): Promise<ReadonlyMap<string, OutletSourceRequest | null>> {
  const idsOf = (wanted: NamedType) => [
    ...new Set(outlets.flatMap(({ source: { type, id } }) => (type === wanted && id !== null ? [id] : []))),
  ];
  const names = new Map<string, string>();
  const finders = findersOf(stores);
  for (const type of namedTypes) {
    const ids = idsOf(type);
    if (ids.length === 0) continue;
    for (const { id, name } of await finders[type].getMany(ids)) names.set(id, name);
  }
  return new Map(
    outlets.map(({ id, source }) => {
      if (source.type === 'PROJECT') return [id, null];
      return [id, { [sourceNameMembers[source.type]]: names.get(source.id ?? '') ?? '' }];
    }),
  );
}
