// RSA moduli that passed the tests of a public key, which take milliseconds of a core and have the same result each time. A
// URL is fetched again and again, and mostly has the keys that it had.

import { hash } from 'node:crypto';

const mostKept = 4_096;

/** By the SHA-256 of the modulus as it is written, of which there is one spelling. Moduli that were rejected are not kept. */
export class SoundModuli {
  readonly #digests = new Set<string>();

  has(modulus: string): boolean {
    return this.#digests.has(digestOf(modulus));
  }

  add(modulus: string): void {
    if (this.#digests.size >= mostKept) {
      const [oldest] = this.#digests;
      if (oldest !== undefined) this.#digests.delete(oldest);
    }
    this.#digests.add(digestOf(modulus));
  }
}

function digestOf(modulus: string): string {
  return hash('sha256', modulus, 'base64url');
}

export const soundModuli = new SoundModuli();
