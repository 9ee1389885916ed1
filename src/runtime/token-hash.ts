import { hash } from 'node:crypto';

/** SHA-256. A token has 256 random bits, so a plain hash is enough to keep: there is nothing to guess. */
export function tokenHash(token: string): Buffer {
  return hash('sha256', token, 'buffer');
}
