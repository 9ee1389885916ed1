/** How many octets canonical base64url text stands for, without decoding it. */
export function octetsOf(text: string): number {
  return Math.floor((text.length * 3) / 4);
}

/** "1 byte", "31 bytes" */
export function bytes(count: number): string {
  return count === 1 ? '1 byte' : `${count} bytes`;
}
