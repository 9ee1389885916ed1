// How the API's description shows the bodies that name a source: one schema for each source type, with the members that it
// requires. A member of another source type is ignored; one that no source knows is rejected.

import { z } from 'zod';
import { fetchLimitDefaults, fetchLimitMaxima } from '../../sources/safe-fetch/safe-fetch.ts';
import { type SourceType, sourceTypes } from '../../sources/sources.ts';
import { named } from '../openapi/named.ts';
import { algorithm, nameText, useType } from '../openapi/named-values.ts';
import { descriptionMember } from '../requests/body-schemas.ts';

const text = (description: string) => z.string().min(1).describe(description);
const limit = (description: string, name: 'connectTimeoutMs' | 'readTimeoutMs' | 'sizeLimitBytes') =>
  z
    .number()
    .int()
    .min(1)
    .max(fetchLimitMaxima[name])
    .default(fetchLimitDefaults[name])
    .optional()
    .describe(description);

const environmentName = nameText('The environment whose material is taken');
const wish = {
  kid: z
    .string()
    .optional()
    .describe('Selects a key of a JWK Set, or names a key that has no kid of its own'),
  useType: useType.optional().describe('For a key that has no `use` of its own'),
  algorithm: algorithm.optional().describe('For a key that has no `alg` of its own'),
};
const demand = {
  environmentName,
  useType: useType.describe('What the key is for'),
  algorithm: algorithm.describe('What the key is used with'),
  kid: z.string().optional().describe('The kid of the JWK; by default the thumbprint'),
};
const keyDemand = { keyName: nameText('A key of the project'), ...demand };

/** The members of each source, beside `sourceType`. */
export const sourceMembers = {
  URL: {
    url: text('http or https address of a JWK or a JWK Set'),
    urlOptionConnectTimeout: limit('Milliseconds for the connection', 'connectTimeoutMs'),
    urlOptionReadTimeout: limit('Milliseconds for the whole response', 'readTimeoutMs'),
    urlOptionSizeLimit: limit('Bytes of the response at most', 'sizeLimitBytes'),
    ...wish,
    refreshInterval: z
      .string()
      .optional()
      .describe(
        'ISO 8601 duration, PT1M to P30D: the JWK follows the URL, which is fetched again this often',
      ),
  },
  COPY_PASTE: { jwkStr: text('A JWK or a JWK Set as JSON text'), ...wish },
  CERTIFICATE: { certificateName: nameText('A certificate of the project'), ...demand },
  PUBLIC_KEY: keyDemand,
  PRIVATE_KEY: keyDemand,
  KEYSTORE: {
    keyStoreName: nameText('A keystore of the project'),
    aliasName: text('The alias of the entry'),
    ...demand,
    kid: z
      .string()
      .optional()
      .describe('The kid of the JWK; by default the alias, or the thumbprint where it is taken'),
  },
} satisfies Record<SourceType, z.ZodRawShape>;

/** `CopyPaste` */
function titleOf(sourceType: SourceType): string {
  const words = sourceType.toLowerCase().split('_');
  return words.map((word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`).join('');
}

const sourceTypeOf = <Name extends SourceType>(name: Name) =>
  z.literal(name).describe('Where the key comes from');

function variant<Shape extends z.ZodRawShape>(id: string, shape: Shape) {
  return named(id, z.strictObject(shape));
}

/** One schema for each source, `<prefix>FromUrl` and so on. */
function fromEachSource<Shape extends z.ZodRawShape>(prefix: string, shape: Shape) {
  return eachSource((name) =>
    variant(`${prefix}From${titleOf(name)}`, {
      ...shape,
      sourceType: sourceTypeOf(name),
      ...sourceMembers[name],
    }),
  );
}

function eachSource<Schema>(schemaOf: (sourceType: SourceType) => Schema): [Schema, ...Schema[]] {
  const [first, ...others] = sourceTypes.map(schemaOf);
  if (first === undefined) throw new TypeError('there is no source');
  return [first, ...others];
}

const description = descriptionMember();
const keptName = nameText('May be given, but cannot be changed').optional();

/** Create JWK. */
export const createJwkDescription = named(
  'CreateJwk',
  z.discriminatedUnion(
    'sourceType',
    fromEachSource('CreateJwk', { name: nameText('JWK name, unique within the project'), description }),
  ),
);

/** Update JWK: the description alone, which detaches the JWK from its source, or a new value as well. */
export const updateJwkDescription = named(
  'UpdateJwk',
  z.union([
    variant('UpdateJwkDescription', { name: keptName, description }),
    ...fromEachSource('UpdateJwk', { name: keptName, description }),
  ]),
);

/** Create JWK whose path says the source. @param id of the schema */
export function parseJwkDescription(id: string, source: SourceType) {
  return variant(id, {
    name: nameText('JWK name, unique within the project'),
    description,
    ...sourceMembers[source],
  });
}

const usageMayBeMissing = { useType: true, algorithm: true } as const;

function inspected<Name extends SourceType>(name: Name) {
  const source = z.strictObject({ sourceType: sourceTypeOf(name), ...sourceMembers[name] });
  const id = `InspectJwkFrom${titleOf(name)}`;
  // Whoever looks into a source has not chosen yet.
  const open = source.partial(usageMayBeMissing as never) as typeof source;
  return named(id, name === 'KEYSTORE' ? (open.partial({ aliasName: true } as never) as typeof open) : open);
}

/** What is looked into before a JWK is made from it: where it is, and nothing that is chosen afterwards. */
export const inspectJwkSourceDescription = named(
  'InspectJwkSource',
  z.discriminatedUnion('sourceType', eachSource(inspected)),
);
