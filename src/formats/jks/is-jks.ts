/** 0xFEEDFEED; JCEKS has another one. */
const magic = Buffer.from([0xfe, 0xed, 0xfe, 0xed]);

/** By its first four bytes. */
export function isJks(file: Uint8Array): boolean {
  return magic.equals(file.subarray(0, magic.length));
}
