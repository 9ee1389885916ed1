import { z } from 'zod';

/** Of a DELETE that may be rejected because what it deletes is still needed. */
export const forceQuery = z.strictObject({
  force: z
    .enum(['true', 'false'])
    .optional()
    .describe('`true`: also while a key may still be needed; needs `reason`'),
  reason: z.string().optional().describe('3 to 500 characters, for the audit log'),
});

export function forceOf({ force, reason }: z.infer<typeof forceQuery>) {
  return { force: force === 'true', reason };
}
