import { badRequest } from '../errors.ts';
import { jwkFromKeyContent } from '../jose/key-pem.ts';
import type { JwkSource } from './jwk-source.ts';
import {
  checkStoredKeyFields,
  findStoredKey,
  fromStoredKey,
  inspectStoredKey,
  kidOfMaterial,
  octFromSecret,
  requiredOfStoredKey,
  storedKeyFields,
} from './stored-key.ts';

/** A stored private key whole, or a stored secret key as an OCT JWK. */
export const privateKeySource: JwkSource = {
  label: 'Private key',
  required: requiredOfStoredKey,
  fields: storedKeyFields,
  kidDescription: kidOfMaterial,
  keyMember: 'keyName',
  checkFields(request) {
    checkStoredKeyFields(request, 'PRIVATE_KEY');
  },
  async read(request, context) {
    const material = await findStoredKey(request, context);
    if (material.keyType === 'PUBLIC_KEY') {
      const what = `Key (name: ${request.keyName}) is a PUBLIC_KEY, which has no private half!`;
      throw badRequest(`${what} Use source type PUBLIC_KEY`);
    }
    if (material.keyType === 'SECRET_KEY') {
      return fromStoredKey(request, material, { raw: octFromSecret(material) });
    }
    const { jwk, restriction } = jwkFromKeyContent(material.content);
    return fromStoredKey(request, material, { raw: jwk, restriction });
  },
  async inspect(request, context) {
    return inspectStoredKey(request, context, 'PRIVATE_KEY');
  },
};
