import { z } from 'zod';
import { named, nameOf } from '../openapi/named.ts';

/** `{"success": true}`: the operation succeeded and returns nothing else. */
export const successResponse = named('Success', z.object({ success: z.literal(true) }));

export const success = Object.freeze({ success: true } as const);

const lists = new WeakMap<z.ZodType, z.ZodType>();

/**
 * Answers of lists, and of a single object: a list of one. Members that the item does not declare are dropped. The list
 * of an item that has a name has one too.
 */
export function listOf<Item extends z.ZodType>(item: Item): ListResponse<Item> {
  const known = lists.get(item);
  if (known !== undefined) return known as ListResponse<Item>;
  const list = z.object({
    success: z.literal(true),
    resultList: z.array(item),
    resultCount: z.number().int().min(0).describe('How many there are'),
  });
  const name = nameOf(item);
  const made = name === undefined ? list : named(`${name}List`, list);
  lists.set(item, made);
  return made;
}

type ListResponse<Item extends z.ZodType> = z.ZodObject<{
  success: z.ZodLiteral<true>;
  resultList: z.ZodArray<Item>;
  resultCount: z.ZodNumber;
}>;

export function listResponse<Item>(items: readonly Item[]) {
  return { success: true as const, resultList: [...items], resultCount: items.length };
}

/** Of a response: what its reader should know; absent where there is nothing. */
export const optionalWarnings = z
  .array(z.string())
  .optional()
  .describe('What was left out or changed, and why');

/** Of a project or an environment; absent where its row is as keyplane wrote it. */
export function alteredMember() {
  return z
    .literal(true)
    .optional()
    .describe(
      'Its row was altered in the database outside keyplane: nothing is deployed from it. Absent otherwise',
    );
}

/** ISO 8601 with milliseconds, UTC. */
export const instant = z.string().describe('ISO 8601, UTC');

export function instantText(date: Date): string {
  return date.toISOString();
}

export function instantOrNull(date: Date | null): string | null {
  return date === null ? null : date.toISOString();
}
