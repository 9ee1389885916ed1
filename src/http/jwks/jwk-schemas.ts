import { z } from 'zod';
import { keyTypeMember } from '../../jose/key-type-name.ts';
import { type KeyTypeName, keyTypeNames } from '../../jose/key-types.ts';
import { jwkEnvironmentStates } from '../../jwks/deployed-jwks.ts';
import { sourceStates } from '../../jwks/refresh/refresh-store.ts';
import { memberStates } from '../../jwks/ring-member.ts';
import {
  type SourceField,
  sourceField,
  sourceFieldNames,
  type WholeField,
} from '../../sources/source-fields.ts';
import { jwkSource, type SourceType, sourceTypes } from '../../sources/sources.ts';
import { named } from '../openapi/named.ts';
import { jwkType, jwkUse, sourceType } from '../openapi/named-values.ts';
import { descriptionMember } from '../requests/body-schemas.ts';
import { instant } from '../responses/response-schemas.ts';

const text = (description: string) => z.string().optional().describe(description);
const whole = (description: string) => z.number().int().optional().describe(description);

type FieldSchemas = {
  [Field in SourceField]: z.ZodOptional<Field extends WholeField ? z.ZodNumber : z.ZodString>;
};

const fieldsOfSources = Object.fromEntries(
  sourceFieldNames.map((name) => {
    const member = sourceField(name).kind === 'whole' ? whole : text;
    return [name, member(fieldDescription(name))];
  }),
) as FieldSchemas;

/** With the source types that take the field, unless all do. */
function fieldDescription(name: SourceField): string {
  const { description, otherwise } = sourceField(name);
  const taking = sourceTypes.filter((type) => jwkSource(type).fields.includes(name));
  if (otherwise !== undefined) {
    const isRequired = (type: SourceType) => jwkSource(type).required.includes(name);
    const required = taking.filter(isRequired).join(', ');
    const optional = taking.filter((type) => !isRequired(type)).join(', ');
    return `${description} (${required}); ${otherwise} (${optional})`;
  }
  return taking.length === sourceTypes.length ? description : `${description} (${taking.join(', ')})`;
}

/** What the key may be used for in operations beside the ordinary; the rules check what fits it. */
export const allowanceMembers = {
  allowRsa15: z
    .boolean()
    .optional()
    .describe(
      'Nodes decrypt RSA1_5 with it, which is known for padding oracles. For keys of algorithm RSA1_5',
    ),
  allowCompressed: z
    .boolean()
    .optional()
    .describe('Nodes decrypt compressed content with it, up to 256 KiB. For keys of use type ENCRYPTION'),
  maxIterationCount: z
    .number()
    .int()
    .nullable()
    .optional()
    .describe(
      'PBES2: the most iterations that nodes decrypt, 1000 to 10000000; null: the default, 100000. For keys of a PBES2 algorithm',
    ),
};

/** Every member of every source. Those of another source than `sourceType` are ignored. */
export const createJwkBody = z.strictObject({
  name: text('JWK name, unique within the project: 1 to 128 letters and digits of any script, `.`, `_`, `-`'),
  description: descriptionMember(),
  sourceType: text(`Where the key comes from: ${sourceTypes.join(', ')}`),
  ...fieldsOfSources,
  ...allowanceMembers,
});

export const jwkParams = z.object({ projectName: z.string(), jwkName: z.string() });

const jwkEnvironmentState = named(
  'JwkEnvironmentState',
  z
    .enum(jwkEnvironmentStates)
    .describe(
      'Every node of the environment has the JWK, some nodes have it, none has it, or no node has joined',
    ),
);

/** What lists show: never key material. */
export const jwkItem = named(
  'Jwk',
  z.object({
    name: z.string(),
    description: z.string().nullable(),
    projectId: z.string(),
    sourceType,
    sourceId: z.string().nullable().describe('Id of the certificate, key or keystore that it was made from'),
    sourceUrl: z.string().nullable(),
    sourceEnvironmentName: z
      .string()
      .nullable()
      .describe('The environment whose certificate, key or keystore it was made from'),
    sourceAliasName: z.string().nullable().describe('The alias in the keystore that it was made from'),
    type: jwkType,
    curve: z.string().nullable().describe('Its `crv`; null for a key without one'),
    size: z
      .number()
      .int()
      .nullable()
      .describe('Bits; null for a secret key, and where the algorithm determines the size'),
    kid: z.string().nullable(),
    use: jwkUse.nullable(),
    algorithm: z.string().nullable(),
    notBeforeTime: instant.nullable(),
    expirationTime: instant.nullable(),
    createdAt: instant,
    updatedAt: instant,
    ringName: z.string().nullable().describe('The key ring that it belongs to; null outside a ring'),
    ringState: z.enum(memberStates).nullable().describe('What it is in its key ring; null outside a ring'),
    lastUsedAt: instant
      .nullable()
      .describe('When an application last used it at a node, rounded down to the minute'),
    allowRsa15: z.literal(true).optional().describe('Only where it is set, as are the next two'),
    allowCompressed: z.literal(true).optional(),
    maxIterationCount: z.number().int().optional(),
    refreshInterval: z
      .string()
      .optional()
      .describe('Only of a JWK that follows its URL, as are the next four'),
    nextRefreshAt: instant.optional(),
    sourceState: z.enum(sourceStates).optional(),
    sourceStateSince: instant.optional(),
    sourceStateReason: z.string().nullable().optional(),
    deployments: z
      .array(z.object({ environmentName: z.string(), state: jwkEnvironmentState }))
      .optional()
      .describe('By environment name; only of a list with `withDeployments`'),
  }),
);

const material = named('KeyMaterial', z.record(z.string(), z.unknown())).optional();

/** The same and its material, in the member that its type names. */
export const jwkDetail = named(
  'JwkDetail',
  jwkItem.extend(
    Object.fromEntries(keyTypeNames.map((name) => [keyTypeMember(name), material])) as Record<
      Lowercase<KeyTypeName>,
      typeof material
    >,
  ),
);
