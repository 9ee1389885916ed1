interface Page<Item> {
  readonly resultList: readonly Item[];
  readonly resultCount: number;
}

const pageSize = 100;

/**
 * Every item of a list, page by page, asked for as they are used:
 * `for await (const jwk of every((page) => keyplane.listJwks({ projectName, ...page }))) …`
 */
export async function* every<Item>(
  list: (page: { readonly page: number; readonly size: number }) => Promise<Page<Item>>,
): AsyncGenerator<Item, void, undefined> {
  for (let page = 1; ; page += 1) {
    const { resultList, resultCount } = await list({ page, size: pageSize });
    yield* resultList;
    if (resultList.length === 0 || page * pageSize >= resultCount) return;
  }
}
