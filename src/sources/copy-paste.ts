import { inspectedOf } from './inspected-key.ts';
import { askedKid, type JwkSource, requireFields, type SourceRequest } from './jwk-source.ts';
import { listKeysFrom, selectKeyFrom } from './select-key.ts';

/** A JWK or a JWK Set as text. */
export const copyPasteSource: JwkSource = {
  fields: ['jwkStr', 'kid'],
  isAtHand: true,
  checkFields(request) {
    requireFields(request, 'COPY_PASTE', ['jwkStr']);
  },
  async read(request) {
    const raw = await selectKeyFrom(documentOf(request), askedKid(request));
    return { raw, notBeforeTime: null, expirationTime: null, sourceId: null, sourceUrl: null };
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
