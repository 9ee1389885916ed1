import { isDeepStrictEqual } from 'node:util';
import { isKeyplaneError } from '../../errors.ts';
import type { PrivateJwk } from '../../jose/jwk.ts';
import { thumbprint } from '../../jose/thumbprint.ts';
import { readRequestedUsage, type SourceContext } from '../../sources/jwk-source.ts';
import type { FetchedDocument } from '../../sources/safe-fetch/safe-fetch.ts';
import { selectKeyAgain } from '../../sources/select-key.ts';
import { fetchLimitsOf, urlAnswer } from '../../sources/url.ts';
import { jwkFromSource } from '../jwk-from-source.ts';
import type { StoredJwk } from '../jwk-store.ts';
import type { Refresh, SourceState } from './refresh-store.ts';

export type UrlCheck =
  /** `jwk` undefined: nothing changed. */
  | {
      readonly state: 'FRESH';
      readonly jwk: PrivateJwk | undefined;
      readonly warnings: readonly string[];
      readonly answer: Omit<FetchedDocument, 'body'>;
    }
  | { readonly state: Exclude<SourceState, 'FRESH'>; readonly reason: string };

/** Fetches a JWK's URL again and reports the state of its key there. @throws only for internal errors */
export async function checkUrl(
  context: SourceContext,
  refresh: Refresh,
  { stored, jwk: old }: { readonly stored: StoredJwk; readonly jwk: PrivateJwk },
): Promise<UrlCheck> {
  try {
    const answer = await context.fetchDocument(
      stored.sourceUrl ?? '',
      fetchLimitsOf(stored.source),
      conditionsOf(refresh),
    );
    if (answer.notModified) return { state: 'FRESH', jwk: undefined, warnings: [], answer };
    const followed = { requestedKid: stored.source.kid, kid: stored.kid, thumbprint: thumbprint(old) };
    const raw = await selectKeyAgain({ content: answer.body, what: urlAnswer }, followed);
    const origin = { notBeforeTime: null, expirationTime: null, sourceId: null, sourceUrl: stored.sourceUrl };
    const { jwk, warnings } = await jwkFromSource({
      raw,
      requestedUsage: readRequestedUsage(stored.source),
      ...origin,
    });
    const isSame = isDeepStrictEqual({ ...jwk }, { ...old });
    return { state: 'FRESH', jwk: isSame ? undefined : jwk, warnings, answer };
  } catch (error) {
    // Missing capacity of the manager is no state of the URL.
    if (!isKeyplaneError(error) || error.status >= 500 || error.code === 'rate_limit_exceeded') throw error;
    return { state: error.reason === 'KEY_NOT_FOUND' ? 'GONE' : 'FAILING', reason: error.message };
  }
}

/**
 * Only a URL that was read successfully is requested conditionally: "not modified" must never confirm a failed response.
 */
function conditionsOf({ state, etag, lastModified }: Refresh) {
  if (state !== 'FRESH') return {};
  return { ...(etag !== null && { etag }), ...(lastModified !== null && { lastModified }) };
}
