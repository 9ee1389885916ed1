// Counts the iterations a file asks for while its parameters are read, before anything is derived from them:
// a thousand entries that each keep to the limit must not keep a processor for hours.

import { keystoreLimits, tooMuchDerivation, tooMuchMemory } from '../../keystore-format.ts';

const maxSaltBytes = 1024;

export class DerivationBudget {
  readonly #what: string;
  #left: number = keystoreLimits.iterationsTotal;
  #isExceeded = false;

  /** @param what stands at the head of each message */
  constructor(what = 'Keystore') {
    this.#what = what;
  }

  /** Whether something was refused. */
  get isExceeded(): boolean {
    return this.#isExceeded;
  }

  /** @throws {KeyplaneError} bad_request when this derivation, or all of the file's together, cost too much */
  reserve(derivation: { iterations: number; salt: Buffer }): void {
    const { iterations, salt } = derivation;
    this.#left -= iterations;
    const [refused] = [
      iterations > keystoreLimits.iterations && `one of ${iterations}`,
      salt.length > maxSaltBytes && `salt of ${salt.length} bytes`,
      this.#left < 0 && `over ${keystoreLimits.iterationsTotal} in all`,
    ].filter((reason) => reason !== false);
    if (refused === undefined) return;
    this.#isExceeded = true;
    throw tooMuchDerivation(refused, this.#what);
  }

  /** @throws {KeyplaneError} bad_request when one derivation takes more than is accepted */
  reserveMemory(bytes: number): void {
    if (bytes <= keystoreLimits.scryptBytes) return;
    this.#isExceeded = true;
    throw tooMuchMemory(this.#what);
  }
}
