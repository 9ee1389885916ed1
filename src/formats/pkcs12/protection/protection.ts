// How bytes in a PKCS#12 file are closed: an AlgorithmIdentifier in, something that decrypts out.
// PBES2, PBES1, and the older schemes of PKCS#12 itself. The scheme's cost is reserved when it is read.

import { integer, objectIdentifier, octets, sequence } from '../../../asn1/ber.ts';
import type { Asn1Element } from '../../../asn1/element.ts';
import { damagedKeystore } from '../../keystore-format.ts';
import { pbes2Oid } from '../oids.ts';
import type { DerivationBudget } from './derivation-budget.ts';
import { decryptCbc, onlySequence, type Protection, unknownProtection } from './encrypted-content.ts';
import { type Derivation, derivationPurpose, deriveBytes, encryptionPasswords } from './key-derivation.ts';
import { openPbes1, pbes1Schemes } from './pbes1.ts';
import { readPbes2 } from './pbes2.ts';
import { decryptRc2Cbc } from './rc2.ts';

interface LegacyCipher {
  readonly keyBytes: number;
  decrypt(sealed: Buffer, key: Buffer, iv: Buffer): Buffer | undefined;
}

const tripleDes = (sealed: Buffer, key: Buffer, iv: Buffer) => {
  // Two-key 3DES uses its first key again as the third.
  const three = key.length === 16 ? Buffer.concat([key, key.subarray(0, 8)]) : key;
  return decryptCbc('des-ede3-cbc', { sealed, key: three, iv });
};
const rc2 = (sealed: Buffer, key: Buffer, iv: Buffer) =>
  decryptRc2Cbc(sealed, { key, effectiveKeyBits: key.length * 8, iv });

/** RFC 7292, appendix C, all with SHA-1; its two RC4 schemes are in no use. */
const legacyCiphers: ReadonlyMap<string, LegacyCipher> = new Map([
  ['1.2.840.113549.1.12.1.3', { keyBytes: 24, decrypt: tripleDes }],
  ['1.2.840.113549.1.12.1.4', { keyBytes: 16, decrypt: tripleDes }],
  ['1.2.840.113549.1.12.1.5', { keyBytes: 16, decrypt: rc2 }],
  ['1.2.840.113549.1.12.1.6', { keyBytes: 5, decrypt: rc2 }],
]);

/** @throws {KeyplaneError} bad_request when its cost is over the limits, or its parameters are malformed */
export function readProtection(algorithm: Asn1Element | undefined, budget: DerivationBudget): Protection {
  const [oidElement, parameters] = sequence(algorithm);
  const oid = objectIdentifier(oidElement);
  if (oid === pbes2Oid) return readPbes2(parameters, budget);
  const scheme = pbes1Schemes.get(oid);
  const cipher = legacyCiphers.get(oid);
  if (scheme === undefined && cipher === undefined) return unknownProtection(oid);
  const [salt, iterationCount] = sequence(parameters);
  const derivation = { digest: 'sha1', salt: octets(salt), iterations: integer(iterationCount) };
  if (derivation.iterations === 0) throw damagedKeystore('PKCS#12 PBE: no iterations');
  budget.reserve(derivation);
  if (scheme !== undefined)
    return { decrypt: (sealed, password) => openPbes1(scheme, derivation, { sealed, password }) };
  if (cipher === undefined) return unknownProtection(oid);
  return { decrypt: (sealed, password) => decryptLegacy(cipher, derivation, { sealed, password }) };
}

function decryptLegacy(
  cipher: LegacyCipher,
  derivation: Derivation,
  input: { sealed: Buffer; password: string },
): Buffer | undefined {
  for (const spelling of encryptionPasswords(input.password)) {
    const key = deriveBytes(derivation, spelling, {
      purpose: derivationPurpose.key,
      length: cipher.keyBytes,
    });
    const iv = deriveBytes(derivation, spelling, { purpose: derivationPurpose.iv, length: 8 });
    const plain = onlySequence(cipher.decrypt(input.sealed, key, iv));
    if (plain !== undefined) return plain;
  }
  return undefined;
}
