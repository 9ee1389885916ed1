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
import { describedAs, named } from '../openapi/named.ts';
import { generatedAlgorithm, keyIdType, nameText, useType } from '../openapi/named-values.ts';
import { descriptionMember } from '../requests/body-schemas.ts';
import { allowanceMembers } from './jwk-schemas.ts';

const text = (description: string) => z.string().optional().describe(description);
const whole = (description: string) => z.number().int().optional().describe(description);

const firstThatFits = 'By default the first that fits';

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
export const generateParameters = Object.fromEntries(
  generatedKeyTypes.map((kty) => [keyTypeMember(kty), parametersOf(kty)]),
) as Record<Lowercase<GeneratedKeyType>, ParametersSchema>;

function parametersOf(kty: GeneratedKeyType): ParametersSchema {
  const { generation, isSymmetric } = keyTypeInfo(kty);
  if (generation === null) throw new TypeError(`no ${kty} keys are generated`);
  const values = alternatives(generationValues(generation));
  const shape = {
    ...(isSymmetric && ofPasswords),
    ...everyType,
    [generation.parameter]: generation.parameter === 'keySize' ? whole(`${values} bits`) : text(values),
  };
  return z.strictObject(shape).optional() as ParametersSchema;
}

/** What is generated: bits or a curve, with an algorithm where there is a choice; or an algorithm, where a key is of one alone. */
export function describedKey(kty: GeneratedKeyType) {
  const { generation } = keyTypeInfo(kty);
  if (generation === null) throw new TypeError(`no ${kty} keys are generated`);
  const value = z.literal([...generationValues(generation)]);
  const algorithm = generatedAlgorithm(kty);
  switch (generation.parameter) {
    case 'keySize':
      return { keySize: value.describe('Bits'), algorithm: algorithm.optional().describe(firstThatFits) };
    case 'curveType':
      return { curveType: value, algorithm: algorithm.optional().describe(firstThatFits) };
    case 'algorithm':
      return { algorithm: algorithm.describe('A key is of this algorithm alone') };
    default:
      return generation satisfies never;
  }
}

const body = z.strictObject({
  name: text('JWK name, unique within the project'),
  description: descriptionMember(),
  type: text(alternatives(generatedKeyTypes.map(keyTypeName))),
  kid: text('Given to the key as it is'),
  ...allowanceMembers,
  ...generateParameters,
});

const described = {
  name: nameText('JWK name, unique within the project'),
  description: descriptionMember(),
  kid: z.string().optional().describe('Given to the key as it is'),
  ...allowanceMembers,
};

const describedPasswords = {
  passwordSaltLength: z.int().min(8).max(1_024).optional().describe('Octets of salt for PBES2, default 8'),
  passwordIterationCount: z
    .int()
    .min(1_000)
    .max(10_000_000)
    .optional()
    .describe('Iterations for PBES2, default 1000'),
};

/** The body for one key type: `type`, and the object that it names. */
function describedType(kty: GeneratedKeyType) {
  const { isSymmetric } = keyTypeInfo(kty);
  const member = keyTypeMember(kty);
  const title = `Generate${member.charAt(0).toUpperCase()}${member.slice(1)}`;
  const parameters = z.strictObject({
    ...describedKey(kty),
    ...(isSymmetric && describedPasswords),
    keyUseType: useType.optional().describe('SIGNATURE is the default, but for X25519 and X448'),
    keyIdType: keyIdType.optional().describe('How a kid is made where none is given; default TIMESTAMP'),
    notBeforeTime: z.iso.datetime({ offset: true }).optional().describe('Default: now'),
    expirationTime: z.iso
      .datetime({ offset: true })
      .optional()
      .describe('Default: a year after notBeforeTime'),
  });
  return named(
    `${title}Jwk`,
    z.strictObject({ ...described, type: z.literal(keyTypeName(kty)), [member]: named(title, parameters) }),
  );
}

const [firstType, ...otherTypes] = generatedKeyTypes.map(describedType);
if (firstType === undefined) throw new TypeError('no key type is generated');

/** Generate JWK: one schema for each key type. */
export const generateJwkBody = describedAs(
  body,
  named('GenerateJwk', z.discriminatedUnion('type', [firstType, ...otherTypes])),
);
