import { describe, expect, test } from 'vitest';
import { childrenOf, integer, objectIdentifier, octets, readElement, text } from '../../src/asn1/ber.ts';
import { type Asn1Element, Asn1Error } from '../../src/asn1/element.ts';
import * as der from '../formats/der-writer.ts';

const hex = (bytes: string) => Buffer.from(bytes, 'hex');
const refused = (read: () => unknown, message: string) => {
  expect(read).toThrow(new Asn1Error(message));
};

test('an element is read with its header, whatever the form of its length', () => {
  for (const bytes of ['0401aa', '048101aa', '04820001aa', '04840000 0001aa', '0486000000000001aa']) {
    const element = readElement(hex(bytes.replaceAll(' ', '')));
    expect(octets(element)).toEqual(hex('aa'));
  }
  const open = readElement(Buffer.concat([der.indefinite(0x30, hex('0500')), hex('ff')]));
  expect(open.encoded).toEqual(hex('308005000000'));
  expect(childrenOf(open)).toHaveLength(1);
});

test('invalid headers and lengths are rejected', () => {
  refused(() => readElement(hex('30')), 'it ends too early');
  refused(() => readElement(hex('3f8101')), 'it uses a tag of more than one octet');
  refused(() => readElement(hex('0480')), 'a primitive has an indefinite length');
  refused(() => readElement(hex('30870000000000000000')), 'a length is absurd');
  refused(() => readElement(hex('3085ff')), 'it ends too early');
  refused(() => readElement(hex('300201')), 'it ends too early');
  refused(() => readElement(hex('3080040100')), 'it ends too early');
  refused(() => readElement(hex('30800001')), 'an end-of-contents has a length');
});

test('nesting is followed for 64 levels and not one more, without a stack overflow', () => {
  const nested = (levels: number, tag: number) => {
    let inner: Buffer = der.octetString(hex('aa'));
    for (let level = 0; level < levels; level++) inner = der.indefinite(tag, inner);
    return inner;
  };
  expect(octets(readElement(nested(60, 0x24)))).toEqual(hex('aa'));
  refused(() => readElement(nested(70, 0x30)), 'it is nested too deep');
  let definite: Buffer = der.octetString(hex('aa'));
  for (let level = 0; level < 70; level++) definite = der.der(0x24, definite);
  refused(() => octets(readElement(definite)), 'it is nested too deep');
});

describe('values', () => {
  const read = (bytes: string | Buffer): Asn1Element =>
    readElement(typeof bytes === 'string' ? hex(bytes) : bytes);

  test('numbers come out exact up to 2^48 and too large for any limit beyond', () => {
    for (const value of [0, 1, 127, 128, 65_535, 2 ** 31, 2 ** 48 - 1]) {
      expect(integer(read(der.integer(value)))).toBe(value);
    }
    expect(integer(read('02090000000000000000ff'))).toBe(255);
    expect(integer(read('0208010000000000000000'.slice(0, 20)))).toBe(Number.MAX_SAFE_INTEGER);
    refused(() => integer(read('0201ff')), 'an integer is damaged');
    refused(() => integer(read('0200')), 'an integer is damaged');
  });

  test('object identifiers come out dotted', () => {
    for (const dotted of [
      '1.2.840.113549.1.12.10.1.3',
      '2.16.840.1.113894.746875.1.1',
      '0.9.2342',
      '2.999.3',
    ]) {
      expect(objectIdentifier(read(der.objectIdentifier(dotted)))).toBe(dotted);
    }
    refused(() => objectIdentifier(read('0600')), 'its object identifier is damaged');
  });

  test('text of every string type is read, and other types are not strings', () => {
    expect(text(read(der.bmpString('Schlüssel😀')))).toBe('Schlüssel😀');
    expect(text(read(der.der(0x0c, Buffer.from('Schlüssel😀'))))).toBe('Schlüssel😀');
    expect(text(read(der.der(0x13, Buffer.from('Key'))))).toBe('Key');
    expect(text(read(der.der(0x1e, hex('00410042ff'))))).toBe('AB');
    expect(text(read('020101'))).toBeUndefined();
  });

  test('a wrong type, a primitive for a list and too many members are refused', () => {
    refused(() => octets(read('020101')), 'tag 4 is expected, found is 2');
    refused(() => octets(undefined), 'tag 4 is expected, found is nothing');
    refused(() => childrenOf(read('0401aa')), 'a primitive stands where members belong');
    refused(() => childrenOf(read('300405000500'), 1), 'it has too many members');
  });
});
