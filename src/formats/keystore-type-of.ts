// Detects the type of a keystore by its first bytes. It works on any Uint8Array and loads no parser, so that the
// console and the threads that only inspect can use it.

import { asn1Tag, nestedContent } from '../asn1/element.ts';
import { type KeystoreType, keystoreTypes } from '../protocol/content.ts';

/** JCEKS has another one. */
const jksMagic = [0xfe, 0xed, 0xfe, 0xed];

const begins: Readonly<Record<KeystoreType, (file: Uint8Array) => boolean>> = Object.freeze({
  JKS: (file) => jksMagic.every((octet, index) => file[index] === octet),
  /** PFX (RFC 7292 §4): SEQUENCE { INTEGER 3, SEQUENCE …, the first length in any form. */
  PKCS12(file) {
    const start = nestedContent(file, [asn1Tag.sequence]);
    if (start === undefined) return false;
    const [tag, length, version, next] = file.subarray(start, start + 4);
    return tag === asn1Tag.integer && length === 1 && version === 3 && next === asn1Tag.sequence;
  },
});

/** Undefined for a file that is no keystore of these. */
export function keystoreTypeOf(file: Uint8Array): KeystoreType | undefined {
  return keystoreTypes.find((type) => begins[type](file));
}
