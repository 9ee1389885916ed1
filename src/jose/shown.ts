// How messages print what a request or a document holds.

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
