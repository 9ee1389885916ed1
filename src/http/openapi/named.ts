import { z } from 'zod';

/**
 * A named schema: `components.schemas` has it once, and the typed client has a type of that name. Extending or
 * describing it makes another schema without a name.
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
 * A body that the API's description shows as another schema. The rules reject missing and unknown members with their
 * own messages and in their own order, so the validating schema accepts more than they do; the description shows what
 * passes both.
 */
export function describedAs<Schema extends z.ZodType>(schema: Schema, description: z.ZodType): Schema {
  descriptions.set(schema, description);
  return schema;
}

/** What the API's description shows of a schema. */
export function descriptionOf(schema: z.ZodType): z.ZodType {
  return descriptions.get(schema) ?? schema;
}
