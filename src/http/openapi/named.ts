import { z } from 'zod';

/**
 * A schema under a name of its own: `components.schemas` of the API's description has it once, and the typed client has a
 * type of that name. Extending or describing the schema makes another one, which has no name.
 */
export function named<Schema extends z.ZodType>(id: string, schema: Schema): Schema {
  return schema.meta({ id }) as Schema;
}

/** The name of a schema, if it has one. */
export function nameOf(schema: z.ZodType): string | undefined {
  return z.globalRegistry.get(schema)?.id;
}

const descriptions = new WeakMap<z.ZodType, z.ZodType>();

/**
 * A body that the API's description shows as another schema. The rules reject what is missing or unknown in words of their
 * own, in an order of their own, so the schema that validates takes more than they do; the description shows what passes
 * them all.
 */
export function describedAs<Schema extends z.ZodType>(schema: Schema, description: z.ZodType): Schema {
  descriptions.set(schema, description);
  return schema;
}

/** What the API's description shows of a schema. */
export function descriptionOf(schema: z.ZodType): z.ZodType {
  return descriptions.get(schema) ?? schema;
}
