// Tokens of a TOKEN credential, one after the other: the current one, and those that it replaced for as long as they overlap.

import { badRequest } from '../errors.ts';
import { parseDuration } from '../iso-duration.ts';
import { lookupName, shownText } from '../names.ts';
import {
  type Application,
  type ApplicationToken,
  defaultCredentialName,
  isTokenCredential,
  type TokenCredential,
} from './application.ts';

const longestOverlapMs = 30 * 24 * 3600 * 1000;
/** Nodes are sent them all. */
const mostTokens = 10;

/** Milliseconds; without an overlap the old token ends at once. @throws KeyplaneError `bad_request` */
export function readOverlap(text: string | undefined): number {
  if (text === undefined) return 0;
  const overlapMs = parseDuration(text);
  if (overlapMs !== undefined && overlapMs <= longestOverlapMs) return overlapMs;
  throw badRequest(
    `overlap (${shownText(text)}) is not valid! It takes an ISO 8601 duration of at most P30D, such as PT1H`,
    { reason: 'FIELD_NOT_VALID', member: 'overlap' },
  );
}

/**
 * The TOKEN credential of this name; without a name the only one, or the one named `default`.
 * @throws KeyplaneError `bad_request`
 */
export function requireTokenCredential(application: Application, given: string | undefined): TokenCredential {
  const title = `application (name: ${application.name})`;
  const own = application.credentials.filter(isTokenCredential);
  if (given === undefined) {
    const found = own.length === 1 ? own[0] : own.find(({ name }) => name === defaultCredentialName);
    if (found) return found;
    const text =
      own.length === 0
        ? `A${title.slice(1)} has no TOKEN credential! Give it one with PUT.`
        : `A${title.slice(1)} has ${own.length} TOKEN credentials! Give credentialName.`;
    throw badRequest(text, {
      reason: own.length === 0 ? 'NOT_FOUND' : 'FIELD_REQUIRED',
      member: 'credentialName',
    });
  }
  const found = own.find(({ name }) => name === lookupName(given));
  if (found) return found;
  throw badRequest(`Credential (name: ${shownText(given)}) of ${title} is not found!`, {
    reason: 'NOT_FOUND',
    member: 'credentialName',
  });
}

/** The tokens after the current one was replaced: no former one is valid for longer than the overlap. */
export function replaceToken(
  tokens: readonly ApplicationToken[],
  hash: string,
  { now, overlapMs, title }: { readonly now: Date; readonly overlapMs: number; readonly title: string },
): readonly ApplicationToken[] {
  const overlapEnd = new Date(now.getTime() + overlapMs);
  const former = tokens
    .map((token): ApplicationToken => {
      const { validUntil } = token;
      return validUntil !== null && validUntil < overlapEnd ? token : { ...token, validUntil: overlapEnd };
    })
    .filter(({ validUntil }) => validUntil === null || validUntil > now);
  if (former.length < mostTokens) return [{ hash, validUntil: null }, ...former];
  throw badRequest(
    `${title} has ${former.length} former tokens that are still valid! Give no overlap to end them all.`,
    { reason: 'CONFLICT', member: 'overlap' },
  );
}
