// What a request to decrypt may ask for.

import { badRequest } from '../../errors.ts';
import { isJsonObject } from '../../jose/json.ts';
import { notValid, optionalText, pickMembers, type RequestBody } from '../request-members.ts';
import type { JweToDecrypt } from './decrypt-jwe.ts';

export interface DecryptRequest extends Pick<JweToDecrypt, 'jwe'> {
  readonly senderJwkName: string | undefined;
}

/** @throws KeyplaneError `bad_request` */
export function readDecryptRequest(body: RequestBody): DecryptRequest {
  const { jwe, senderJwkName } = pickMembers(body.members, ['jwe', 'senderJwkName']);
  if (jwe === undefined) throw badRequest('jwe is required!', { reason: 'FIELD_REQUIRED', member: 'jwe' });
  if (typeof jwe !== 'string' && !isJsonObject(jwe)) {
    throw notValid('jwe', 'jwe must be a string (COMPACT) or a JSON object (FLATTENED, GENERAL)!');
  }
  return { jwe, senderJwkName: optionalText('senderJwkName', senderJwkName) };
}
