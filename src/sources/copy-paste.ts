import { inspectedOf } from './inspected-key.ts';
import { askedKid, type JwkSource, readWish, requireFields, type SourceRequest } from './jwk-source.ts';
import { listKeysFrom, selectKeyFrom } from './select-key.ts';

/** A JWK or a JWK Set as text. */
export const copyPasteSource: JwkSource = {
  label: 'JWK or JWK Set',
  required: ['jwkStr'],
  fields: ['jwkStr', 'kid', 'useType', 'algorithm'],
  isAtHand: true,
  keyMember: 'jwkStr',
  checkFields(request) {
    requireFields(request, 'COPY_PASTE', ['jwkStr']);
    readWish(request);
  },
  async read(request) {
    const kid = askedKid(request);
    const raw = await selectKeyFrom(documentOf(request), kid);
    const origin = { notBeforeTime: null, expirationTime: null, sourceId: null, sourceUrl: null };
    return { raw, ...(kid !== undefined && { kid }), wish: readWish(request), ...origin };
  },
  async inspect(request) {
    requireFields(request, 'COPY_PASTE', ['jwkStr']);
    const { keys, total } = await listKeysFrom(documentOf(request));
    return inspectedOf(keys, total);
  },
};

function documentOf({ jwkStr = '' }: SourceRequest) {
  return { text: jwkStr, what: 'JWK string' };
}
