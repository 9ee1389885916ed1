// The opened text of a state message to changes. Shapes only: whether a JWK is sound is the manager's to know,
// and whether its public part can be published the node's. Members that a later version may add stay in the
// content, since its digest is over all of it.

import {
  type Change,
  cryptoKeyTypes,
  type DeployedContent,
  type DeployedKind,
  deployedKinds,
  isSetting,
  keystoreTypes,
} from './content.ts';

/** Why nothing of it is applied. `object` is the one at fault, where it is one. */
export interface BadChanges {
  readonly reason: string;
  readonly object?: { readonly kind: DeployedKind; readonly id: string };
}

/** Revisions are above `from`, rise, and go no higher than `to`. */
export interface RevisionBounds {
  readonly from: number;
  readonly to: number;
}

type Json = Readonly<Record<string, unknown>>;
type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === 'string';
const isTextOrNull: Check = (value) => value === null || isText(value);
const isDigest: Check = (value) => isText(value) && /^[0-9a-f]{64}$/.test(value as string);
const isTimeOrNull: Check = (value) => value === null || Number.isSafeInteger(value);
const isTimeOrAbsent: Check = (value) => value === undefined || Number.isSafeInteger(value);
const isKeyType: Check = (value) => cryptoKeyTypes.some((known) => known === value);
const isKeystoreType: Check = (value) => keystoreTypes.some((known) => known === value);
const isSeconds: Check = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
const isJwk: Check = (value) => isJson(value) && isText(value.kty);
const isChain: Check = (value) => Array.isArray(value) && value.length > 0 && value.every(isText);

// A name becomes part of a path and of a file name. Which letters it may have is the manager's rule;
// that it stays one segment is ours too.
const longestName = 512;
const isName: Check = (value) =>
  typeof value === 'string' &&
  value.length > 0 &&
  value.length <= longestName &&
  value !== '.' &&
  value !== '..' &&
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
  !/[\u0000-\u001f\u007f/\\]/.test(value);

const isDuration: Check = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
const isDurationOrNull: Check = (value) => value === null || isDuration(value);
const isList: Check = (value) => Array.isArray(value);
const isFlag: Check = (value) => typeof value === 'boolean';
const memberStates: readonly unknown[] = ['STAGED', 'NEXT', 'ACTIVE', 'RETIRING'];
const isMembershipOrAbsent: Check = (value) =>
  value === undefined ||
  (isJson(value) &&
    isText(value.ringId) &&
    isRevision(value.version) &&
    memberStates.includes(value.state) &&
    isFlag(value.published) &&
    isTimeOrNull(value.retireAt));
const isFormerMember: Check = (value) =>
  isJson(value) &&
  isRevision(value.version) &&
  isText(value.kid) &&
  (value.jwk === null || isJwk(value.jwk)) &&
  isTimeOrNull(value.retiredAt) &&
  isTimeOrNull(value.revokedAt) &&
  isTextOrNull(value.revokedReason);
const isFormerMembers: Check = (value) => isList(value) && (value as unknown[]).every(isFormerMember);
const isToken: Check = (value) => isJson(value) && isDigest(value.hash) && isTimeOrNull(value.validUntil);
const isTokens: Check = (value) => isList(value) && (value as unknown[]).every(isToken);
const isGrant: Check = (value) =>
  isJson(value) &&
  isTextOrNull(value.keyRingId) &&
  isTextOrNull(value.jwkId) &&
  (value.tokenProfileId === undefined || isText(value.tokenProfileId)) &&
  isList(value.operations) &&
  (value.operations as unknown[]).every(isText) &&
  (value.rate === undefined || isRate(value.rate));
const isRate: Check = (value) => isJson(value) && isPositive(value.perSecond) && isPositive(value.burst);
const isPositive: Check = (value) => typeof value === 'number' && value > 0;
const isGrants: Check = (value) => isList(value) && (value as unknown[]).every(isGrant);
const isTextOrAbsent: Check = (value) => value === undefined || isText(value);
const isTexts: Check = (value) => isList(value) && (value as unknown[]).every(isText);
const isCredential: Check = (value) =>
  isJson(value) &&
  (value.type === 'MTLS'
    ? isTextOrAbsent(value.uriSan) && isTextOrAbsent(value.spkiSha256)
    : value.type === 'JWT' &&
      isText(value.issuer) &&
      isText(value.audience) &&
      isText(value.subject) &&
      isJson(value.claims) &&
      isFlag(value.singleUse) &&
      isList(value.keys) &&
      (value.keys as unknown[]).every(isJwk));
const isCredentialsOrAbsent: Check = (value) =>
  value === undefined || (isList(value) && (value as unknown[]).every(isCredential));
const isAllowancesOrAbsent: Check = (value) => value === undefined || isJson(value);
const isSubject: Check = (value) =>
  isJson(value) && isText(value.mode) && isTextOrNull(value.value) && isTextOrNull(value.pattern);
const isClaimRules: Check = (value) =>
  isJson(value) &&
  isJson(value.fixed) &&
  isTexts(value.allowed) &&
  isTexts(value.required) &&
  (value.schema === null || isJson(value.schema));
