// DER written by hand, so that a test can break one rule and keep the others.

export function der(tag: number, ...parts: Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  const size = content.length;
  const length = size < 0x80 ? [size] : size < 0x100 ? [0x81, size] : [0x82, size >> 8, size & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), content]);
}

export function bytes(hex: string): Buffer {
  return Buffer.from(hex, 'hex');
}

export const sequence = (...parts: Uint8Array[]) => der(0x30, ...parts);
export const integer = (hex: string) => der(0x02, bytes(hex));
export const octets = (content: Uint8Array) => der(0x04, content);
export const bits = (content: Uint8Array, unused = 0) => der(0x03, Buffer.from([unused]), content);
export const oid = (hex: string) => der(0x06, bytes(hex));

export const ecAlgorithm = sequence(oid('2a8648ce3d0201'), oid('2a8648ce3d030107'));
export const rsaAlgorithm = sequence(oid('2a864886f70d010101'), der(0x05));
