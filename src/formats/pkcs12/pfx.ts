// The outside of a PKCS#12 file (RFC 7292, 4): version 3, content, MAC; and in the content the safes,
// open or closed with a password. Refused: files closed or signed with a public key, which no password opens.

import {
  explicit,
  integer,
  isContext,
  joinOctets,
  objectIdentifier,
  octets,
  readElement,
  sequence,
} from '../../asn1/ber.ts';
import type { Asn1Element } from '../../asn1/element.ts';
import { badRequest } from '../../errors.ts';
import { damagedKeystore } from '../keystore-format.ts';
import { type Bag, readBags } from './bags.ts';
import { contentType } from './oids.ts';
import type { DerivationBudget } from './protection/derivation-budget.ts';
import type { Protection } from './protection/encrypted-content.ts';
import { type PfxIntegrity, readIntegrity } from './protection/pfx-integrity.ts';
import { readProtection } from './protection/protection.ts';

const maxSafes = 1_024;

export type Safe =
  | { readonly bags: readonly Bag[] }
  | { readonly protection: Protection; readonly sealed: Buffer };

export interface Pfx {
  /** What the MAC covers. */
  readonly content: Buffer;
  readonly safes: readonly Safe[];
  /** Undefined for a file without a MAC, as `openssl pkcs12 -nomac` writes. */
  readonly integrity: PfxIntegrity | undefined;
}

/**
 * Reads everything that lies open, and with it what the file asks to derive, before anything is derived.
 * Bytes behind the PFX are passed over, as keytool and openssl do.
 */
export function readPfx(file: Buffer, budget: DerivationBudget): Pfx {
  const [version, authSafe, macData] = sequence(readElement(file));
  if (integer(version) !== 3) throw damagedKeystore('PFX: version');
  const { type, content: contentElement } = readContentInfo(authSafe);
  if (type === contentType.signedData) throw publicKeyFile();
  if (type !== contentType.data) throw damagedKeystore('PFX: content type');
  const content = octets(contentElement);
  const integrity = macData === undefined ? undefined : readIntegrity(macData, budget);
  const safes = sequence(readElement(content), maxSafes).map((safe) => readSafe(safe, budget));
  return { content, safes, integrity };
}

function readContentInfo(element: Asn1Element | undefined): { type: string; content: Asn1Element } {
  const [type, content] = sequence(element);
  return { type: objectIdentifier(type), content: explicit(content, 0) };
}

function readSafe(element: Asn1Element, budget: DerivationBudget): Safe {
  const { type, content } = readContentInfo(element);
  if (type === contentType.data) return { bags: readBags(readElement(octets(content)), budget) };
  if (type === contentType.envelopedData) throw publicKeyFile();
  if (type !== contentType.encryptedData) throw damagedKeystore('PFX: safe type');
  const [, encryptedContentInfo] = sequence(content);
  const [, algorithm, sealed] = sequence(encryptedContentInfo);
  if (!isContext(sealed, 0)) throw damagedKeystore('PFX: no encrypted content');
  return { protection: readProtection(algorithm, budget), sealed: joinOctets(sealed) };
}

function publicKeyFile(): Error {
  return badRequest(
    'Keystore is closed with a public key, which is not supported! Export it again with a password.',
  );
}
