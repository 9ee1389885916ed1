import { z } from 'zod';

/** `{"success": true}`: it was done, and there is nothing more to say. */
export const successAnswer = z.object({ success: z.literal(true) });

export const success = Object.freeze({ success: true } as const);

/** Answers of lists, and of a single object: a list of one. Members that the item does not declare are dropped. */
export function listOf<Item extends z.ZodType>(item: Item) {
  return z.object({
    success: z.literal(true),
    resultList: z.array(item),
    resultCount: z.number().int().describe('How many there are'),
  });
}

export function listAnswer<Item>(items: readonly Item[]) {
  return { success: true as const, resultList: [...items], resultCount: items.length };
}

/** Of an answer: what its reader should know; absent where there is nothing. */
export const warningsMember = z
  .array(z.string())
  .optional()
  .describe('What was left out or changed, and why');

/** ISO 8601 with milliseconds, UTC. */
export const instant = z.string().describe('ISO 8601, UTC');

export function instantText(date: Date): string {
  return date.toISOString();
}

export function instantOrNull(date: Date | null): string | null {
  return date === null ? null : date.toISOString();
}
