import { inspectedOf } from './inspected-key.ts';
import {
  type JwkSource,
  readRequestedUsage,
  requestedKid,
  requireFields,
  type SourceRequest,
} from './jwk-source.ts';
import { listKeysFrom, selectKeyFrom } from './select-key.ts';

/** A JWK or a JWK Set as text. */
export const copyPasteSource: JwkSource = {
  label: 'JWK or JWK Set',
  required: ['jwkStr'],
  fields: ['jwkStr', 'kid', 'useType', 'algorithm'],
  needsNoIo: true,
  keyMember: 'jwkStr',
  checkFields(request) {
    requireFields(request, 'COPY_PASTE', ['jwkStr']);
    readRequestedUsage(request);
  },
  async read(request) {
    const kid = requestedKid(request);
    const raw = await selectKeyFrom(documentOf(request), kid);
    const origin = { notBeforeTime: null, expirationTime: null, sourceId: null, sourceUrl: null };
    return { raw, ...(kid !== undefined && { kid }), requestedUsage: readRequestedUsage(request), ...origin };
  },
  async inspect(request) {
    requireFields(request, 'COPY_PASTE', ['jwkStr']);
    const { keys, total } = await listKeysFrom(documentOf(request));
    return inspectedOf(keys, total);
  },
};

function documentOf({ jwkStr = '' }: SourceRequest) {
  return { content: jwkStr, what: 'JWK string' };
}
