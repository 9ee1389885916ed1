// Is this number a prime? Up to the length that one modular power in the thread pool takes, Fermat's test there; above it
// Miller-Rabin for bases 2 and 3, in stretches of the event loop. Both find keys whose numbers went wrong; someone who
// builds a composite number to pass weakens only a key whose private half he holds anyway.

import { fairTurn } from '../../runtime/event-loop.ts';
import { bitLength } from '../members/integer.ts';
import { mostFermatBits, passesFermat } from './fermat-test.ts';
import { modularPower } from './modular-power.ts';

const bases = [2n, 3n];

/** @param candidate odd, 512 to 8192 bits */
export async function isProbablePrime(candidate: bigint): Promise<boolean> {
  return bitLength(candidate) <= mostFermatBits ? passesFermat(candidate) : passesMillerRabin(candidate);
}

/** @param candidate odd, 512 to 8192 bits */
export async function passesMillerRabin(candidate: bigint): Promise<boolean> {
  const minusOne = candidate - 1n;
  const text = minusOne.toString(2);
  const twos = text.length - 1 - text.lastIndexOf('1');
  const odd = minusOne >> BigInt(twos);
  for (const base of bases) {
    // 2^k + 1 and the like: an odd part of 1 is below what the native operation takes.
    let value = odd === 1n ? base : await modularPower(base, odd, candidate);
    if (value === 1n || value === minusOne) continue;
    for (let square = 1; square < twos && value !== minusOne; square += 1) {
      value = (value * value) % candidate;
      if (square % 16 === 0) await fairTurn();
    }
    if (value !== minusOne) return false;
  }
  return true;
}
