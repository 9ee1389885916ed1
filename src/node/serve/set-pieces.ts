// The body of a JWK Set. That of thousands of keys is made of pieces, and a set takes over from the one before it each piece
// whose keys are the same. A change then costs the pieces that it touches: another copy of megabytes would stay with the
// process until V8 next looks for garbage, which memory outside of its heap seldom makes it do.

const [head, tail] = [Buffer.from('{"keys":['), Buffer.from(']}')];

/** `malloc` gives blocks from this size on back to the system as soon as they are free (see keyplane.mjs). */
export const pieceBytes = 128 * 1024;
/** A piece below this is not taken over, or each change would leave one behind. */
const shortBytes = pieceBytes / 2;

/** Some keys of a set that follow each other, each behind a comma. */
interface Piece {
  readonly keys: readonly string[];
  readonly bytes: Buffer;
}

type Pieces = ReadonlyMap<string, Piece>;

export class SetPieces {
  /** Of the last set of each name, by their first keys; only of sets that have more than one. */
  readonly #sets = new Map<string, Pieces>();

  /** @returns the bytes of `{"keys":[…]}`, one piece behind the other */
  of(name: string, keys: readonly string[]): readonly Buffer[] {
    const former = this.#sets.get(name) ?? new Map();
    this.#sets.delete(name);
    let length = 0;
    for (const key of keys) length += key.length;
    if (length < pieceBytes) return [Buffer.from(`${head}${keys.join(',')}${tail}`)];
    const pieces = divide(keys, former);
    this.#sets.set(name, new Map(pieces.map((piece) => [piece.keys[0] ?? '', piece])));
    const [first, ...others] = pieces.map(({ bytes }) => bytes);
    return [head, ...(first ? [first.subarray(1)] : []), ...others, tail];
  }

  forget(name: string): void {
    this.#sets.delete(name);
  }

  clear(): void {
    this.#sets.clear();
  }
}

function divide(keys: readonly string[], former: Pieces): readonly Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  let length = 0;
  const end = (to: number) => {
    if (from < to) pieces.push(newPiece(keys.slice(from, to)));
    from = to;
    length = 0;
  };
  for (let at = 0; at < keys.length; ) {
    const same = pieceAt(keys, at, former);
    if (same && (length === 0 || length >= shortBytes)) {
      end(at);
      pieces.push(same);
      at += same.keys.length;
      from = at;
    } else if (same && same.bytes.length < 2 * pieceBytes) {
      // What stands before it would be a short piece.
      at += same.keys.length;
      end(at);
    } else {
      length += keys[at]?.length ?? 0;
      at += 1;
      if (length >= pieceBytes) end(at);
    }
  }
  end(keys.length);
  return pieces;
}

function pieceAt(keys: readonly string[], at: number, former: Pieces): Piece | undefined {
  const piece = former.get(keys[at] ?? '');
  if (piece === undefined || piece.bytes.length < shortBytes) return undefined;
  return piece.keys.every((key, index) => key === keys[at + index]) ? piece : undefined;
}

/** Written in place, key by key: one string of all would be garbage as large. */
function newPiece(keys: readonly string[]): Piece {
  const size = keys.reduce((sum, key) => sum + 1 + Buffer.byteLength(key), 0);
  const bytes = Buffer.allocUnsafeSlow(size);
  let at = 0;
  for (const key of keys) {
    at += bytes.write(',', at);
    at += bytes.write(key, at);
  }
  return { keys, bytes };
}
