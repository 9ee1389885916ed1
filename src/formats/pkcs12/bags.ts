// SafeContents (RFC 7292, 4.2): bags with a key, a certificate or a secret, each with attributes.
// Bags of other kinds (revocation lists, other certificate types) are passed over, as Java does.

import { explicit, objectIdentifier, octets, readElement, sequence, set, text } from '../../asn1/ber.ts';
import type { Asn1Element } from '../../asn1/element.ts';
import { damagedKeystore, tooManyEntries } from '../keystore-format.ts';
import { bagAttribute, bagType, x509CertificateOid } from './oids.ts';
import type { DerivationBudget } from './protection/derivation-budget.ts';
import { noProtection, type Protection, unknownProtection } from './protection/encrypted-content.ts';
import { readProtection } from './protection/protection.ts';

export interface BagAttributes {
  readonly friendlyName: string | undefined;
  readonly localKeyId: Buffer | undefined;
  /** Java's mark of a certificate that is trusted for itself. */
  readonly trusted: boolean;
  /** First in its SafeContents: what Java goes by where a localKeyId is missing. */
  readonly first: boolean;
}

interface ClosedBytes {
  readonly protection: Protection;
  readonly sealed: Buffer;
}

interface KeyValue extends ClosedBytes {
  readonly kind: 'PRIVATE_KEY';
}

interface SecretValue extends ClosedBytes {
  readonly kind: 'SECRET_KEY';
}

interface CertificateValue {
  readonly kind: 'CERTIFICATE';
  readonly certificate: Buffer;
}

export type KeyBag = BagAttributes & KeyValue;
export type SecretBag = BagAttributes & SecretValue;
export type CertificateBag = BagAttributes & CertificateValue;
export type Bag = KeyBag | SecretBag | CertificateBag;

/** A thousand entries with chains of a few certificates. */
const maxBags = 8_192;
const maxNesting = 8;

/** @throws {KeyplaneError} bad_request when the contents are malformed or ask for too much */
export function readBags(safeContents: Asn1Element, budget: DerivationBudget): Bag[] {
  return bagsOf(safeContents, budget, 0);
}

function bagsOf(safeContents: Asn1Element, budget: DerivationBudget, depth: number): Bag[] {
  if (depth > maxNesting) throw damagedKeystore('SafeContents: nested too deep');
  const elements = sequence(safeContents, maxBags, tooManyEntries);
  const bags = elements.flatMap((element, index) => {
    const [typeElement, valueElement, attributeSet] = sequence(element);
    const type = objectIdentifier(typeElement);
    const value = explicit(valueElement, 0);
    if (type === bagType.safeContents) return bagsOf(value, budget, depth + 1);
    const content = readBagValue(type, value, budget);
    return content === undefined ? [] : [{ ...readAttributes(attributeSet, index === 0), ...content }];
  });
  if (bags.length > maxBags) throw tooManyEntries();
  return bags;
}

function readBagValue(
  type: string,
  value: Asn1Element,
  budget: DerivationBudget,
): KeyValue | SecretValue | CertificateValue | undefined {
  switch (type) {
    case bagType.key:
      return { kind: 'PRIVATE_KEY', protection: noProtection, sealed: value.encoded };
    case bagType.shroudedKey:
      return { kind: 'PRIVATE_KEY', ...readShrouded(value, budget) };
    case bagType.secret:
      return { kind: 'SECRET_KEY', ...readSecret(value, budget) };
    case bagType.certificate: {
      const [certificateType, certificate] = sequence(value);
      if (objectIdentifier(certificateType) !== x509CertificateOid) return undefined;
      return { kind: 'CERTIFICATE', certificate: octets(explicit(certificate, 0)) };
    }
    default:
      return undefined;
  }
}

/** EncryptedPrivateKeyInfo (RFC 5958, 3). */
function readShrouded(value: Asn1Element, budget: DerivationBudget): ClosedBytes {
  const [algorithm, sealed] = sequence(value);
  return { protection: readProtection(algorithm, budget), sealed: octets(sealed) };
}

/** RFC 7292 leaves the value open; Java puts an OCTET STRING there that holds an EncryptedPrivateKeyInfo. */
function readSecret(value: Asn1Element, budget: DerivationBudget): ClosedBytes {
  const [secretType, secret] = sequence(value);
  const oid = objectIdentifier(secretType);
  if (oid !== bagType.shroudedKey) return { protection: unknownProtection(oid), sealed: Buffer.alloc(0) };
  return readShrouded(readElement(octets(explicit(secret, 0))), budget);
}

function readAttributes(attributeSet: Asn1Element | undefined, first: boolean): BagAttributes {
  const values = new Map<string, Asn1Element | undefined>();
  for (const attribute of attributeSet === undefined ? [] : set(attributeSet)) {
    const [type, valueSet] = sequence(attribute);
    values.set(objectIdentifier(type), set(valueSet)[0]);
  }
  const friendlyName = values.get(bagAttribute.friendlyName);
  const localKeyId = values.get(bagAttribute.localKeyId);
  return {
    // Some writers end a name as C ends a string. An empty name cannot be asked for: it counts as none.
    friendlyName: (friendlyName && text(friendlyName)?.replace(/\0+$/, '')) || undefined,
    localKeyId: localKeyId && octets(localKeyId),
    trusted: values.has(bagAttribute.trustedKeyUsage),
    first,
  };
}
