// Is this RSA key one that can be trusted to sign? RFC 8017 §3, RFC 7518 §3.3, CA/Browser Forum BR 6.1.1.3 and 6.1.6.
// Rejects wrong sizes and exponents, recognizably weak moduli, and halves that do not match. Cheap checks come first;
// between the expensive ones the code yields to the event loop.

import { badRequest } from '../../errors.ts';
import { fairTurn } from '../../runtime/event-loop.ts';
import { bitLength, decodeInteger } from '../members/integer.ts';
import { mostFermatBits, passesFermat } from './fermat-test.ts';
import { isProbablePrime, passesMillerRabin } from './prime.ts';
import { checkCrtMembers, checkHalves, type RsaMembers } from './rsa-halves.ts';
import { soundModuli } from './sound-moduli.ts';
import { closePrimesFault, rocaFault, smallFactorFault } from './weak-modulus.ts';

const leastModulusBits = 2048;
const mostModulusBits = 8192;
const largestExponent = 1n << 256n;
/** Shorter than this, the modular power is not to be had; and it would be no factor of a strong modulus. */
const leastPrimeBits = 512;

function refuse(reason: string): never {
  throw badRequest(`RSA key is not sound: ${reason}`, { reason: 'KEY_NOT_SOUND' });
}

/** Bits of the modulus. */
export function rsaSize(jwk: RsaMembers): number {
  return bitLength(decodeInteger(jwk.n));
}

/** What costs next to nothing: to be asked before any other arithmetic on these numbers. */
export function checkRsaSizes(jwk: RsaMembers): void {
  const n = decodeInteger(jwk.n);
  const bits = bitLength(n);
  if (bits < leastModulusBits || bits > mostModulusBits) {
    refuse(`the modulus (n) has ${bits} bits, ${leastModulusBits} to ${mostModulusBits} are accepted`);
  }
  if (n % 2n === 0n) refuse('the modulus (n) is even');
  const e = decodeInteger(jwk.e);
  if (e % 2n === 0n) refuse('the exponent (e) is even (RFC 8017 §3.1)');
  if (e === 1n) refuse('the exponent (e) is 1, which encrypts nothing (RFC 8017 §3.1)');
  if (e > largestExponent) refuse('the exponent (e) is above 2^256 (CA/B Forum BR 6.1.6)');
  checkCrtMembers(jwk);
}

/** @throws KeyplaneError bad_request with the reason */
export async function checkRsa(jwk: RsaMembers): Promise<void> {
  checkRsaSizes(jwk);
  // Of a public key only the modulus is left to test.
  const isPublic = jwk.d === undefined;
  if (isPublic && soundModuli.has(jwk.n)) return;
  await fairTurn();
  const n = decodeInteger(jwk.n);
  const fault = rocaFault(n) ?? closePrimesFault(n);
  if (fault !== undefined) refuse(fault);
  await fairTurn();
  if (hasAllMembers(jwk)) {
    // A valid key has two long primes, so a search for small factors is needed only if the check fails.
    return checkPrivateHalf(jwk).catch((error: unknown) => {
      refuseSmallFactor(n);
      throw error;
    });
  }
  refuseSmallFactor(n);
  if (!isPublic) refuse('d stands without p, q, dp, dq and qi');
  if (await isPrimeModulus(n)) refuse('the modulus (n) is itself a prime (RFC 8017 §3.1)');
  soundModuli.add(jwk.n);
}

function refuseSmallFactor(n: bigint): void {
  const fault = smallFactorFault(n);
  if (fault !== undefined) refuse(fault);
}

/** Nearly every modulus fails the first test, so only the others are tested again. */
async function isPrimeModulus(n: bigint): Promise<boolean> {
  if (bitLength(n) <= mostFermatBits && !(await passesFermat(n))) return false;
  return passesMillerRabin(n);
}

function hasAllMembers(jwk: RsaMembers): jwk is Required<RsaMembers> {
  return [jwk.d, jwk.p, jwk.q, jwk.dp, jwk.dq, jwk.qi].every((member) => member !== undefined);
}

async function checkPrivateHalf(jwk: Required<RsaMembers>): Promise<void> {
  const factors = checkHalves(jwk);
  for (const factor of factors) {
    if (bitLength(factor) < leastPrimeBits) refuse(`a prime factor of fewer than ${leastPrimeBits} bits`);
  }
  const arePrime = await Promise.all(factors.map(isProbablePrime));
  for (const [index, name] of ['p', 'q'].entries()) {
    if (!arePrime[index]) refuse(`${name} is not a prime (RFC 8017 §3.2)`);
  }
}
