import { z } from 'zod';
import { keyIdTypes } from '../../jwks/generate/generate-plan.ts';
import { named } from '../openapi/named.ts';
import { descriptionMember } from '../requests/body-schemas.ts';

const text = (description: string) => z.string().optional().describe(description);
const whole = (description: string) => z.number().int().optional().describe(description);

const everyType = {
  keyUseType: text('SIGNATURE (the default, but for X25519 and X448) or ENCRYPTION'),
  algorithm: text(
    'JOSE name, also with underscores (RSA_OAEP_256) and as RSA256; default: the first that fits',
  ),
  keyIdType: text(`How a kid is made where none is given: ${keyIdTypes.join(', ')}; default TIMESTAMP`),
  notBeforeTime: text('ISO 8601; default now'),
  expirationTime: text('ISO 8601; default a year after notBeforeTime'),
};
const curve = (names: string) => z.strictObject({ curveType: text(names), ...everyType }).optional();

/** Generate JWK: `type` and the one object that it names. */
export const generateJwkBody = named(
  'GenerateJwk',
  z.strictObject({
    name: text('JWK name, unique within the project'),
    description: descriptionMember(),
    type: text('RSA, EC, OCT or OKP'),
    kid: text('Given to the key as it is'),
    rsa: z.strictObject({ keySize: whole('2048, 3072 or 4096 bits'), ...everyType }).optional(),
    ec: curve('P256, P384, P521 or SECP256K1'),
    oct: z
      .strictObject({
        keySize: whole('128, 192, 256, 384 or 512 bits'),
        passwordSaltLength: whole('Octets of salt for PBES2, 8 or more, default 8'),
        passwordIterationCount: whole('Iterations for PBES2, 1000 or more, default 1000'),
        ...everyType,
      })
      .optional(),
    okp: curve('ED25519, X25519, ED448 or X448'),
  }),
);
