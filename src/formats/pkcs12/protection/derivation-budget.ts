// Counts the iterations a file asks for while its parameters are read, before anything is derived from them:
// a thousand entries that each keep to the limit must not keep a processor for hours.

import { keystoreLimits, tooMuchDerivation } from '../../keystore-format.ts';

const maxSaltBytes = 1024;

export class DerivationBudget {
  #left: number = keystoreLimits.iterationsTotal;

  /** @throws {KeyplaneError} bad_request when this derivation, or all of the file's together, cost too much */
  reserve(derivation: { iterations: number; salt: Buffer }): void {
    const { iterations, salt } = derivation;
    if (iterations > keystoreLimits.iterations) throw tooMuchDerivation(`one of ${iterations}`);
    if (salt.length > maxSaltBytes) throw tooMuchDerivation(`salt of ${salt.length} bytes`);
    this.#left -= iterations;
    if (this.#left < 0) throw tooMuchDerivation(`over ${keystoreLimits.iterationsTotal} in all`);
  }
}
