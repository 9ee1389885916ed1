// base^exponent mod modulus at OpenSSL's speed, in stretches of about a millisecond.
// The RSA public operation without padding is the one modular power that node:crypto offers, so it is used
// with numbers that are no RSA key at all. crypto.checkPrime would not do: it insists on 64 to 128 rounds, which
// for an 8192-bit prime that a user pastes takes half a minute of one of the four pool threads.

import { constants, createPublicKey, type KeyObject, publicEncrypt } from 'node:crypto';
import { fairTurn } from '../../runtime/event-loop.ts';
import { bitLength, encodeInteger, integerFromOctets, octetsFromInteger } from '../members/integer.ts';

const wholeExponentBits = 2048;
// OpenSSL takes exponents above 64 bits only with moduli up to 3072 bits.
const digitBits = 63n;
const digitMask = (1n << digitBits) - 1n;

function powerKey(exponent: bigint, modulus: bigint): KeyObject {
  return createPublicKey({
    format: 'jwk',
    key: { kty: 'RSA', n: encodeInteger(modulus), e: encodeInteger(exponent) },
  });
}

function power(base: bigint, key: KeyObject, modulusOctets: number): bigint {
  const input = octetsFromInteger(base, modulusOctets);
  return integerFromOctets(publicEncrypt({ key, padding: constants.RSA_NO_PADDING }, input));
}

/**
 * @param modulus odd, 512 to 8192 bits
 * @param exponent 1 < exponent < modulus
 */
export async function modularPower(base: bigint, exponent: bigint, modulus: bigint): Promise<bigint> {
  const octets = (bitLength(modulus) + 7) >> 3;
  await fairTurn();
  if (bitLength(modulus) <= wholeExponentBits) return power(base, powerKey(exponent, modulus), octets);

  const digits: bigint[] = [];
  for (let rest = exponent; rest > 0n; rest >>= digitBits) digits.unshift(rest & digitMask);
  const shift = powerKey(1n << digitBits, modulus);
  let result = 1n;
  for (const digit of digits) {
    if (result !== 1n) result = power(result, shift, octets);
    if (digit === 1n) result = (result * base) % modulus;
    else if (digit > 1n) result = (result * power(base, powerKey(digit, modulus), octets)) % modulus;
    await fairTurn();
  }
  return result;
}
