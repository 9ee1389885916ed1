import { every } from '../../../clients/typescript/src/index.ts';
import type { ListFlags } from '../client-command.ts';

export type ListRequest = Omit<ListFlags, 'page' | 'size'> & {
  readonly page?: number | string;
  readonly size?: number | string;
};

interface List<Item> {
  readonly success: true;
  readonly resultList: readonly Item[];
  readonly resultCount: number;
}

/**
 * One response with all items, or with the requested page. Without a page the manager returns up to 1,000 items, so that
 * most lists are one request.
 */
export async function allItems<Item>(
  { search, sort, page, size }: ListFlags,
  list: (query: ListRequest) => Promise<List<Item>>,
): Promise<List<Item>> {
  const query = { ...(search !== undefined && { search }), ...(sort !== undefined && { sort }) };
  const paging = { ...(page !== undefined && { page }), ...(size !== undefined && { size }) };
  const answer = await list({ ...query, ...paging });
  const isWhole = page !== undefined || size !== undefined || answer.resultList.length >= answer.resultCount;
  if (isWhole) return answer;
  const resultList: Item[] = [];
  for await (const item of every((next) => list({ ...query, ...next }))) resultList.push(item);
  return { ...answer, resultList };
}
