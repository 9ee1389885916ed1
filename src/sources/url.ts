import { badRequest } from '../errors.ts';
import { inspectedOf } from './inspected-key.ts';
import {
  type JwkSource,
  readRequestedUsage,
  requestedKid,
  requireFields,
  type SourceRequest,
} from './jwk-source.ts';
import { fetchLimitDefaults, fetchLimitMaxima } from './safe-fetch/safe-fetch.ts';
import { listKeysFrom, selectKeyFrom } from './select-key.ts';

const options = [
  { field: 'urlOptionConnectTimeout', limit: 'connectTimeoutMs', unit: 'milliseconds' },
  { field: 'urlOptionReadTimeout', limit: 'readTimeoutMs', unit: 'milliseconds' },
  { field: 'urlOptionSizeLimit', limit: 'sizeLimitBytes', unit: 'bytes' },
] as const;

/** Starts the text of an error in what a URL returned. */
export const urlAnswer = 'Answer of the URL';

/** A JWK or a JWK Set behind an http or https address. */
export const urlSource: JwkSource = {
  label: 'URL',
  required: ['url'],
  keepsUsage: true,
  fields: [
    'url',
    'urlOptionConnectTimeout',
    'urlOptionReadTimeout',
    'urlOptionSizeLimit',
    'kid',
    'useType',
    'algorithm',
    'refreshInterval',
  ],
  keyMember: 'url',
  checkFields(request) {
    requireFields(request, 'URL', ['url']);
    readRequestedUsage(request);
    for (const { field, limit, unit } of options) {
      const value = request[field] ?? fetchLimitDefaults[limit];
      const most = fetchLimitMaxima[limit];
      if (!Number.isInteger(value) || value < 1 || value > most) {
        throw badRequest(`${field} (${value}) is not valid! It takes 1 to ${most} ${unit}`, {
          reason: 'FIELD_NOT_VALID',
          member: field,
        });
      }
    }
  },
  async read(request, context) {
    const url = request.url?.trim() ?? '';
    const answer = await context.fetchDocument(url, fetchLimitsOf(request), {});
    const kid = requestedKid(request);
    const raw = await selectKeyFrom({ content: answer.body, what: urlAnswer }, kid);
    const { etag = null, lastModified = null } = answer;
    const origin = { notBeforeTime: null, expirationTime: null, sourceId: null, sourceUrl: url };
    return {
      raw,
      ...(kid !== undefined && { kid }),
      requestedUsage: readRequestedUsage(request),
      ...origin,
      validators: { etag, lastModified },
    };
  },
  async inspect(request, context) {
    urlSource.checkFields(request);
    const answer = await context.fetchDocument(request.url?.trim() ?? '', fetchLimitsOf(request), {});
    const { keys, total } = await listKeysFrom({ content: answer.body, what: urlAnswer });
    return inspectedOf(keys, total);
  },
};

/** What a request says of them, or the defaults. */
export function fetchLimitsOf(
  request: Pick<SourceRequest, 'urlOptionConnectTimeout' | 'urlOptionReadTimeout' | 'urlOptionSizeLimit'>,
) {
  return {
    connectTimeoutMs: request.urlOptionConnectTimeout ?? fetchLimitDefaults.connectTimeoutMs,
    readTimeoutMs: request.urlOptionReadTimeout ?? fetchLimitDefaults.readTimeoutMs,
    sizeLimitBytes: request.urlOptionSizeLimit ?? fetchLimitDefaults.sizeLimitBytes,
  };
}
