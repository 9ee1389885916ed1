// What a request to decrypt may ask for.

import { badRequest } from '../../errors.ts';
import { isJsonObject } from '../../jose/json.ts';
import { notValid, optionalText, type RequestMembers } from '../request-members.ts';
import type { JweToDecrypt } from './decrypt-jwe.ts';

export const decryptMembers = Object.freeze(['jwe', 'senderJwkName'] as const);
export type DecryptMembers = RequestMembers<(typeof decryptMembers)[number]>;

export interface DecryptRequest extends Pick<JweToDecrypt, 'jwe'> {
  readonly senderJwkName: string | undefined;
}

/** @throws KeyplaneError `bad_request` */
export function readDecryptRequest({ jwe, senderJwkName }: DecryptMembers): DecryptRequest {
  if (jwe === undefined) throw badRequest('jwe is required!', { reason: 'FIELD_REQUIRED', member: 'jwe' });
  if (typeof jwe !== 'string' && !isJsonObject(jwe)) {
    throw notValid('jwe', 'jwe must be a string (COMPACT) or a JSON object (FLATTENED, GENERAL)!');
  }
  return { jwe, senderJwkName: optionalText('senderJwkName', senderJwkName) };
}
