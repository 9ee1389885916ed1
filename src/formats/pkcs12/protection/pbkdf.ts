// The key derivations of PKCS #5 v2.1: PBKDF2 (RFC 8018, A.2) and scrypt (RFC 7914, 7), parameters to key.
// Their passwords are UTF-8, as OpenSSL and Java take them.

import { pbkdf2Sync, scryptSync } from 'node:crypto';
import { integer, isConstructed, isContext, objectIdentifier, octets, sequence } from '../../../asn1/ber.ts';
import { type Asn1Element, asn1Tag } from '../../../asn1/element.ts';
import { damagedKeystore, keystoreLimits } from '../../keystore-format.ts';
import { pbkdf2Oid } from '../oids.ts';
import type { DerivationBudget } from './derivation-budget.ts';
import { hmacDigestOf } from './digests.ts';

const scryptOid = '1.3.6.1.4.1.11591.4.11';
const hmacSha1Oid = '1.2.840.113549.2.7';

export interface PasswordKdf {
  /** Where the parameters fix it. */
  readonly keyLength: number | undefined;
  derive(password: string, keyLength: number): Buffer;
}

/** An algorithm that is not known here, by its object identifier. */
export interface UnknownAlgorithm {
  readonly unknown: string;
}

/** @throws {KeyplaneError} bad_request when the work is over the limits, or the parameters are malformed */
export function readKdf(
  algorithm: Asn1Element | undefined,
  budget: DerivationBudget,
): PasswordKdf | UnknownAlgorithm {
  const [oid, parameters] = sequence(algorithm);
  const name = objectIdentifier(oid);
  if (name === pbkdf2Oid) return readPbkdf2(sequence(parameters), budget);
  if (name === scryptOid) return readScrypt(sequence(parameters), budget);
  return { unknown: name };
}

function readPbkdf2(
  parameters: readonly Asn1Element[],
  budget: DerivationBudget,
): PasswordKdf | UnknownAlgorithm {
  const [saltElement, iterationCount, ...optional] = parameters;
  const salt = octets(saltElement);
  const iterations = integer(iterationCount);
  if (iterations === 0) throw damagedKeystore('PBKDF2: no iterations');
  budget.reserve({ iterations, salt });
  const lengthElement = optional.find(({ tag }) => tag === asn1Tag.integer);
  const prf = optional.find(isConstructed);
  const prfOid = prf === undefined ? hmacSha1Oid : objectIdentifier(sequence(prf)[0]);
  const digest = hmacDigestOf(prfOid);
  if (digest === undefined) return { unknown: prfOid };
  return {
    keyLength: lengthElement && integer(lengthElement),
    derive: (password, keyLength) => pbkdf2Sync(password, salt, iterations, keyLength, digest),
  };
}

/** One mixing of scrypt costs about as much as one iteration of the others, so its N·r·p is counted as such. */
function readScrypt(parameters: readonly Asn1Element[], budget: DerivationBudget): PasswordKdf {
  const [saltElement, cost, blockSize, parallelization, lengthElement] = parameters;
  const salt = octets(saltElement);
  const N = integer(cost);
  const r = integer(blockSize);
  const p = integer(parallelization);
  if (N < 2 || !Number.isInteger(Math.log2(N)) || r === 0 || p === 0)
    throw damagedKeystore('scrypt: parameters');
  budget.reserve({ iterations: N * r * p, salt });
  budget.reserveMemory(128 * r * Math.max(N, p));
  return {
    keyLength:
      lengthElement === undefined || isContext(lengthElement, 0) ? undefined : integer(lengthElement),
    derive: (password, keyLength) =>
      // OpenSSL counts some working room on top of what RFC 7914 asks for.
      scryptSync(password, salt, keyLength, { N, r, p, maxmem: 2 * keystoreLimits.scryptBytes }),
  };
}
