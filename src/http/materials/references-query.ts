import { z } from 'zod';

/** What becomes of the JWKs that were made from what is replaced. */
export const referencesQuery = z.strictObject({
  updateReferencedJwks: z
    .string()
    .optional()
    .meta({
      enum: ['true', 'false'],
      description: '`true`: they get the new material; default `false`: detached',
    }),
  updateScope: z
    .string()
    .optional()
    .meta({
      enum: ['SAME_PROJECT', 'ALL_PROJECTS'],
      description: 'Whose JWKs they are; required with updateReferencedJwks',
    }),
});
