// Writes DER, and BER if a test wants it, with exactly the given bytes: also what no program would write.

/** One element; its content is joined from the pieces. */
export function der(tag: number, ...content: readonly Uint8Array[]): Buffer {
  const joined = Buffer.concat(content);
  return Buffer.concat([derHead(tag, joined.length), joined]);
}

/** Tag and length, which stand before the content. */
export function derHead(tag: number, contentLength: number): Buffer {
  if (contentLength < 0x80) return Buffer.from([tag, contentLength]);
  const head = Buffer.from([tag, 0x84, 0, 0, 0, 0]);
  head.writeUInt32BE(contentLength, 2);
  return head;
}

/** The same with an indefinite length. */
export function indefinite(tag: number, ...content: readonly Uint8Array[]): Buffer {
  return Buffer.concat([Buffer.from([tag, 0x80]), ...content, Buffer.alloc(2)]);
}

export const sequence = (...content: readonly Uint8Array[]) => der(0x30, ...content);
export const set = (...content: readonly Uint8Array[]) => der(0x31, ...content);
export const explicit = (number: number, ...content: readonly Uint8Array[]) => der(0xa0 | number, ...content);
export const octetString = (content: Uint8Array) => der(0x04, content);
export const nothing = Buffer.from([0x05, 0]);

export function integer(value: number): Buffer {
  const hex = value.toString(16);
  const bytes = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
  return der(0x02, (bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.alloc(1), bytes]) : bytes);
}

export function objectIdentifier(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const arcs = [first * 40 + second, ...rest];
  return der(0x06, Buffer.from(arcs.flatMap(base128)));
}

function base128(arc: number): number[] {
  const groups = [arc & 0x7f];
  for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128)) {
    groups.unshift((left & 0x7f) | 0x80);
  }
  return groups;
}

export function bmpString(text: string): Buffer {
  return der(0x1e, Buffer.from(text, 'utf16le').swap16());
}

/** An OCTET STRING in pieces of `size` bytes, the whole without a length (X.690, 8.7.3). */
export function octetPieces(content: Uint8Array, size: number, tag = 0x24): Buffer {
  const pieces: Buffer[] = [];
  for (let at = 0; at < content.length; at += size) pieces.push(octetString(content.subarray(at, at + size)));
  return indefinite(tag, ...pieces);
}
