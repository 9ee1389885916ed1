// Update JWK: its description, or a new value from any source under the rules of Create JWK. Its name stays.
// Without a new source it is detached from the one it had. A refused update changes nothing anywhere.

import type { ProjectScope } from '../access/caller.ts';
import { type ChangeResult, withWarnings } from '../deployments/deployment-result.ts';
import { badRequest, KeyplaneError } from '../errors.ts';
import { laterThan, refuseOtherName } from '../materials/replacement.ts';
import { lookupName, shownText } from '../names.ts';
import { jwkSource } from '../sources/sources.ts';
import {
  type CreateJwkOptions,
  type CreateJwkRequest,
  checkSourceType,
  readSource,
  sourceReference,
} from './create-jwk.ts';
import { desireJwk, type JwkRuleNouns, jwkColumns, refuseGoneSource } from './insert-jwk.ts';
import { jwkEvent } from './jwk-event.ts';
import type { JwkNouns, SourceReference, StoredJwk } from './jwk-store.ts';
import { underFreeKidStill, withKidSince } from './published-kid.ts';
import { checkFollow, type Follow, followOf, followRefresh } from './refresh/follow.ts';
import { openPrivateJwk } from './sealed-members.ts';

export type UpdateJwk = (
  scope: ProjectScope,
  name: string,
  request: CreateJwkRequest,
) => Promise<ChangeResult>;

export function createJwkUpdater(options: CreateJwkOptions): UpdateJwk {
  return async (scope, given, request) => {
    const before = await options.store.read((nouns) => found(nouns, scope.projectId, given));
    refuseOtherName(request.name, before.name, 'JWK name');
    const described = withDescription(before, request.description);
    const { changed, follow, kidGivesWay, warnings } = isNewValue(request)
      ? await withNewValue(options, scope, { before: described, request })
      : { changed: detached(described), follow: undefined, kidGivesWay: false, warnings: [] };
    const prepared = { ...changed, updatedAt: laterThan(before.updatedAt, options.clock()) };
    const targets = await options.store.write(async (nouns) => {
      await refuseRaced(nouns, before);
      await refuseGoneSource(nouns, prepared);
      const opened = { stored: prepared, jwk: openPrivateJwk(options.sealer, prepared) };
      const named = await underFreeKidStill(nouns, before, { ...opened, kidGivesWay });
      const { jwk } = named;
      const stored = withKidSince(before, named.stored);
      await nouns.jwks.update(stored);
      if (follow) await nouns.refreshes.put(followRefresh(stored, follow));
      else await nouns.refreshes.delete(stored.id);
      const desired = await desireJwk(nouns, { scope, stored, jwk });
      await record(nouns, options, { scope, stored });
      await scope.once?.keep(nouns, { targets: desired.targets, verb: 'deploy', warnings });
      return desired.targets;
    });
    return withWarnings(await options.deployments.deploy(targets, 'deploy'), warnings);
  };
}

async function found(nouns: JwkNouns, projectId: string, name: string): Promise<StoredJwk> {
  const stored = await nouns.jwks.find(projectId, lookupName(name));
  if (stored) return stored;
  throw badRequest(`JWK (name: ${shownText(name)}) is not found! Try create operation.`, {
    reason: 'NOT_FOUND',
    member: 'name',
  });
}

/** Left out, it stays; empty, it goes. */
function withDescription(before: StoredJwk, description: string | undefined): StoredJwk {
  return description === undefined
    ? before
    : { ...before, description: description === '' ? null : description };
}

function isNewValue({ name: _name, description: _description, ...value }: CreateJwkRequest): boolean {
  return Object.values(value).some((member) => member !== undefined);
}

/** As it is, but no longer made from anything. */
export function detached(before: StoredJwk): StoredJwk {
  // How a generated password is to be used belongs to the key, not to a source.
  const { passwordSaltLength, passwordIterationCount } = before.source;
  const source = passwordSaltLength === undefined ? {} : { passwordSaltLength, passwordIterationCount };
  return { ...before, sourceId: null, sourceUrl: null, source: source as SourceReference };
}

async function withNewValue(
  options: CreateJwkOptions,
  scope: ProjectScope,
  { before, request }: { before: StoredJwk; request: CreateJwkRequest },
): Promise<{
  readonly changed: StoredJwk;
  readonly follow: Follow | undefined;
  readonly kidGivesWay: boolean;
  readonly warnings: readonly string[];
}> {
  const sourceType = checkSourceType(request.sourceType);
  const source = jwkSource(sourceType);
  source.checkFields(request);
  const intervalMs = sourceType === 'URL' ? checkFollow(request) : undefined;
  const { sourced, jwk, warnings, kidGivesWay } = await options.withSourceWorld(scope.projectId, (world) =>
    readSource(source, request, world),
  );
  const { sourceId, sourceUrl, notBeforeTime, expirationTime } = sourced;
  const changed = {
    ...before,
    sourceType,
    sourceId,
    sourceUrl,
    notBeforeTime,
    expirationTime,
    source: sourceReference(sourceType, request),
    ...jwkColumns(options.sealer, before.id, jwk),
  };
  return { changed, follow: followOf(intervalMs, sourced), kidGivesWay, warnings };
}

/** The new value was made from what was there; whoever changed or replaced it meanwhile came first. */
async function refuseRaced(nouns: JwkNouns, before: StoredJwk): Promise<void> {
  const now = await found(nouns, before.projectId, before.name);
  if (now.id === before.id && now.updatedAt.getTime() === before.updatedAt.getTime()) return;
  throw new KeyplaneError(
    'conflict',
    `JWK (name: ${before.name}) was changed by another request. Try again!`,
  );
}

async function record(
  nouns: JwkRuleNouns,
  { audit }: CreateJwkOptions,
  { scope, stored }: { scope: ProjectScope; stored: StoredJwk },
): Promise<void> {
  const { sourceType, kid, type, sourceId, sourceUrl } = stored;
  const details = { sourceType, type, kid, detached: sourceId === null && sourceUrl === null };
  await audit.append(nouns, jwkEvent('update', scope, stored, details));
}
