import { parseJson } from '../jose/json.ts';
import { selectKey } from '../jose/key-set.ts';
import { type JwkSource, requireFields } from './jwk-source.ts';

/** A JWK or a JWK Set as text. */
export const copyPasteSource: JwkSource = {
  fields: ['jwkStr', 'kid'],
  checkFields(request) {
    requireFields(request, 'COPY_PASTE', ['jwkStr']);
  },
  async read({ jwkStr = '', kid }) {
    const raw = selectKey(parseJson(jwkStr, 'JWK string'), kid);
    return { raw, notBeforeTime: null, expirationTime: null, sourceId: null, sourceUrl: null };
  },
};
