import { z } from 'zod';
import { keyTypeMember } from '../../jose/key-type-name.ts';
import { type KeyTypeName, keyTypeNames } from '../../jose/key-types.ts';
import { sourceStates } from '../../jwks/refresh/refresh-store.ts';
import { sourceNames } from '../../sources/sources.ts';
import { instant } from '../answers/answer-schemas.ts';
import { named } from '../openapi/named.ts';
import { jwkType, jwkUse, sourceType } from '../openapi/named-values.ts';
import { descriptionMember } from '../requests/body-schemas.ts';

const text = (description: string) => z.string().optional().describe(description);
const whole = (description: string) => z.number().int().optional().describe(description);
const stored = '(CERTIFICATE, PUBLIC_KEY, PRIVATE_KEY, KEYSTORE)';

/** Every member of every source. Those of another source than `sourceType` are ignored. */
export const createJwkBody = z.strictObject({
  name: text('JWK name, unique within the project: 1 to 128 letters and digits of any script, `.`, `_`, `-`'),
  description: descriptionMember(),
  sourceType: text(`Where the key comes from: ${sourceNames.join(', ')}`),
  url: text('http or https address of a JWK or a JWK Set (URL)'),
  urlOptionConnectTimeout: whole('Milliseconds for getting connected, 1 to 60000, default 5000 (URL)'),
  urlOptionReadTimeout: whole('Milliseconds for the whole answer, 1 to 60000, default 10000 (URL)'),
  urlOptionSizeLimit: whole('Bytes of the answer at the most, 1 to 10485760, default 1048576 (URL)'),
  jwkStr: text('A JWK or a JWK Set as JSON text (COPY_PASTE)'),
  certificateName: text('A certificate of the project (CERTIFICATE)'),
  keyName: text('A key of the project (PUBLIC_KEY, PRIVATE_KEY)'),
  keyStoreName: text('A keystore of the project (KEYSTORE)'),
  environmentName: text(`The environment whose material is taken ${stored}`),
  aliasName: text('The alias of the entry (KEYSTORE)'),
  useType: text(
    `SIGNATURE or ENCRYPTION ${stored}; for a key that has no \`use\` of its own (URL, COPY_PASTE)`,
  ),
  algorithm: text(
    `What the key is for, such as RS256 ${stored}; for a key that has no \`alg\` of its own (URL, COPY_PASTE)`,
  ),
  kid: text('Selects a key of a JWK Set, or names a key that has no kid of its own'),
  refreshInterval: text('ISO 8601 duration, PT1M to P30D, after which the URL is looked at again (URL)'),
});

export const jwkParams = z.object({ projectName: z.string(), jwkName: z.string() });

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
    type: jwkType,
    kid: z.string().nullable(),
    use: jwkUse.nullable(),
    algorithm: z.string().nullable(),
    notBeforeTime: instant.nullable(),
    expirationTime: instant.nullable(),
    createdAt: instant,
    updatedAt: instant,
    refreshInterval: z
      .string()
      .optional()
      .describe('Only of a JWK that follows its URL, as are the next four'),
    nextRefreshAt: instant.optional(),
    sourceState: z.enum(sourceStates).optional(),
    sourceStateSince: instant.optional(),
    sourceStateReason: z.string().nullable().optional(),
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
