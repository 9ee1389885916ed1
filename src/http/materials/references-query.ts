import { z } from 'zod';

/** What becomes of the JWKs that were made from what is replaced. */
export const referencesQuery = z.strictObject({
  updateReferencedJwks: z
    .string()
    .optional()
    .describe('`true`: they get the new material; default `false`: detached'),
  updateScope: z
    .string()
    .optional()
    .describe('SAME_PROJECT or ALL_PROJECTS; required with updateReferencedJwks'),
});
