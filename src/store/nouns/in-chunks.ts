// Lists go to the database in pieces: both dialects bound the number of parameters, and a list of any length
// would make a statement of its own to prepare. So pieces are of few lengths, filled up with their last member.

const longest = 256;

/** Each piece is of a length that is a power of two; members may come twice, in one piece only. */
export function* inChunks<T>(members: readonly T[]): Generator<readonly T[]> {
  for (let start = 0; start < members.length; start += longest) {
    const chunk = members.slice(start, start + longest);
    const last = chunk.at(-1);
    if (last === undefined) return;
    const length = 2 ** Math.ceil(Math.log2(chunk.length));
    yield [...chunk, ...Array<T>(length - chunk.length).fill(last)];
  }
}
