import { badRequest } from '../errors.ts';
import { jwkFromKeyContent } from '../jose/key-pem.ts';
import { publicMembersOf } from '../jose/public-part.ts';
import type { JwkSource } from './jwk-source.ts';
import {
  checkStoredKeyFields,
  findStoredKey,
  fromStoredKey,
  inspectStoredKey,
  kidOfMaterial,
  requiredOfStoredKey,
  storedKeyFields,
} from './stored-key.ts';

/** The public half of a stored public or private key. */
export const publicKeySource: JwkSource = {
  label: 'Public key',
  required: requiredOfStoredKey,
  fields: storedKeyFields,
  kidDescription: kidOfMaterial,
  keyMember: 'keyName',
  checkFields(request) {
    checkStoredKeyFields(request, 'PUBLIC_KEY');
  },
  async read(request, context) {
    const material = await findStoredKey(request, context);
    if (material.keyType === 'SECRET_KEY') {
      const what = `Key (name: ${request.keyName}) is a SECRET_KEY, which has no public half!`;
      throw badRequest(`${what} Use source type PRIVATE_KEY`);
    }
    const { jwk, restriction } = jwkFromKeyContent(material.content);
    return fromStoredKey(request, material, { raw: publicMembersOf(jwk), restriction });
  },
  async inspect(request, context) {
    return inspectStoredKey(request, context, 'PUBLIC_KEY');
  },
};
