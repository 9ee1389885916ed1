// Comparison of JSON values where integers beyond 53 bits are compared digit by digit: as JavaScript numbers two account
// numbers of 18 digits may be one.

class LongInteger {
  readonly digits: string;

  constructor(digits: string) {
    this.digits = digits;
  }
}

const longInteger = /^-?\d{16,}$/;

/** @param text valid JSON. @returns its value, for `isSameJson` */
export function parseExactly(text: string): unknown {
  const keepDigits = (_name: string, value: unknown, { source = '' }: { readonly source?: string } = {}) =>
    typeof value === 'number' && longInteger.test(source) ? new LongInteger(source) : value;
  return JSON.parse(text, keepDigits);
}

/** Members of objects in any order, items of lists in theirs. */
export function isSameJson(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false;
  if (one instanceof LongInteger || other instanceof LongInteger) {
    return one instanceof LongInteger && other instanceof LongInteger && one.digits === other.digits;
  }
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  const [left, right] = [Object.entries(one), Object.keys(other)];
  if (left.length !== right.length) return false;
  return left.every(
    ([name, value]) => Object.hasOwn(other, name) && isSameJson(value, Reflect.get(other, name)),
  );
}
