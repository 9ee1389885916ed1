// Update JWK: its description, or a new value from any source under the rules of Create JWK. Its name stays.
// Without a new source it is detached from the one it had. A refused update changes nothing anywhere.

import type { ProjectScope } from '../access/caller.ts';
import { type ChangeResult, withWarnings } from '../deployments/deployment-result.ts';
import { badRequest, KeyplaneError } from '../errors.ts';
import { laterThan, requireSameName } from '../materials/optimistic-update.ts';
import { lookupName, requireNoMember, shownText } from '../names.ts';
import { jwkSource } from '../sources/sources.ts';
import { readAllowances } from './allowances.ts';
import {
  type CreateJwkOptions,
  type CreateJwkRequest,
  checkSourceType,
  readSource,
  sourceReference,
} from './create-jwk.ts';
import { noteExpiration } from './expiration/expiration-notice.ts';
import { type JwkRuleStores, jwkColumns, putDesiredJwk, requireSource } from './insert-jwk.ts';
import { jwkEvent, recordJwkEvent } from './jwk-event.ts';
import type { JwkStores, SourceReference, StoredJwk } from './jwk-store.ts';
import { withFreeKidOnUpdate, withKidSince } from './published-kid.ts';
import {
  checkRefreshInterval,
  firstRefresh,
  type RefreshSchedule,
  refreshScheduleOf,
} from './refresh/refresh-schedule.ts';
import type { MemberRingStores } from './ring-member.ts';
import { openPrivateJwk } from './sealed-members.ts';

export type UpdateJwk = (
  scope: ProjectScope,
  name: string,
  request: CreateJwkRequest,
) => Promise<ChangeResult>;

export function jwkUpdate(options: CreateJwkOptions): UpdateJwk {
  return async (scope, given, request) => {
    const before = await options.store.read((stores) => requireOwnJwk(stores, scope.projectId, given));
    requireSameName(request.name, before.name, 'JWK name');
    const described = withDescription(before, request.description);
    const { changed, follow, canReplaceKid, warnings } = isNewValue(request)
      ? await withNewValue(options, scope, { before: described, request })
      : { changed: detached(described), follow: undefined, canReplaceKid: false, warnings: [] };
    const { operations: former, ...rest } = changed;
    const operations = readAllowances(request, {
      key: openPrivateJwk(options.sealer, changed),
      source: changed.source,
      before: former,
    });
    const updatedAt = laterThan(before.updatedAt, options.clock());
    const prepared: StoredJwk = { ...rest, updatedAt, ...(operations && { operations }) };
    const targets = await options.store.write(async (stores) => {
      await requireUnchanged(stores, before);
      await requireSource(stores, prepared);
      const opened = { stored: prepared, jwk: openPrivateJwk(options.sealer, prepared) };
      const named = await withFreeKidOnUpdate(stores, before, { ...opened, canReplaceKid });
      const { jwk } = named;
      const stored = withKidSince(before, named.stored);
      await stores.jwks.update(stored);
      if (follow) await stores.refreshes.put(firstRefresh(stored, follow));
      else await stores.refreshes.delete(stored.id);
      const desired = await putDesiredJwk(stores, { scope, stored, jwk }, options.onUnreadable);
      await record(stores, options, { scope, stored });
      await scope.once?.save(stores, { targets: desired.targets, verb: 'deploy', warnings });
      return desired.targets;
    });
    return withWarnings(await options.deployments.deploy(targets, 'deploy'), warnings);
  };
}

async function requireJwk(stores: JwkStores, projectId: string, name: string): Promise<StoredJwk> {
  const stored = await stores.jwks.find(projectId, lookupName(name));
  if (stored) return stored;
  throw badRequest(`JWK (name: ${shownText(name)}) is not found! Try create operation.`, {
    reason: 'NOT_FOUND',
    member: 'name',
  });
}

/** @throws KeyplaneError `bad_request` for a JWK that belongs to a key ring, too */
async function requireOwnJwk(
  stores: JwkStores & MemberRingStores,
  projectId: string,
  name: string,
): Promise<StoredJwk> {
  const stored = await requireJwk(stores, projectId, name);
  await requireNoMember(stores, stored);
  return stored;
}

/** If left out, it is kept; if empty, it is removed. */
function withDescription(before: StoredJwk, description: string | undefined): StoredJwk {
  return description === undefined
    ? before
    : { ...before, description: description === '' ? null : description };
}

function isNewValue({
  name: _name,
  description: _description,
  allowRsa15: _rsa15,
  allowCompressed: _compressed,
  maxIterationCount: _iterations,
  ...value
}: CreateJwkRequest): boolean {
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
  readonly follow: RefreshSchedule | undefined;
  readonly canReplaceKid: boolean;
  readonly warnings: readonly string[];
}> {
  const sourceType = checkSourceType(request.sourceType);
  const source = jwkSource(sourceType);
  source.checkFields(request);
  const intervalMs = sourceType === 'URL' ? checkRefreshInterval(request) : undefined;
  const { sourced, jwk, warnings, canReplaceKid } = await options.withSourceContext(
    scope.projectId,
    (context) => readSource(source, request, context),
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
  return { changed, follow: refreshScheduleOf(intervalMs, sourced), canReplaceKid, warnings };
}

/** The new value was computed from the previous row; a concurrent change or replacement wins. */
async function requireUnchanged(stores: JwkStores, before: StoredJwk): Promise<void> {
  const now = await requireJwk(stores, before.projectId, before.name);
  if (now.id === before.id && now.updatedAt.getTime() === before.updatedAt.getTime()) return;
  throw new KeyplaneError(
    'conflict',
    `JWK (name: ${before.name}) was changed by another request. Try again!`,
  );
}

async function record(
  stores: JwkRuleStores,
  { audit }: CreateJwkOptions,
  { scope, stored }: { scope: ProjectScope; stored: StoredJwk },
): Promise<void> {
  const { sourceType, kid, type, sourceId, sourceUrl } = stored;
  const details = { sourceType, type, kid, detached: sourceId === null && sourceUrl === null };
  await audit.append(stores, jwkEvent('update', scope, stored, details));
  await recordJwkEvent(stores, 'jwk.updated', stored, { at: stored.updatedAt, facts: { sourceType } });
  await noteExpiration(stores, stored, stored.updatedAt);
}
