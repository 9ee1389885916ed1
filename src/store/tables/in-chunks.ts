// Lists are sent in chunks: both dialects bound the number of parameters, and a list of any length would need a
// separate prepared statement. So chunks have few lengths: powers of two.

const longest = 256;

/** As few pieces as can be: one is filled up with its last member, which then comes several times in that piece. */
export function* inChunks<T>(members: readonly T[]): Generator<readonly T[]> {
  for (let start = 0; start < members.length; start += longest) {
    const chunk = members.slice(start, start + longest);
    const last = chunk.at(-1);
    if (last === undefined) return;
    const length = 2 ** Math.ceil(Math.log2(chunk.length));
    yield [...chunk, ...Array<T>(length - chunk.length).fill(last)];
  }
}

/** What the rows of these ids stand for, in the order of the ids; what is not there is left out. */
export async function inOrderOf<Row extends { readonly id: string }, Item>(
  ids: readonly string[],
  rowsOf: (chunk: readonly string[]) => Promise<readonly Row[]>,
  itemOf: (row: Row) => Item,
): Promise<readonly Item[]> {
  const found = new Map<string, Item>();
  for (const chunk of inChunks(ids)) {
    for (const row of await rowsOf(chunk)) found.set(row.id, itemOf(row));
  }
  return ids.flatMap((id) => found.get(id) ?? []);
}

/** For statements in which no member may come twice: the last pieces are ever shorter. */
export function* inChunksOnce<T>(members: readonly T[]): Generator<readonly T[]> {
  for (let start = 0; start < members.length; ) {
    const length = Math.min(longest, 2 ** Math.floor(Math.log2(members.length - start)));
    yield members.slice(start, start + length);
    start += length;
  }
}
