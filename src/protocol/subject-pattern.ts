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

/** Whether some text matches both patterns. */
export function subjectsOverlap(first: string, second: string): boolean {
  if (first === second) return true;
  const ones = first.split(separator);
  const others = second.split(separator);
  return (
    ones.length === others.length &&
    ones.every((one, index) => {
      const other = others[index] ?? '';
      return one === other || unitsMeet(unitsOf(one), unitsOf(other));
    })
  );
}

/** One unit of a pattern: a code unit, any unit but `:`, or any number of such units. */
type Unit = { readonly kind: 'ONE'; readonly code: number } | { readonly kind: 'ANY' | 'MANY' };

const colon = 0x3a;

/** `*` takes at least one unit. */
function unitsOf(segment: string): readonly Unit[] {
  return literalUnits(segment).flatMap((unit): readonly Unit[] =>
    unit.kind === 'ONE' && unit.code === 0x2a ? [{ kind: 'ANY' }, { kind: 'MANY' }] : [unit],
  );
}

function literalUnits(segment: string): readonly Unit[] {
  return Array.from({ length: segment.length }, (_none, at) => {
    return { kind: 'ONE', code: segment.charCodeAt(at) };
  });
}

/**
 * Walks the product of both automata, one row for each unit of the first: `reached[j]` says that some text is matched by the
 * units so far of the first and by `j` units of the second.
 */
function unitsMeet(first: readonly Unit[], second: readonly Unit[]): boolean {
  let reached = skipEmpty(Uint8Array.of(1, ...new Uint8Array(second.length)), second);
  for (const unit of first) reached = skipEmpty(step(reached, unit, second), second);
  return reached[second.length] === 1;
}

/** What is reached once `unit` has matched all that it can. */
function step(reached: Uint8Array, unit: Unit, second: readonly Unit[]): Uint8Array {
  const next = new Uint8Array(second.length + 1);
  if (unit.kind === 'MANY') next.set(reached);
  // A MANY goes on over several units of the second, so what it has reached in this row counts too.
  const from = unit.kind === 'MANY' ? next : reached;
  for (let at = 0; at < second.length; at += 1) {
    const other = second[at];
    if (from[at] !== 1 || other === undefined) continue;
    if (!agree(unit, other)) continue;
    next[at + 1] = 1;
  }
  // A MANY of the second stays for more of the first.
  for (let at = 0; at < second.length; at += 1) {
    if (reached[at] === 1 && second[at]?.kind === 'MANY' && agree(unit, { kind: 'ANY' })) next[at] = 1;
  }
  return next;
}

/** A MANY of the second may match nothing. */
function skipEmpty(reached: Uint8Array, second: readonly Unit[]): Uint8Array {
  for (let at = 0; at < second.length; at += 1) {
    if (reached[at] === 1 && second[at]?.kind === 'MANY') reached[at + 1] = 1;
  }
  return reached;
}

function agree(one: Unit, other: Unit): boolean {
  if (one.kind === 'ONE') return other.kind === 'ONE' ? one.code === other.code : one.code !== colon;
  return other.kind !== 'ONE' || other.code !== colon;
}
