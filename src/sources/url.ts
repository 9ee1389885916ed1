import { badRequest } from '../errors.ts';
import { parseJson } from '../jose/json.ts';
import { selectKey } from '../jose/key-set.ts';
import { askedKid, type JwkSource, requireFields, type SourceRequest } from './jwk-source.ts';
import { fetchLimitDefaults, fetchLimitMaxima } from './safe-fetch/safe-fetch.ts';

const options = [
  { field: 'urlOptionConnectTimeout', limit: 'connectTimeoutMs', unit: 'milliseconds' },
  { field: 'urlOptionReadTimeout', limit: 'readTimeoutMs', unit: 'milliseconds' },
  { field: 'urlOptionSizeLimit', limit: 'sizeLimitBytes', unit: 'bytes' },
] as const;

/** A JWK or a JWK Set behind an http or https address. */
export const urlSource: JwkSource = {
  fields: ['url', 'urlOptionConnectTimeout', 'urlOptionReadTimeout', 'urlOptionSizeLimit', 'kid'],
  checkFields(request) {
    requireFields(request, 'URL', ['url']);
    for (const { field, limit, unit } of options) {
      const value = request[field] ?? fetchLimitDefaults[limit];
      const most = fetchLimitMaxima[limit];
      if (!Number.isInteger(value) || value < 1 || value > most) {
        throw badRequest(`${field} (${value}) is not valid! It takes 1 to ${most} ${unit}`);
      }
    }
  },
  async read(request, world) {
    const url = request.url?.trim() ?? '';
    const text = await world.fetchJson(url, fetchLimits(request));
    const raw = selectKey(parseJson(text, 'Answer of the URL'), askedKid(request));
    return { raw, notBeforeTime: null, expirationTime: null, sourceId: null, sourceUrl: url };
  },
};

function fetchLimits(request: SourceRequest) {
  return {
    connectTimeoutMs: request.urlOptionConnectTimeout ?? fetchLimitDefaults.connectTimeoutMs,
    readTimeoutMs: request.urlOptionReadTimeout ?? fetchLimitDefaults.readTimeoutMs,
    sizeLimitBytes: request.urlOptionSizeLimit ?? fetchLimitDefaults.sizeLimitBytes,
  };
}
