// Writes a PKCS#12 file (RFC 7292) as keytool 17 does, with what OpenSSL 3 reads as well: PBES2 with PBKDF2-HMAC-SHA256 and
// AES-256-CBC for keys and certificates, an HMAC-SHA256 over the whole. All of a file is encrypted with one derived key, each
// part under a separate IV: the password is stretched once, however many keys there are.

import { Buffer } from 'node:buffer';
import { createCipheriv, createHmac, hash, pbkdf2 } from 'node:crypto';
import {
  derBmp,
  derExplicit,
  derImplicit,
  derNull,
  derOctets,
  derOid,
  derSequence,
  derSet,
  derUnsigned,
} from '../../asn1/write-der.ts';
import type { KeystoreEntry } from '../keystore-format.ts';
import {
  anyPurposeOid,
  bagAttribute,
  bagType,
  contentType,
  pbes2Oid,
  pbkdf2Oid,
  x509CertificateOid,
} from './oids.ts';
import { derivationPurpose, deriveBytes, macPasswords } from './protection/key-derivation.ts';
import { secretAlgorithmOid } from './secret-algorithms.ts';

/** What keytool 17 uses. A reader stretches the password again for each key. */
const iterations = 10_000;
const saltBytes = 20;
const ivBytes = 16;
const keyBytes = 32;
const hmacSha256Oid = '1.2.840.113549.2.9';
const sha256Oid = '2.16.840.1.101.3.4.2.1';
const aes256CbcOid = '2.16.840.1.101.3.4.1.42';

export interface Pkcs12Options {
  /** Printable ASCII: Java's own PBES2 accepts nothing else. */
  readonly password: string;
  /** For salts and IVs. */
  readonly random: (bytes: number) => Buffer;
}

/** Entries in their order; an alias is written as it is, and Java shows it in lower case. The file is secret. */
export async function writePkcs12(
  entries: readonly KeystoreEntry[],
  { password, random }: Pkcs12Options,
): Promise<Buffer> {
  const salt = random(saltBytes);
  const key = await stretch(password, salt);
  const encrypt = (plain: Buffer): Encrypted => {
    const iv = random(ivBytes);
    const cipher = createCipheriv('aes-256-cbc', key, iv);
    return { algorithm: pbes2(salt, iv), sealed: Buffer.concat([cipher.update(plain), cipher.final()]) };
  };
  const keyBags = entries.flatMap((entry) => keyBagOf(entry, encrypt));
  const certificateBags = certificateBagsOf(entries);
  const safes = [
    ...(keyBags.length > 0 ? [dataInfo(derSequence(...keyBags))] : []),
    ...(certificateBags.length > 0 ? [encryptedInfo(encrypt(derSequence(...certificateBags)))] : []),
  ];
  const content = derSequence(...safes);
  return derSequence(derUnsigned(3), dataInfo(content), macData(content, password, random(saltBytes)));
}

/** In the thread pool. */
function stretch(password: string, salt: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    pbkdf2(Buffer.from(password, 'utf8'), salt, iterations, keyBytes, 'sha256', (error, key) => {
      if (error) reject(error);
      else resolve(key);
    });
  });
}

interface Encrypted {
  readonly algorithm: Buffer;
  readonly sealed: Buffer;
}

/** RFC 8018, A.4 and B.2.5. */
function pbes2(salt: Buffer, iv: Buffer): Buffer {
  const prf = derSequence(derOid(hmacSha256Oid), derNull());
  const kdf = derSequence(
    derOid(pbkdf2Oid),
    derSequence(derOctets(salt), derUnsigned(iterations), derUnsigned(keyBytes), prf),
  );
  return derSequence(derOid(pbes2Oid), derSequence(kdf, derSequence(derOid(aes256CbcOid), derOctets(iv))));
}

