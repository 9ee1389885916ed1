/** How many octets canonical base64url text stands for, without decoding it. */
export function octetsOf(text: string): number {
  return Math.floor((text.length * 3) / 4);
}
