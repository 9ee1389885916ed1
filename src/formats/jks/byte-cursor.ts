// Reads what java.io.DataOutputStream wrote. Every read is held against the end of the bytes before it is made.

import { damagedKeystore } from '../keystore-format.ts';

export class ByteCursor {
  readonly #bytes: Buffer;
  #offset = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get offset(): number {
    return this.#offset;
  }

  /** @throws {KeyplaneError} the message for damaged files, when the bytes end before `count` */
  bytes(count: number): Buffer {
    if (count > this.#bytes.length - this.#offset) throw damagedKeystore('JKS: ends inside an entry');
    this.#offset += count;
    return this.#bytes.subarray(this.#offset - count, this.#offset);
  }

  passOver(count: number): void {
    this.bytes(count);
  }

  /** Java's int has a sign; a negative count comes out as a very large one and fails at its limit. */
  uint32(): number {
    return this.bytes(4).readUInt32BE(0);
  }

  /** DataInput.readUTF: two bytes of length, U+0000 in two bytes, a surrogate pair as two times three. */
  modifiedUtf8(): string {
    const bytes = this.bytes(this.bytes(2).readUInt16BE(0));
    const units: number[] = [];
    for (let at = 0; at < bytes.length; ) {
      const [unit, size] = decodeUnit(bytes, at);
      units.push(unit);
      at += size;
    }
    return units.map((unit) => String.fromCharCode(unit)).join('');
  }
}

function decodeUnit(bytes: Buffer, at: number): [unit: number, size: number] {
  const first = bytes[at] ?? 0;
  if (first < 0x80) return [first, 1];
  if (first >= 0xc0 && first < 0xe0) return [((first & 0x1f) << 6) | tail(bytes, at + 1), 2];
  if (first >= 0xe0 && first < 0xf0) {
    return [((first & 0x0f) << 12) | (tail(bytes, at + 1) << 6) | tail(bytes, at + 2), 3];
  }
  throw damagedKeystore('JKS: modified UTF-8');
}

function tail(bytes: Buffer, at: number): number {
  const byte = bytes[at] ?? 0;
  if ((byte & 0xc0) !== 0x80) throw damagedKeystore('JKS: modified UTF-8');
  return byte & 0x3f;
}
