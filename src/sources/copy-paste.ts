import { parseJson } from '../jose/json.ts';
import { selectKey } from '../jose/key-set.ts';
import { inspectedOf } from './inspected-key.ts';
import { askedKid, type JwkSource, requireFields } from './jwk-source.ts';
import { listKeysFrom } from './select-key.ts';

/** A JWK or a JWK Set as text. */
export const copyPasteSource: JwkSource = {
  fields: ['jwkStr', 'kid'],
  isAtHand: true,
  checkFields(request) {
    requireFields(request, 'COPY_PASTE', ['jwkStr']);
  },
  async read(request) {
    const raw = selectKey(parseJson(request.jwkStr ?? '', 'JWK string'), askedKid(request));
    return { raw, notBeforeTime: null, expirationTime: null, sourceId: null, sourceUrl: null };
  },
  async inspect(request) {
    requireFields(request, 'COPY_PASTE', ['jwkStr']);
    const { keys, total } = await listKeysFrom({ text: request.jwkStr ?? '', what: 'JWK string' });
    return inspectedOf(keys, total);
  },
};
