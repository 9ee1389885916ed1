// A Name (RFC 5280 §4.1.2.4) as text: RFC 4514 with the most specific part first, parts joined by ", ".

import { expectTag, readMany, readOid, readSequence } from '../../asn1/der.ts';
import { type Asn1Element, asn1Tag, stringText } from '../../asn1/element.ts';

const attributeNames: ReadonlyMap<string, string> = new Map([
  ['2.5.4.3', 'CN'],
  ['2.5.4.5', 'SERIALNUMBER'],
  ['2.5.4.6', 'C'],
  ['2.5.4.7', 'L'],
  ['2.5.4.8', 'ST'],
  ['2.5.4.9', 'STREET'],
  ['2.5.4.10', 'O'],
  ['2.5.4.11', 'OU'],
  ['2.5.4.12', 'T'],
  ['2.5.4.4', 'SURNAME'],
  ['2.5.4.42', 'GIVENNAME'],
  ['2.5.4.97', 'organizationIdentifier'],
  ['0.9.2342.19200300.100.1.1', 'UID'],
  ['0.9.2342.19200300.100.1.25', 'DC'],
  ['1.2.840.113549.1.9.1', 'EMAILADDRESS'],
]);

/** @throws Asn1Error */
export function distinguishedName(name: Asn1Element | undefined): string {
  const parts = readSequence(name, 'subject').map((part) =>
    readMany(expectTag(part, asn1Tag.set, 'subject').content)
      .map(attributeText)
      .join('+'),
  );
  return parts.reverse().join(', ');
}

function attributeText(attribute: Asn1Element): string {
  const [type, value] = readSequence(attribute, 'subject attribute');
  const oid = readOid(type, 'subject attribute');
  const text = value && stringText(value);
  const name = attributeNames.get(oid) ?? oid;
  // RFC 4514 §2.4: what is no string is written as the hex of its encoding.
  return `${name}=${text === undefined ? `#${value?.encoded.toString('hex') ?? ''}` : escaped(text)}`;
}

/** RFC 4514 §2.4; control characters as hex pairs, so that a name is always one line. */
function escaped(text: string): string {
  return text
    .replace(/[\\,+"<>;]/g, '\\$&')
    .replace(/^[# ]/, '\\$&')
    .replace(/ $/, '\\ ')
    .replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu, (character) => {
      return [...new TextEncoder().encode(character)]
        .map((octet) => `\\${octet.toString(16).padStart(2, '0')}`)
        .join('');
    });
}
