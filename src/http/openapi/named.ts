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
