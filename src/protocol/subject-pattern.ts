// Patterns of subjects, such as `system:serviceaccount:shop:*`. `*` stands for one or more characters other than `:`, so it
// matches within one `:` segment and never an empty text. Everything else stands for itself.

/** Whether the whole text matches. Takes time in proportion to both lengths, whatever the pattern. */
export function matchesSubject(pattern: string, text: string): boolean {
  return haveCommonSubject(pattern, text, { secondIsText: true });
}

/** Whether some text matches both patterns. */
export function subjectsOverlap(first: string, second: string): boolean {
  return haveCommonSubject(first, second, { secondIsText: false });
}

/** One unit of a pattern: a code unit, any unit but `:`, or any number of such units. */
type Unit = { readonly kind: 'ONE'; readonly code: number } | { readonly kind: 'ANY' | 'MANY' };

const colon = 0x3a;

function haveCommonSubject(
  first: string,
  second: string,
  { secondIsText }: { readonly secondIsText: boolean },
): boolean {
  if (first === second) return true;
  const ones = first.split(':');
  const others = second.split(':');
  if (ones.length !== others.length) return false;
  return ones.every((one, index) => {
    const other = others[index] ?? '';
    if (one === other) return true;
    return unitsMeet(unitsOf(one), secondIsText ? literalUnits(other) : unitsOf(other));
  });
}

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
