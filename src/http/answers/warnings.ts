import { z } from 'zod';

export const warningTexts = z
  .array(z.string())
  .optional()
  .describe('What was left out or rewritten of what was given; absent where there is nothing to say');

/** The member is absent where there is nothing to say. */
export function warningsMember(warnings: readonly string[] = []): { warnings?: string[] } {
  return warnings.length === 0 ? {} : { warnings: [...warnings] };
}
