// Integrity of deployed data: a MAC over each row, under a data key of a separate purpose. A writer of the database
// without the master key cannot make a row that passes.

import { createHmac, createSecretKey } from 'node:crypto';

/** What a MAC covers, in a fixed order for each kind of row. */
export type MacPart = string | number | boolean | null | Uint8Array;

export interface Integrity {
  /** 32 bytes. `kind` keeps a MAC of one kind of row from passing for another. */
  mac(kind: string, parts: readonly MacPart[]): Buffer;
}

/** @param key 32 bytes, of the data key with the purpose `integrity` */
export function createIntegrity(key: Buffer): Integrity {
  // Node takes several times as long where it is given the bytes of a key each time.
  const secretKey = createSecretKey(key);
  return {
    mac: (kind, parts) =>
      createHmac('sha256', secretKey)
        .update(JSON.stringify(['keyplane row', kind, ...parts.map(plain)]))
        .digest(),
  };
}

/** JSON keeps types and borders apart; bytes get a form that no text, number or null has. */
function plain(part: MacPart): string | number | boolean | null | readonly string[] {
  if (!(part instanceof Uint8Array)) return part;
  return [Buffer.from(part.buffer, part.byteOffset, part.byteLength).toString('base64')];
}
