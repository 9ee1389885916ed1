import { z } from 'zod';
import { keyTypeMember, keyTypeName } from '../../jose/key-type-name.ts';
import {
  type GeneratedKeyType,
  generatedKeyTypes,
  generationValues,
  keyTypeInfo,
} from '../../jose/key-types.ts';
import { alternatives } from '../../jose/shown.ts';
import { type GenerateParameters, keyIdTypes } from '../../jwks/generate/generate-plan.ts';
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
const ofPasswords = {
  passwordSaltLength: whole('Octets of salt for PBES2, 8 or more, default 8'),
  passwordIterationCount: whole('Iterations for PBES2, 1000 or more, default 1000'),
};

type ParametersSchema = z.ZodOptional<z.ZodType<GenerateParameters>>;

/** By key type: the object that holds its parameters. */
const parameters = Object.fromEntries(
  generatedKeyTypes.map((kty) => [keyTypeMember(kty), parametersOf(kty)]),
) as Record<Lowercase<GeneratedKeyType>, ParametersSchema>;

function parametersOf(kty: GeneratedKeyType): ParametersSchema {
  const { generation, isSymmetric } = keyTypeInfo(kty);
  if (generation === null) throw new TypeError(`no ${kty} keys are generated`);
  const values = alternatives(generationValues(generation));
  const own: Record<string, z.ZodType> =
    generation.parameter === 'keySize' ? { keySize: whole(`${values} bits`) } : { curveType: text(values) };
  const shape = { ...own, ...(isSymmetric && ofPasswords), ...everyType };
  return z.strictObject(shape).optional() as ParametersSchema;
}

/** Generate JWK: `type` and the one object that it names. */
export const generateJwkBody = named(
  'GenerateJwk',
  z.strictObject({
    name: text('JWK name, unique within the project'),
    description: descriptionMember(),
    type: text(alternatives(generatedKeyTypes.map(keyTypeName))),
    kid: text('Given to the key as it is'),
    ...parameters,
  }),
);
