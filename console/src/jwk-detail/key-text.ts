import type { Jwk } from '../../../clients/typescript/src/index.ts';

/** `RSA, 3072 bits`, `EC, P-256`, `OCT` */
export function keyText({ type, curve, size }: Pick<Jwk, 'type' | 'curve' | 'size'>): string {
  const detail = curve ?? (size === null ? undefined : `${size} bits`);
  return detail === undefined ? type : `${type}, ${detail}`;
}
