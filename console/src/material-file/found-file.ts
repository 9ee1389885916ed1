// The kind of a file follows from its content, never from its name. Nothing is decrypted or checked here: the manager does that.

import { sniffDer } from '../../../src/asn1/sniff-der.ts';
import { keystoreTypeOf } from '../../../src/formats/keystore-type-of.ts';
import { base64Of } from './base64-of.ts';

export type FoundFile =
  | { readonly kind: 'JWK'; readonly fileName: string; readonly text: string }
  | { readonly kind: 'CERTIFICATE' | 'KEY'; readonly fileName: string; readonly pem: string }
  | { readonly kind: 'KEYSTORE'; readonly fileName: string; readonly bytes: Uint8Array<ArrayBuffer> };

export type MaterialFile = Exclude<FoundFile, { readonly kind: 'JWK' }>;

const largestBytes = 10 * 1024 * 1024;

/** @throws Error that names the supported files */
export async function readFoundFile(file: File): Promise<FoundFile> {
  if (file.size > largestBytes) throw new Error(`${file.name} has more than 10 MiB`);
  return foundFile(file.name, new Uint8Array(await file.arrayBuffer()));
}

function foundFile(fileName: string, bytes: Uint8Array<ArrayBuffer>): FoundFile {
  if (keystoreTypeOf(bytes)) return { kind: 'KEYSTORE', fileName, bytes };
  const der = sniffDer(bytes)?.label;
  const text = der ? pemOf(der, bytes) : new TextDecoder().decode(bytes).replace(/^\uFEFF/, '');
  if (/^\s*\{/.test(text)) return { kind: 'JWK', fileName, text };
  const [, label = ''] = /-----BEGIN ([A-Z0-9 ]+)-----/.exec(text) ?? [];
  if (label.endsWith('CERTIFICATE')) return { kind: 'CERTIFICATE', fileName, pem: text };
  if (label.endsWith('KEY') || label === 'EC PARAMETERS') return { kind: 'KEY', fileName, pem: text };
  throw unknown(fileName);
}

function unknown(fileName: string): Error {
  return new Error(
    `Unsupported file: ${fileName}. Use a JWK or JWK Set as JSON, a certificate or key as PEM or DER, or a JKS or PKCS#12 keystore`,
  );
}

function pemOf(label: string, bytes: Uint8Array<ArrayBuffer>): string {
  const lines = base64Of(bytes).match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}
