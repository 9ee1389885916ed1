// Create JWK: from a request to a stored, sealed and desired key in one transaction, and then out to the nodes.
// Refused before anything is stored: a name that is taken, a source that is not there, a key that is not sound.

import type { ProjectScope } from '../access/caller.ts';
import type { ChangeResult } from '../deployments/deployment-result.ts';
import { atMember, badRequest } from '../errors.ts';
import { checkName, shownText } from '../names.ts';
import type { JwkSource, SourceContext, SourceRequest } from '../sources/jwk-source.ts';
import { type SourceField, sourceField } from '../sources/source-fields.ts';
import { jwkSource, type SourceType, sourceTypes } from '../sources/sources.ts';
import { type AllowanceRequest, readAllowances } from './allowances.ts';
import { insertJwk, type JwkRuleOptions, requireFreeName } from './insert-jwk.ts';
import { hasDefaultKid, jwkFromSource } from './jwk-from-source.ts';
import type { SourceReference } from './jwk-store.ts';
import { checkRefreshInterval, refreshScheduleOf } from './refresh/refresh-schedule.ts';
import type { WithSourceContext } from './source-context.ts';

export interface CreateJwkOptions extends JwkRuleOptions {
  readonly withSourceContext: WithSourceContext;
}

export interface CreateJwkRequest extends SourceRequest, AllowanceRequest {
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  readonly sourceType?: string | undefined;
}

export type CreateJwk = (scope: ProjectScope, request: CreateJwkRequest) => Promise<ChangeResult>;

export function jwkCreation(options: CreateJwkOptions): CreateJwk {
  return async (scope, request) => {
    const name = checkName(request.name, 'JWK name');
    const sourceType = checkSourceType(request.sourceType);
    const source = jwkSource(sourceType);
    const requireFreeNameFirst = () =>
      options.store.read((stores) => requireFreeName(stores, scope.projectId, name));
    // The name is checked before anything is fetched or opened. A source without I/O is read first, and the transaction
    // checks the name; only if the source fails is the name checked before, so that a taken name is always reported
    // first.
    if (!source.needsNoIo) await requireFreeNameFirst();
    const intervalMs = sourceType === 'URL' ? checkRefreshInterval(request) : undefined;
    const { sourced, jwk, warnings, canReplaceKid } = await options
      .withSourceContext(scope.projectId, (context) => readSource(source, request, context))
      .catch(async (error: unknown) => {
        if (source.needsNoIo) await requireFreeNameFirst();
        throw error;
      });
    const { sourceId, sourceUrl, notBeforeTime, expirationTime } = sourced;
    const reference = sourceReference(sourceType, request);
    return insertJwk(options, scope, {
      name,
      sourceType,
      sourceId,
      sourceUrl,
      notBeforeTime,
      expirationTime,
      jwk,
      warnings,
      description: request.description ?? null,
      source: reference,
      operations: readAllowances(request, { key: jwk, source: reference }),
      canReplaceKid,
      follow: refreshScheduleOf(intervalMs, sourced),
    });
  };
}

/** Its result leaves out the key as it was found, which may be large. */
export async function readSource(source: JwkSource, request: SourceRequest, context: SourceContext) {
  source.checkFields(request);
  try {
    const { raw, ...sourced } = await source.read(request, context);
    const whole = { ...sourced, raw };
    return { sourced, ...(await jwkFromSource(whole)), canReplaceKid: hasDefaultKid(whole) };
  } catch (error) {
    throw atMember(source.keyMember, error);
  }
}

export function checkSourceType(value: string | undefined): SourceType {
  if (value === undefined || value.trim() === '')
    throw badRequest('Source type is required!', { reason: 'FIELD_REQUIRED', member: 'sourceType' });
  const known = sourceTypes.find((name) => name === value);
  if (known) return known;
  const valid = `Valid values: ${sourceTypes.join(', ')}`;
  const generate = '. To generate a key use POST /apiops/projects/{projectName}/jwks/generate';
  const hint = value.toUpperCase() === 'GENERATE' ? generate : '';
  throw badRequest(`Source type (${shownText(value)}) is not valid! ${valid}${hint}`, {
    reason: 'FIELD_NOT_VALID',
    member: 'sourceType',
  });
}

/**
 * The request's members that identify the key in its source, so that the JWK can be read again. Members with their own
 * column are left out, except for a URL, whose columns hold the key's own use and algorithm.
 */
export function sourceReference(sourceType: SourceType, request: SourceRequest): SourceReference {
  const { fields, keepsUsage } = jwkSource(sourceType);
  const isKept = (field: SourceField) =>
    sourceField(field).isKept === true || (keepsUsage && (field === 'useType' || field === 'algorithm'));
  const kept = fields
    .filter(isKept)
    .map((field) => [field, request[field]] as const)
    .filter(([, value]) => value !== undefined && value !== '');
  return Object.fromEntries(kept);
}
