// PBES2 (RFC 8018, 6.2): a key derivation and a block cipher in CBC mode, each with its own parameters.

import { objectIdentifier, octets, sequence } from '../../../asn1/ber.ts';
import type { Asn1Element } from '../../../asn1/element.ts';
import { damagedKeystore } from '../../keystore-format.ts';
import type { DerivationBudget } from './derivation-budget.ts';
import { decryptCbc, onlySequence, type Protection, unknownProtection } from './encrypted-content.ts';
import { readKdf } from './pbkdf.ts';

interface CbcCipher {
  readonly name: string;
  readonly keyBytes: number;
  readonly ivBytes: number;
  /** Single DES, which is 3DES with one key three times. */
  readonly isSingleDes?: true;
}

const ciphers: ReadonlyMap<string, CbcCipher> = new Map([
  ['2.16.840.1.101.3.4.1.2', { name: 'aes-128-cbc', keyBytes: 16, ivBytes: 16 }],
  ['2.16.840.1.101.3.4.1.22', { name: 'aes-192-cbc', keyBytes: 24, ivBytes: 16 }],
  ['2.16.840.1.101.3.4.1.42', { name: 'aes-256-cbc', keyBytes: 32, ivBytes: 16 }],
  ['1.2.840.113549.3.7', { name: 'des-ede3-cbc', keyBytes: 24, ivBytes: 8 }],
  ['1.3.14.3.2.7', { name: 'des-ede3-cbc', keyBytes: 8, ivBytes: 8, isSingleDes: true }],
  ['1.2.392.200011.61.1.1.1.2', { name: 'camellia-128-cbc', keyBytes: 16, ivBytes: 16 }],
  ['1.2.392.200011.61.1.1.1.3', { name: 'camellia-192-cbc', keyBytes: 24, ivBytes: 16 }],
  ['1.2.392.200011.61.1.1.1.4', { name: 'camellia-256-cbc', keyBytes: 32, ivBytes: 16 }],
  ['1.2.410.200046.1.1.2', { name: 'aria-128-cbc', keyBytes: 16, ivBytes: 16 }],
  ['1.2.410.200046.1.1.7', { name: 'aria-192-cbc', keyBytes: 24, ivBytes: 16 }],
  ['1.2.410.200046.1.1.12', { name: 'aria-256-cbc', keyBytes: 32, ivBytes: 16 }],
]);

/** @throws {KeyplaneError} bad_request when its cost is over the limits, or its parameters are malformed */
export function readPbes2(parameters: Asn1Element | undefined, budget: DerivationBudget): Protection {
  const [kdfElement, scheme] = sequence(parameters);
  const kdf = readKdf(kdfElement, budget);
  const [cipherElement, ivElement] = sequence(scheme);
  const cipherOid = objectIdentifier(cipherElement);
  const cipher = ciphers.get(cipherOid);
  if ('unknown' in kdf) return unknownProtection(kdf.unknown);
  if (cipher === undefined) return unknownProtection(cipherOid);
  const { name, keyBytes, ivBytes } = cipher;
  const iv = octets(ivElement);
  if (iv.length !== ivBytes || (kdf.keyLength ?? keyBytes) !== keyBytes) {
    throw damagedKeystore('PBES2: length of key or IV');
  }
  return {
    decrypt: (sealed, password) => {
      const derived = kdf.derive(password, keyBytes);
      const key = cipher.isSingleDes ? Buffer.concat([derived, derived, derived]) : derived;
      return onlySequence(decryptCbc(name, { sealed, key, iv }));
    },
  };
}
