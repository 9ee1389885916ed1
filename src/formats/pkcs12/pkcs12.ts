// PKCS#12 (RFC 7292) as Java, OpenSSL and others write it, DER and BER. Opening checks the MAC and opens what holds
// certificates; keys stay closed until they are read. Refused: more work than the limits allow, before any
// of it is done, and files that need a private key to open.

import { readElement } from '../../asn1/ber.ts';
import { badRequest } from '../../errors.ts';
import { unknownKeystoreEncryption, unsupportedText } from '../../jose/unsupported-formats.ts';
import { damagedKeystore, type KeystoreFormat } from '../keystore-format.ts';
import { openedKeystore } from '../opened-keystore.ts';
import { type Bag, readBags } from './bags.ts';
import { assembleEntries } from './entries.ts';
import { readPfx, type Safe } from './pfx.ts';
import { DerivationBudget } from './protection/derivation-budget.ts';

export const pkcs12: KeystoreFormat = {
  type: 'PKCS12',
  open(file, password) {
    const budget = new DerivationBudget();
    const pfx = readPfx(Buffer.from(file.buffer, file.byteOffset, file.byteLength), budget);
    if (pfx.integrity?.holds(pfx.content, password) === false) throw damagedKeystore('PKCS#12: MAC');
    const bags = pfx.safes.flatMap((safe) => openSafe(safe, { password, budget }));
    return openedKeystore(assembleEntries(bags, password));
  },
};

function openSafe(safe: Safe, access: { password: string; budget: DerivationBudget }): readonly Bag[] {
  if ('bags' in safe) return safe.bags;
  const { unknown } = safe.protection;
  if (unknown !== undefined) {
    throw badRequest(unsupportedText('Keystore', unknownKeystoreEncryption(unknown)), {
      reason: 'FORM_NOT_SUPPORTED',
    });
  }
  const plain = safe.protection.decrypt(safe.sealed, access.password);
  if (plain === undefined) throw damagedKeystore('PKCS#12: safe');
  return readBags(readElement(plain), access.budget);
}
