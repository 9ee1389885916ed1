// Recognises the files from which JWKs are created by their bytes, not by their names: a JWK or JWK Set, a certificate, a
// key, a keystore. Names other formats in its errors.

import { sniffDer } from '../../asn1/sniff-der.ts';
import type { KeystoreType } from '../../formats/keystore.ts';
import { keystoreTypeOf } from '../../formats/keystore-type-of.ts';
import { describeUnsupportedFile } from '../../formats/unsupported-file.ts';
import { certificatesIn } from '../../jose/certificate-file.ts';
import { isJsonObject, type JsonValue, parseJson } from '../../jose/json.ts';
import { encryptedKeyIn, jwkFromKeyContent } from '../../jose/key-pem.ts';
import { isOpenSshKey } from '../../jose/openssh-key.ts';
import { pemTextOf, writePem } from '../../jose/pem.ts';
import { keyAndCertificates, unsupportedText } from '../../jose/unsupported-formats.ts';
import { foreignKey } from '../../jose/unsupported-octets.ts';
import { unsupportedTextFormat } from '../../jose/unsupported-text.ts';
import { CliFailure } from '../failure.ts';

export interface CertificateSourceFile {
  readonly kind: 'CERTIFICATE';
  readonly pem: string;
}

export interface KeySourceFile {
  readonly kind: 'PRIVATE_KEY' | 'PUBLIC_KEY';
  /** Secret where the kind says so. */
  readonly content: string;
  /** Of an encrypted key. */
  readonly passphrase?: string;
}

export interface KeystoreSourceFile {
  readonly kind: 'KEYSTORE';
  readonly type: KeystoreType;
  readonly bytes: Buffer;
}

export interface JwkSourceFile {
  readonly kind: 'JWK' | 'JWK_SET';
  readonly text: string;
  readonly document: JsonValue;
}

export type SourceFile = JwkSourceFile | CertificateSourceFile | KeySourceFile | KeystoreSourceFile;

const kindNames = Object.freeze({
  JWK: 'a JWK',
  JWK_SET: 'a JWK Set',
  CERTIFICATE: 'a certificate',
  PRIVATE_KEY: 'a private key',
  PUBLIC_KEY: 'a public key',
});

/** "a PKCS12 keystore" */
export function kindName(file: SourceFile): string {
  return file.kind === 'KEYSTORE' ? `a ${file.type} keystore` : kindNames[file.kind];
}

/** Tag of a SEQUENCE, with which all DER here begins. */
const sequenceTag = 0x30;

/**
 * Reads only as much as recognition needs; it does not check keys.
 * @param wanted the only kind that is accepted; any other file gets the error of the manager
 * @throws CliFailure, KeyplaneError for any other file
 */
export function readSourceFile(bytes: Buffer, wanted?: 'CERTIFICATE' | 'KEY'): SourceFile {
  const type = keystoreTypeOf(bytes);
  if (type) return { kind: 'KEYSTORE', type, bytes };
  const text = bytes.toString('utf8');
  if (wanted !== undefined && bytes.length > 0) return wantedFile(bytes, wanted);
  if (/^\ufeff?\s*[{["]/.test(text) && !/^\s*"-----BEGIN/.test(text)) return jsonFile(text);
  const pem = pemTextOf(bytes);
  if (pem !== undefined) return pemFile(pem);
  if (isOpenSshKey(bytes)) return keyFile(bytes.toString('base64'));
  if (unsupportedTextFormat(text) !== undefined) return keyFile(text);
  if (foreignKey(bytes) !== undefined) return keyFile(bytes.toString('base64'));
  const der = sniffDer(bytes);
  if (der?.label === 'CERTIFICATE') return { kind: 'CERTIFICATE', pem: writePem('CERTIFICATE', bytes) };
  if (der) return keyFile(bytes.toString('base64'));
  const inner = base64Of(text);
  if (inner) return readSourceFile(inner);
  throw new CliFailure(foreign(bytes));
}

function jsonFile(text: string): SourceFile {
  const document = parseJson(text, 'The file');
  const isSet = isJsonObject(document) && Object.hasOwn(document, 'keys');
  return { kind: isSet ? 'JWK_SET' : 'JWK', text, document };
}

function pemFile(text: string): SourceFile {
  const labels = [...text.matchAll(/-----BEGIN ([^-\r\n]*)-----/g)].map(([, label = '']) => label);
  const hasCertificate = labels.some((label) => label.endsWith('CERTIFICATE'));
  if (hasCertificate && labels.some((label) => label.endsWith('PRIVATE KEY'))) {
    throw new CliFailure(unsupportedText('The file', keyAndCertificates));
  }
  return hasCertificate ? { kind: 'CERTIFICATE', pem: text } : keyFile(text);
}

function keyFile(content: string): KeySourceFile {
  if (encryptedKeyIn(content) !== undefined) return { kind: 'PRIVATE_KEY', content };
  return { kind: jwkFromKeyContent(content).kind, content };
}

function wantedFile(bytes: Buffer, wanted: 'CERTIFICATE' | 'KEY'): CertificateSourceFile | KeySourceFile {
  const isDer = bytes[0] === sequenceTag || isOpenSshKey(bytes);
  const content = pemTextOf(bytes) ?? bytes.toString(isDer ? 'base64' : 'utf8');
  if (wanted === 'KEY') return keyFile(content);
  return {
    kind: 'CERTIFICATE',
    pem: certificatesIn(content)
      .map((der) => writePem('CERTIFICATE', der))
      .join(''),
  };
}

/** Files are often transported as base64, for example in a Kubernetes secret; encoded once, not twice. */
function base64Of(text: string): Buffer | undefined {
  const compact = text.replace(/\s+/g, '');
  if (compact.length < 32 || !/^[A-Za-z0-9+/]+={0,2}$/.test(compact)) return undefined;
  const inner = Buffer.from(compact, 'base64');
  return /^[A-Za-z0-9+/\s]+={0,2}\s*$/.test(inner.toString('latin1')) ? undefined : inner;
}

function foreign(bytes: Buffer): string {
  if (bytes.length === 0) return 'The file is empty!';
  const words = describeUnsupportedFile(bytes);
  if (words !== 'The file is not a JKS or PKCS12 keystore!') return words;
  return 'No JWK can be created from the file! A JWK or a JWK Set (JSON), a certificate or a key (PEM or DER), or a keystore (JKS or PKCS12) is accepted';
}
