// How messages print what a request or a document holds, and what would be valid.

/** A name of the caller's own, cut and stripped so that it is safe inside a message; never for what may be secret. */
export function shown(name: string): string {
  const printable = name.replace(/[^\P{C}\u200c\u200d]/gu, '?');
  return printable.length > 64 ? `${printable.slice(0, 64)}…` : printable;
}

/** What a value of the wrong type is, without a word of what it holds. */
export function typeName(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

/** `a, b or c` */
export function alternatives(values: readonly (string | number)[]): string {
  if (values.length < 2) return values.join();
  return `${values.slice(0, -1).join(', ')} or ${values.at(-1)}`;
}