const isEncryptToOrNull: Check = (value) =>
  value === null ||
  (isJson(value) && isTextOrNull(value.jwkId) && isTextOrNull(value.keyRingId) && isText(value.enc));
const isTextByNameOrAbsent: Check = (value) =>
  value === undefined || (isJson(value) && Object.values(value).every(isText));
const isTextsOrAbsent: Check = (value) => value === undefined || isTexts(value);
const isSelectionOrNull: Check = (value) =>
  value === null ||
  (isJson(value) &&
    [value.keyTypes, value.algorithms, value.uses, value.keyRingIds, value.jwkIds].every(isTextsOrAbsent));

const shapes: Readonly<Record<DeployedKind, Readonly<Record<string, Check>>>> = {
  jwk: {
    jwk: isJwk,
    notBefore: isTimeOrNull,
    expires: isTimeOrNull,
    kidSince: isTimeOrAbsent,
    ring: isMembershipOrAbsent,
    operations: isAllowancesOrAbsent,
  },
  certificate: { alias: isText, chain: isChain },
  key: { keyType: isKeyType, algorithm: isTextOrNull, alias: isTextOrNull, content: isText },
  keystore: {
    keystoreType: isKeystoreType,
    alias: isTextOrNull,
    file: isText,
    password: isText,
    keyPassword: isTextOrNull,
    keyPasswords: isTextByNameOrAbsent,
  },
  'key-ring': {
    use: (value) => value === 'sig' || value === 'enc',
    maxTokenLifetimeMs: isDuration,
    clockSkewMs: isDuration,
    signingLeaseMs: isDurationOrNull,
    signsHistoricalKeys: isFlag,
    former: isFormerMembers,
  },
  application: {
    expires: isTimeOrNull,
    tokens: isTokens,
    grants: isGrants,
    credentials: isCredentialsOrAbsent,
  },
  'token-profile': {
    keyRingId: isText,
    issuer: isText,
    audiences: isTexts,
    audienceMode: (value) => value === 'FIXED' || value === 'ONE_OF',
    lifetimeMs: isDuration,
    maxLifetimeMs: isDuration,
    notBeforeOffsetMs: isTimeOrNull,
    tokenType: isText,
    subject: isSubject,
    claims: isClaimRules,
    encryptTo: isEncryptToOrNull,
  },
  view: { include: isSelectionOrNull, exclude: isSelectionOrNull },
  'project-set': { keyTypes: isTexts },
  outlet: {
    outletKind: isText,
    source: (value) => isJson(value) && isText(value.type) && isTextOrNull(value.id),
    content: isText,
    target: isJson,
    password: isTextOrNull,
    generation: isDuration,
  },
  'environment-set': { published: (value) => typeof value === 'boolean' },
  caching: { maxAge: isSeconds, staleWhileRevalidate: isSeconds, staleIfError: isSeconds },
};

/** @returns the changes (they hold private members), or what is wrong without naming any value */
export function readChanges(text: string, bounds: RevisionBounds): readonly Change[] | BadChanges {
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch {
    return { reason: 'changes are not JSON' };
  }
  if (!Array.isArray(list)) return { reason: 'changes are not a list' };
  let last = bounds.from;
  for (const change of list) {
    const { revision } = isJson(change) ? change : { revision: undefined };
    if (!Number.isSafeInteger(revision) || (revision as number) <= last || (revision as number) > bounds.to) {
      return { reason: `changes are not in the order of their revisions, ${bounds.from} to ${bounds.to}` };
    }
    last = revision as number;
    const bad = badChange(change);
    if (bad) return bad;
  }
  return list;
}

function badChange(change: Json): BadChanges | undefined {
  const { put, gone, since } = change;
  if (put === undefined)
    return readObject(gone) ? undefined : { reason: 'a change puts nothing and removes nothing' };
  const object = readObject(put);
  if (gone !== undefined || !object) return { reason: 'a change must put one object of a known kind' };
  if (since !== undefined && !(isRevision(since) && since <= (change.revision as number))) {
    return { reason: `${label(put as Json)}: since is not a revision up to its own`, object };
  }
  const content = put as Json;
  for (const [member, check] of [['project', isName] as const, ['name', isName] as const]) {
    if (!isSetting(put as DeployedContent) && !check(content[member]))
      return { reason: `${object.kind}: ${member} is not a name`, object };
  }
  if (content.withheld !== undefined && !isDigest(content.withheld)) {
    return { reason: `${label(content)}: withheld is not a digest`, object };
  }
  for (const [member, check] of Object.entries(shapes[object.kind])) {
    if (!check(content[member])) {
      return { reason: `${label(content)}: ${member} is missing or of the wrong type`, object };
    }
  }
  return undefined;
}

function isRevision(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) > 0;
}

function readObject(value: unknown): { readonly kind: DeployedKind; readonly id: string } | undefined {
  if (!isJson(value) || typeof value.id !== 'string' || value.id === '' || value.id.length > longestName) {
    return undefined;
  }
  const kind = deployedKinds.find((known) => known === value.kind);
  return kind && { kind, id: value.id };
}

/** How a reason names an object: `jwk MyProject/my-jwk`. */
export function label(content: DeployedContent | Json): string {
  if (!('name' in content)) return `${content.kind}`;
  return `${content.kind} ${content.project}/${content.name}`;
}

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
