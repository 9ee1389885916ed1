// A binding as additional authenticated data. Each part goes with its length, so no two bindings share an
// encoding, with any content of their parts: a|bc is not ab|c.

import type { SealBinding } from './sealed.ts';

const lengthBytes = 4;

export function bindingAad(binding: SealBinding): Buffer {
  return partsAad(['keyplane seal', binding.purpose, binding.table, binding.id, binding.member]);
}

/** The first part is the kind of the sealed value. */
export function partsAad(parts: readonly string[]): Buffer {
  const pieces: Buffer[] = [];
  for (const part of parts) {
    const bytes = Buffer.from(part, 'utf8');
    const length = Buffer.alloc(lengthBytes);
    length.writeUInt32BE(bytes.length);
    pieces.push(length, bytes);
  }
  return Buffer.concat(pieces);
}
