// How the API's description shows the bodies that name a source: one schema for each source type, with the members that it
// requires. A member of another source type is ignored; one that no source knows is rejected.

import { z } from 'zod';
import { fetchLimitDefaults, fetchLimitMaxima } from '../../sources/safe-fetch/safe-fetch.ts';
import { type SourceField, sourceField } from '../../sources/source-fields.ts';
import { jwkSource, type SourceType, sourceTypes } from '../../sources/sources.ts';
import { named } from '../openapi/named.ts';
import { algorithm, nameText, useType } from '../openapi/named-values.ts';
import { descriptionMember } from '../requests/body-schemas.ts';
import { allowanceMembers } from './jwk-schemas.ts';

/**
 * The members of a source, beside `sourceType`.
 * @param chosenLater members that may be missing, although the source requires them
 */
export function sourceMembers(name: SourceType, chosenLater: readonly SourceField[] = []): z.ZodRawShape {
  const { fields, required } = jwkSource(name);
  const isRequired = (field: SourceField) => required.includes(field) && !chosenLater.includes(field);
  return Object.fromEntries(
    fields.map((field) => {
      const schema = isRequired(field)
        ? valueSchema(field, z.string().min(1))
        : valueSchema(field, z.string()).optional();
      return [field, schema.describe(describe(name, field))];
    }),
  );
}

/** @param text of a member that is text; where it may be left out, empty text leaves it out as well */
function valueSchema(name: SourceField, text: z.ZodType): z.ZodType {
  const { kind, limit } = sourceField(name);
  switch (kind) {
    case 'text':
      return text;
    case 'name':
      return nameText('');
    case 'useType':
      return useType;
    case 'algorithm':
      return algorithm;
    case 'whole': {
      const whole = z.number().int().min(1);
      return limit ? whole.max(fetchLimitMaxima[limit]).default(fetchLimitDefaults[limit]) : whole;
    }
    default:
      return kind satisfies never;
  }
}

function describe(source: SourceType, name: SourceField): string {
  const { description, otherwise } = sourceField(name);
  const { kidDescription, required } = jwkSource(source);
  if (name === 'kid') return kidDescription ?? description;
  if (required.includes(name) || otherwise === undefined) return description;
  return `${otherwise.charAt(0).toUpperCase()}${otherwise.slice(1)}`;
}

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
      ...sourceMembers(name),
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
    fromEachSource('CreateJwk', {
      name: nameText('JWK name, unique within the project'),
      description,
      ...allowanceMembers,
    }),
  ),
);

/** Update JWK: the description alone, which detaches the JWK from its source, or a new value as well. */
export const updateJwkDescription = named(
  'UpdateJwk',
  z.union([
    variant('UpdateJwkDescription', { name: keptName, description, ...allowanceMembers }),
    ...fromEachSource('UpdateJwk', { name: keptName, description, ...allowanceMembers }),
  ]),
);

/** Create JWK with the source in the path. @param id of the schema */
export function parseJwkDescription(id: string, source: SourceType) {
  return variant(id, {
    name: nameText('JWK name, unique within the project'),
    description,
    ...sourceMembers(source),
  });
}

/** An inspection of a source happens before these are chosen. */
const chosenLater = ['aliasName', 'useType', 'algorithm'] as const;

function inspected(name: SourceType) {
  return variant(`InspectJwkFrom${titleOf(name)}`, {
    sourceType: sourceTypeOf(name),
    ...sourceMembers(name, chosenLater),
  });
}

/** What is inspected before a JWK is made from it: where it is, and nothing that is chosen afterwards. */
export const inspectJwkSourceDescription = named(
  'InspectJwkSource',
  z.discriminatedUnion('sourceType', eachSource(inspected)),
);
