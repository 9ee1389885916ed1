// Builds PKCS#12 files with node:crypto: those that no program on the machine writes, and those that none should.

import { createHmac, type KeyObject, pbkdf2Sync } from 'node:crypto';
import { derivationPurpose, deriveBytes } from '../../src/formats/pkcs12/protection/key-derivation.ts';
import {
  bmpString,
  derHead,
  explicit,
  integer,
  nothing,
  objectIdentifier,
  octetString,
  sequence,
  set,
} from './der-writer.ts';

const dataOid = '1.2.840.113549.1.7.1';
const hmacOids = {
  sha1: '1.2.840.113549.2.7',
  sha256: '1.2.840.113549.2.9',
  sha384: '1.2.840.113549.2.10',
  sha512: '1.2.840.113549.2.11',
};
export type HmacDigest = keyof typeof hmacOids;

export interface BagName {
  readonly friendlyName?: string;
  readonly localKeyId?: string;
}

function bag(type: number, value: Buffer, name: BagName): Buffer {
  const { friendlyName, localKeyId } = name;
  const attributes = [
    ...(friendlyName === undefined ? [] : [attribute('1.2.840.113549.1.9.20', bmpString(friendlyName))]),
    ...(localKeyId === undefined
      ? []
      : [attribute('1.2.840.113549.1.9.21', octetString(Buffer.from(localKeyId)))]),
  ];
  const oid = objectIdentifier(`1.2.840.113549.1.12.10.1.${type}`);
  return sequence(oid, explicit(0, value), ...(attributes.length === 0 ? [] : [set(...attributes)]));
}

function attribute(oid: string, value: Buffer): Buffer {
  return sequence(objectIdentifier(oid), set(value));
}

export const keyBag = (key: KeyObject, name: BagName = {}) =>
  bag(1, key.export({ format: 'der', type: 'pkcs8' }), name);
/** @param encryptedPrivateKeyInfo as it goes into the file */
export const shroudedBag = (encryptedPrivateKeyInfo: Buffer, name: BagName = {}) =>
  bag(2, encryptedPrivateKeyInfo, name);
export const certificateBag = (certificate: Buffer, name: BagName = {}) =>
  bag(3, sequence(objectIdentifier('1.2.840.113549.1.9.22.1'), explicit(0, octetString(certificate))), name);
export const nestedBag = (...bags: readonly Buffer[]) => bag(6, sequence(...bags), {});

/** EncryptedPrivateKeyInfo under one of PKCS#12's own schemes, with zeros as its contents. */
export function shroudedWith(scheme: string, iterations: number, salt = Buffer.alloc(8)): Buffer {
  const parameters = sequence(octetString(salt), integer(iterations));
  return sequence(sequence(objectIdentifier(scheme), parameters), octetString(Buffer.alloc(64)));
}

/** @returns the content that a MAC goes over: the safes, each an open SafeContents */
export function authenticatedSafe(...safes: readonly (readonly Buffer[])[]): Buffer {
  return sequence(
    ...safes.map((bags) => sequence(objectIdentifier(dataOid), explicit(0, octetString(sequence(...bags))))),
  );
}

export function pfx(content: Buffer, macData?: Buffer): Buffer {
  const authSafe = sequence(objectIdentifier(dataOid), explicit(0, octetString(content)));
  return sequence(integer(3), authSafe, ...(macData === undefined ? [] : [macData]));
}

export interface Pbmac1 {
  readonly prf: HmacDigest;
  readonly mac: HmacDigest;
  readonly iterations: number;
  readonly keyLength: number;
  /** RFC 9579 wants it there. */
  readonly leaveOutKeyLength?: true;
}

export function pbmac1Data(content: Buffer, password: string, options: Pbmac1): Buffer {
  const { prf, mac, iterations, keyLength, leaveOutKeyLength } = options;
  const salt = Buffer.from('saltsalt');
  const key = pbkdf2Sync(password, salt, iterations, keyLength, prf);
  const hmac = (digest: HmacDigest) => sequence(objectIdentifier(hmacOids[digest]), nothing);
  const length = leaveOutKeyLength === true ? [] : [integer(keyLength)];
  const pbkdf2 = sequence(
    objectIdentifier('1.2.840.113549.1.5.12'),
    sequence(octetString(salt), integer(iterations), ...length, hmac(prf)),
  );
  const algorithm = sequence(objectIdentifier('1.2.840.113549.1.5.14'), sequence(pbkdf2, hmac(mac)));
  const digest = createHmac(mac, key).update(content).digest();
  return sequence(sequence(algorithm, octetString(digest)), octetString(Buffer.from('NOT USED')), integer(1));
}

/** A MAC of PKCS#12's own kind, with a digest of zeros. */
export function emptyMac(iterations: number, salt = Buffer.alloc(8)): Buffer {
  const sha1 = sequence(objectIdentifier('1.3.14.3.2.26'), nothing);
  return sequence(sequence(sha1, octetString(Buffer.alloc(20))), octetString(salt), integer(iterations));
}

/** A MAC of PKCS#12's own kind over the password's bytes as they are given: UTF-16 and its end, or none at all. */
export function sha1Mac(content: Buffer, password: Buffer): Buffer {
  const salt = Buffer.from('saltsalt');
  const want = { purpose: derivationPurpose.mac, length: 20 };
  const key = deriveBytes({ digest: 'sha1', salt, iterations: 100 }, password, want);
  const digest = createHmac('sha1', key).update(content).digest();
  const sha1 = sequence(objectIdentifier('1.3.14.3.2.26'), nothing);
  return sequence(sequence(sha1, octetString(digest)), octetString(salt), integer(100));
}

/** SEQUENCEs inside one another. */
export function nestedSequences(depth: number, tag = 0x30): Buffer {
  // From the inside out; the content of each is joined only once.
  const heads: Buffer[] = [];
  for (let level = 0, length = 0; level < depth; level++) {
    const head = derHead(tag, length);
    heads.push(head);
    length += head.length;
  }
  return Buffer.concat(heads.reverse());
}
