// The MAC over a PKCS#12 file's content: an HMAC whose key comes from the PKCS#12 derivation (RFC 7292, 4)
// or from PBKDF2 (PBMAC1, RFC 9579).

import { createHmac, timingSafeEqual } from 'node:crypto';
import { integer, objectIdentifier, octets, sequence } from '../../../asn1/ber.ts';
import type { Asn1Element } from '../../../asn1/element.ts';
import { badRequest } from '../../../errors.ts';
import { unknownKeystoreMac, unsupportedText } from '../../../jose/unsupported-formats.ts';
import { damagedKeystore } from '../../keystore-format.ts';
import type { DerivationBudget } from './derivation-budget.ts';
import { digestNameOf, hmacDigestOf } from './digests.ts';
import { derivationPurpose, deriveBytes, macPasswords } from './key-derivation.ts';
import { readKdf } from './pbkdf.ts';

const pbmac1Oid = '1.2.840.113549.1.5.14';
/** RFC 9579, 4: a shorter key, or one whose length is not given, is refused. The upper bound is ours. */
const pbmac1KeyBytes = { min: 20, max: 64 };

export interface PfxIntegrity {
  holds(content: Buffer, password: string): boolean;
}

/** @throws {KeyplaneError} bad_request when its cost is over the limits, it is malformed or not known */
export function readIntegrity(macData: Asn1Element, budget: DerivationBudget): PfxIntegrity {
  const [digestInfo, saltElement, iterationCount] = sequence(macData);
  const [algorithm, digestElement] = sequence(digestInfo);
  const expected = octets(digestElement);
  const [oidElement, parameters] = sequence(algorithm);
  const oid = objectIdentifier(oidElement);
  if (oid === pbmac1Oid) return readPbmac1(parameters, expected, budget);
  const digest = digestNameOf(oid);
  if (digest === undefined) throw unknownMac(oid);
  // DEFAULT 1 (RFC 7292, 4), and older writers did leave it out.
  const iterations = iterationCount === undefined ? 1 : integer(iterationCount);
  if (iterations === 0) throw damagedKeystore('PKCS#12 MAC: no iterations');
  const derivation = { digest, salt: octets(saltElement), iterations };
  budget.reserve(derivation);
  return {
    holds: (content, password) =>
      macPasswords(password).some((spelling) => {
        const want = { purpose: derivationPurpose.mac, length: expected.length };
        return sameMac(expected, { digest, key: deriveBytes(derivation, spelling, want), content });
      }),
  };
}

/** The salt and the iterations beside the MAC are without meaning here (RFC 9579, 4). */
function readPbmac1(
  parameters: Asn1Element | undefined,
  expected: Buffer,
  budget: DerivationBudget,
): PfxIntegrity {
  const [kdfElement, scheme] = sequence(parameters);
  const kdf = readKdf(kdfElement, budget);
  const schemeOid = objectIdentifier(sequence(scheme)[0]);
  const digest = hmacDigestOf(schemeOid);
  if ('unknown' in kdf) throw unknownMac(kdf.unknown);
  if (digest === undefined) throw unknownMac(schemeOid);
  const { keyLength = 0 } = kdf;
  if (keyLength < pbmac1KeyBytes.min || keyLength > pbmac1KeyBytes.max) {
    throw damagedKeystore('PBMAC1: key length');
  }
  return {
    holds: (content, password) =>
      sameMac(expected, { digest, key: kdf.derive(password, keyLength), content }),
  };
}

function sameMac(expected: Buffer, input: { digest: string; key: Buffer; content: Buffer }): boolean {
  const actual = createHmac(input.digest, input.key).update(input.content).digest();
  return actual.length === expected.length && timingSafeEqual(actual, expected);
}

function unknownMac(oid: string): Error {
  return badRequest(unsupportedText('Keystore', unknownKeystoreMac(oid)), { reason: 'FORM_NOT_SUPPORTED' });
}
