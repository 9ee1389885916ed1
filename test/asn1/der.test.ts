import { describe, expect, test } from 'vitest';
import { readDer, readMany, readOid } from '../../src/asn1/der.ts';
import { bytes, oid } from '../jose/der-bytes.ts';

describe('the DER reader', () => {
  test.each([
    ['nothing', '', 'it ends too early'],
    ['a tag alone', '30', 'it ends too early'],
    ['a length that is cut off', '3082', 'it ends too early'],
    ['a content that is cut off', '300201', 'it ends too early'],
    ['a tag of several octets', '1f8101', 'it uses a tag of more than one octet'],
    ['an indefinite length', '30800000', 'it uses an indefinite length, which is BER and not DER'],
    ['a length of five octets', '308500000000010000000000', 'a length is absurd'],
    ['a long form where the short one would do', '308101ff', 'a length is not in its shortest form'],
    ['a length with a zero in front', `30820080${'00'.repeat(128)}`, 'a length is not in its shortest form'],
    ['bytes behind its end', '300000', 'there are bytes behind its end'],
  ])('refuses %s', (_name, hex, reason) => {
    expect(() => readDer(bytes(hex))).toThrow(reason);
  });

  test('refuses more elements than any key or certificate has', () => {
    expect(() => readMany(Buffer.alloc(4002, bytes('0500')))).toThrow('it has too many elements');
  });

  test('prints object identifiers, also of the arc that takes two octets', () => {
    for (const [hex, text] of [
      ['2a864886f70d010101', '1.2.840.113549.1.1.1'],
      ['550403', '2.5.4.3'],
      ['8837', '2.999'],
      ['2b6570', '1.3.101.112'],
    ] as const) {
      expect(readOid(readDer(oid(hex)), 'identifier')).toBe(text);
    }
    for (const hex of ['', '2a86', 'ff'.repeat(65)]) {
      expect(() => readOid(readDer(oid(hex)), 'identifier')).toThrow('its identifier is damaged');
    }
  });
});
