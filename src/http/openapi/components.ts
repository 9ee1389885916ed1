// Schemas that have a name become `components.schemas`, and everything else refers to them. The library writes an input
// and an output version of a schema; equal versions become one.

import assert from 'node:assert';
import { isDeepStrictEqual } from 'node:util';
import { createJsonSchemaTransform, createJsonSchemaTransformObject } from 'fastify-type-provider-zod';
import { z } from 'zod';

type Json = Readonly<Record<string, unknown>>;
type Override = NonNullable<z.core.ToJSONSchemaParams['override']>;

const place = '#/components/schemas/';
/** The library's name of a schema as it comes in. */
const incoming = /Input$/;

const zodToJsonConfig = { override: plain };

export const transformSchema = createJsonSchemaTransform({ zodToJsonConfig });
const withSchemas = createJsonSchemaTransformObject({ zodToJsonConfig });

/** A response may gain members, and a whole number without bounds has none. */
function plain({ zodSchema, jsonSchema }: Parameters<Override>[0]): void {
  if (zodSchema instanceof z.ZodObject && zodSchema.def.catchall === undefined) {
    delete jsonSchema.additionalProperties;
  }
  if (zodSchema instanceof z.ZodDiscriminatedUnion) {
    jsonSchema.discriminator = { propertyName: zodSchema.def.discriminator };
  }
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
}

/** The paths and the schemas that they refer to, by their names and in the order of these. */
export function schemaComponents(paths: object | undefined): { paths: Json; schemas: Json } {
  const described = withSchemas({ openapiObject: { openapi: '3.1.0' } });
  const { components } = described as { readonly components: { readonly schemas: Json } };
  const all = new Map(Object.entries(components.schemas));
  const used = reachable(paths, all);
  const nameIn = (name: string) => {
    const bare = name.replace(incoming, '');
    const isOne = !used.has(bare) || isDeepStrictEqual(unnamed(all.get(name)), unnamed(all.get(bare)));
    return isOne ? bare : name;
  };
  const renamed = (value: unknown) =>
    mapReferences(value, (name) => (incoming.test(name) ? nameIn(name) : name));
  const schemas = [...used].map((name): [string, unknown] => [
    incoming.test(name) ? nameIn(name) : name,
    renamed(all.get(name)),
  ]);
  schemas.sort(([a], [b]) => (a < b ? -1 : 1));
  const byName = Object.fromEntries(schemas) as Readonly<Record<string, Described>>;
  for (const schema of Object.values(byName)) addMapping(schema, byName);
  return { paths: renamed(paths) as Json, schemas: byName };
}

interface Described {
  readonly oneOf?: readonly { readonly $ref?: string }[];
  readonly properties?: Readonly<Record<string, { readonly const?: string }>>;
  discriminator?: { readonly propertyName: string; mapping?: Readonly<Record<string, string>> };
}

/** Which schema a value of the discriminating member leads to. */
function addMapping(
  { oneOf = [], discriminator }: Described,
  schemas: Readonly<Record<string, Described>>,
): void {
  if (discriminator === undefined) return;
  const rows = oneOf.map(({ $ref = '' }) => {
    const member = schemas[$ref.slice(place.length)]?.properties?.[discriminator.propertyName];
    assert(member?.const !== undefined, 'a schema that a discriminator leads to has a name and one value');
    return [member.const, $ref] as const;
  });
  discriminator.mapping = Object.fromEntries(rows);
}

/** As it would be with the one name, to compare what comes in with what goes out. */
function unnamed(schema: unknown): unknown {
  return mapReferences(schema, (name) => name.replace(incoming, ''));
}

function reachable(from: unknown, schemas: ReadonlyMap<string, unknown>): ReadonlySet<string> {
  const found = new Set<string>();
  const visit = (value: unknown) => {
    mapReferences(value, (name) => {
      if (!found.has(name)) {
        found.add(name);
        visit(schemas.get(name));
      }
      return name;
    });
  };
  visit(from);
  return found;
}

/** A copy in which each reference to a schema leads to another name. */
function mapReferences(value: unknown, nameOf: (name: string) => string): unknown {
  return JSON.parse(JSON.stringify(value ?? null), (key, inner: unknown) =>
    key === '$ref' && typeof inner === 'string' && inner.startsWith(place)
      ? `${place}${nameOf(inner.slice(place.length))}`
      : inner,
  );
}
