// Sets of Unicode code points, as sorted ranges that neither overlap nor touch.

export type CodePoints = readonly (readonly [first: number, last: number])[];

const last = 0x10ffff;

export const none: CodePoints = Object.freeze([]);
export const all: CodePoints = Object.freeze([[0, last] as const]);

export function single(codePoint: number): CodePoints {
  return [[codePoint, codePoint]];
}

export function union(...sets: readonly CodePoints[]): CodePoints {
  const ranges = sets.flat().sort(([a], [b]) => a - b);
  const merged: [number, number][] = [];
  for (const [from, to] of ranges) {
    const before = merged.at(-1);
    if (before !== undefined && from <= before[1] + 1) before[1] = Math.max(before[1], to);
    else merged.push([from, to]);
  }
  return merged;
}

export function complement(set: CodePoints): CodePoints {
  const ranges: [number, number][] = [];
  let from = 0;
  for (const [first, end] of set) {
    if (from < first) ranges.push([from, first - 1]);
    from = end + 1;
  }
  if (from <= last) ranges.push([from, last]);
  return ranges;
}

export function overlap(a: CodePoints, b: CodePoints): boolean {
  return a.some(([from, to]) => b.some(([first, end]) => from <= end && first <= to));
}

export function contains(set: CodePoints, codePoint: number): boolean {
  let [low, high] = [0, set.length - 1];
  while (low <= high) {
    const middle = (low + high) >> 1;
    const [from, to] = set[middle] ?? [0, -1];
    if (codePoint < from) high = middle - 1;
    else if (codePoint > to) low = middle + 1;
    else return true;
  }
  return false;
}

const range = (first: string, end: string): CodePoints => [
  [first.codePointAt(0) ?? 0, end.codePointAt(0) ?? 0],
];

export const digits: CodePoints = range('0', '9');
export const wordCharacters: CodePoints = union(digits, range('A', 'Z'), range('_', '_'), range('a', 'z'));
export const lineEnds: CodePoints = [
  [0x0a, 0x0a],
  [0x0d, 0x0d],
  [0x2028, 0x2029],
];
/** White space and line ends of ECMAScript. */
export const spaces: CodePoints = union(lineEnds, [
  [0x09, 0x0d],
  [0x20, 0x20],
  [0xa0, 0xa0],
  [0x1680, 0x1680],
  [0x2000, 0x200a],
  [0x202f, 0x202f],
  [0x205f, 0x205f],
  [0x3000, 0x3000],
  [0xfeff, 0xfeff],
]);
