// The key usage extension of a certificate (RFC 5280 §4.2.1.3).

import { expectTag, readDer, readMany, readOid, readSequence } from '../../asn1/der.ts';
import { type Asn1Element, Asn1Error, asn1Tag } from '../../asn1/element.ts';

/** In the order of their bits. */
const usages = [
  'digitalSignature',
  'nonRepudiation',
  'keyEncipherment',
  'dataEncipherment',
  'keyAgreement',
  'keyCertSign',
  'cRLSign',
  'encipherOnly',
  'decipherOnly',
] as const;

export type X509KeyUsage = (typeof usages)[number];

/**
 * @param extensions the [3] of a certificate's signed part; undefined where it has none
 * @returns undefined where the certificate does not state it; nothing where it states it in a form that is damaged
 */
export function readKeyUsage(extensions: Asn1Element | undefined): readonly X509KeyUsage[] | undefined {
  try {
    return extensions && usageOf(extensions);
  } catch (error) {
    if (error instanceof Asn1Error) return [];
    throw error;
  }
}

function usageOf(extensions: Asn1Element): readonly X509KeyUsage[] | undefined {
  for (const extension of readSequence(readDer(extensions.content), 'extensions')) {
    const [identifier, ...rest] = readSequence(extension, 'extension');
    if (readOid(identifier, 'extension') !== '2.5.29.15') continue;
    const value = expectTag(rest.at(-1), asn1Tag.octetString, 'key usage');
    const [bits] = readMany(value.content);
    const [, ...octets] = expectTag(bits, asn1Tag.bitString, 'key usage').content;
    return usages.filter((_usage, bit) => ((octets[bit >> 3] ?? 0) & (0x80 >> (bit & 7))) !== 0);
  }
  return undefined;
}
