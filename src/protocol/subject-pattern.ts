// Patterns of subjects, such as `system:serviceaccount:shop:*`. `*` stands for one or more characters other than `:`, so it
// matches within one `:` segment and never an empty text. Everything else stands for itself.

const separator = ':';
const wildcard = '*';

/** Whether the whole text matches. Each literal part is taken at its first place, so the time is linear in the text. */
export function matchesSubject(pattern: string, text: string): boolean {
  const wanted = pattern.split(separator);
  const given = text.split(separator);
  return (
    wanted.length === given.length &&
    wanted.every((segment, index) => matchesSegment(segment, given[index] ?? ''))
  );
}

function matchesSegment(pattern: string, text: string): boolean {
  const [first = '', ...rest] = pattern.split(wildcard);
  const last = rest.pop();
  if (last === undefined) return pattern === text;
  if (!text.startsWith(first)) return false;
  let at = first.length;
  for (const part of rest) {
    // Past the end of the text there is nothing, not even for a part that is empty.
    if (at >= text.length) return false;
    const found = text.indexOf(part, at + 1);
    if (found < 0) return false;
    at = found + part.length;
  }
  return text.length - last.length > at && text.endsWith(last);
}

/** Whether some text matches both patterns, in linear time. */
export function subjectsOverlap(first: string, second: string): boolean {
  const ones = first.split(separator);
  const others = second.split(separator);
  return (
    ones.length === others.length && ones.every((one, index) => segmentsOverlap(one, others[index] ?? ''))
  );
}

function segmentsOverlap(one: string, other: string): boolean {
  if (!other.includes(wildcard)) return matchesSegment(one, other);
  if (!one.includes(wildcard)) return matchesSegment(other, one);
  // What stands between the first and the last wildcard of one fits into a wildcard of the other, so only the ends count.
  const [first, last] = literalEnds(one);
  const [otherFirst, otherLast] = literalEnds(other);
  return (
    (first.startsWith(otherFirst) || otherFirst.startsWith(first)) &&
    (last.endsWith(otherLast) || otherLast.endsWith(last))
  );
}

/** What stands before the first and after the last wildcard. */
function literalEnds(segment: string): readonly [string, string] {
  return [segment.slice(0, segment.indexOf(wildcard)), segment.slice(segment.lastIndexOf(wildcard) + 1)];
}