function keyBagOf(entry: KeystoreEntry, encrypt: (plain: Buffer) => Encrypted): Buffer[] {
  const { alias } = entry;
  switch (entry.kind) {
    case 'TRUSTED_CERTIFICATE':
      return [];
    case 'PRIVATE_KEY': {
      const [leaf] = entry.chain;
      const value = encryptedKeyInfo(encrypt(entry.privateKeyPkcs8));
      return [bag(bagType.shroudedKey, value, [friendlyName(alias), ...(leaf ? [localKeyId(leaf)] : [])])];
    }
    case 'SECRET_KEY': {
      // As Java writes it: the secret is wrapped as if it were a private key.
      const oid = secretAlgorithmOid(entry.algorithm);
      const wrapped = derSequence(
        derUnsigned(0),
        derSequence(derOid(oid), derNull()),
        derOctets(entry.secret),
      );
      const value = derSequence(
        derOid(bagType.shroudedKey),
        derExplicit(0, derOctets(encryptedKeyInfo(encrypt(wrapped)))),
      );
      return [bag(bagType.secret, value, [friendlyName(alias)])];
    }
    default:
      return entry satisfies never;
  }
}

/** A certificate that several keys have above their own is written once. */
function certificateBagsOf(entries: readonly KeystoreEntry[]): Buffer[] {
  const bags: Buffer[] = [];
  const issuers = new Map<string, Buffer>();
  for (const entry of entries) {
    if (entry.kind === 'TRUSTED_CERTIFICATE') {
      const trusted = attribute(bagAttribute.trustedKeyUsage, derOid(anyPurposeOid));
      bags.push(certificateBag(entry.certificate, [friendlyName(entry.alias), trusted]));
    }
    if (entry.kind !== 'PRIVATE_KEY') continue;
    const [leaf, ...above] = entry.chain;
    if (leaf) bags.push(certificateBag(leaf, [friendlyName(entry.alias), localKeyId(leaf)]));
    for (const issuer of above) issuers.set(hash('sha256', issuer), issuer);
  }
  for (const issuer of issuers.values()) bags.push(certificateBag(issuer, []));
  return bags;
}

function bag(type: string, value: Buffer, attributes: readonly Buffer[]): Buffer {
  const set = attributes.length > 0 ? [derSet(...attributes)] : [];
  return derSequence(derOid(type), derExplicit(0, value), ...set);
}

function certificateBag(certificate: Buffer, attributes: readonly Buffer[]): Buffer {
  const value = derSequence(derOid(x509CertificateOid), derExplicit(0, derOctets(certificate)));
  return bag(bagType.certificate, value, attributes);
}

function attribute(type: string, value: Buffer): Buffer {
  return derSequence(derOid(type), derSet(value));
}

function friendlyName(alias: string): Buffer {
  return attribute(bagAttribute.friendlyName, derBmp(alias));
}

/** What ties a key to its certificate: any value that both have and no other pair has. */
function localKeyId(leaf: Buffer): Buffer {
  return attribute(bagAttribute.localKeyId, derOctets(hash('sha256', leaf, 'buffer')));
}

/** EncryptedPrivateKeyInfo (RFC 5958, 3). */
function encryptedKeyInfo({ algorithm, sealed }: Encrypted): Buffer {
  return derSequence(algorithm, derOctets(sealed));
}

function dataInfo(content: Buffer): Buffer {
  return derSequence(derOid(contentType.data), derExplicit(0, derOctets(content)));
}

/** EncryptedData (RFC 2315, 13). */
function encryptedInfo({ algorithm, sealed }: Encrypted): Buffer {
  const info = derSequence(derOid(contentType.data), algorithm, derImplicit(0, sealed));
  return derSequence(derOid(contentType.encryptedData), derExplicit(0, derSequence(derUnsigned(0), info)));
}

/** RFC 7292, 4. */
function macData(content: Buffer, password: string, salt: Buffer): Buffer {
  const [spelling = Buffer.alloc(0)] = macPasswords(password);
  const want = { purpose: derivationPurpose.mac, length: keyBytes };
  const key = deriveBytes({ digest: 'sha256', salt, iterations }, spelling, want);
  const mac = createHmac('sha256', key).update(content).digest();
  const digestInfo = derSequence(derSequence(derOid(sha256Oid), derNull()), derOctets(mac));
  return derSequence(digestInfo, derOctets(salt), derUnsigned(iterations));
}
