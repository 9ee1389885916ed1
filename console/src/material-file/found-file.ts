// What a file holds is told from its content, never from its name. Nothing is decrypted or checked here: the server does.

import { base64Of } from './base64-of.ts';

export type FoundFile =
  | { readonly kind: 'JWK'; readonly fileName: string; readonly text: string }
  | { readonly kind: 'CERTIFICATE' | 'KEY'; readonly fileName: string; readonly pem: string }
  | { readonly kind: 'KEYSTORE'; readonly fileName: string; readonly bytes: Uint8Array<ArrayBuffer> };

export type MaterialFile = Exclude<FoundFile, { readonly kind: 'JWK' }>;

const largestBytes = 10 * 1024 * 1024;

/** @throws Error that says what would be right */
export async function readFoundFile(file: File): Promise<FoundFile> {
  if (file.size > largestBytes) throw new Error(`${file.name} has more than 10 MiB`);
  return foundFile(file.name, new Uint8Array(await file.arrayBuffer()));
}

function foundFile(fileName: string, bytes: Uint8Array<ArrayBuffer>): FoundFile {
  const isJks = bytes[0] === 0xfe && bytes[1] === 0xed && bytes[2] === 0xfe && bytes[3] === 0xed;
  if (isJks) return { kind: 'KEYSTORE', fileName, bytes };
  if (bytes[0] === 0x30 && (bytes[1] ?? 0) >= 0x30) return ofDer(fileName, bytes);
  const text = new TextDecoder().decode(bytes).replace(/^\uFEFF/, '');
  if (/^\s*\{/.test(text)) return { kind: 'JWK', fileName, text };
  const [, label = ''] = /-----BEGIN ([A-Z0-9 ]+)-----/.exec(text) ?? [];
  if (label.endsWith('CERTIFICATE')) return { kind: 'CERTIFICATE', fileName, pem: text };
  if (label.endsWith('KEY') || label === 'EC PARAMETERS') return { kind: 'KEY', fileName, pem: text };
  throw unknown(fileName);
}

function unknown(fileName: string): Error {
  return new Error(
    `${fileName} is no file that a JWK is made from: a JWK or JWK Set as JSON, a certificate or a key as PEM or DER, or a keystore (JKS or PKCS#12)`,
  );
}

/** The first tags tell apart what has no label: RFC 7292 §4, RFC 5208 §5, RFC 8017 A.1.2, RFC 5915 §3, RFC 5280 §4.1. */
function ofDer(fileName: string, bytes: Uint8Array<ArrayBuffer>): FoundFile {
  const at = contentStart(bytes, 0);
  const pem = (label: string) => pemOf(label, bytes);
  if (bytes[at] === 0x02) {
    const version = bytes[at + 2];
    const next = bytes[at + 3];
    if (version === 3) return { kind: 'KEYSTORE', fileName, bytes };
    if (next === 0x30) return { kind: 'KEY', fileName, pem: pem('PRIVATE KEY') };
    if (version === 0 && next === 0x02) return { kind: 'KEY', fileName, pem: pem('RSA PRIVATE KEY') };
    if (version === 1 && next === 0x04) return { kind: 'KEY', fileName, pem: pem('EC PRIVATE KEY') };
  } else if (bytes[at] === 0x30) {
    const inner = bytes[contentStart(bytes, at)];
    if (inner === 0x06) return { kind: 'KEY', fileName, pem: pem('PUBLIC KEY') };
    if (inner === 0xa0 || inner === 0x02) return { kind: 'CERTIFICATE', fileName, pem: pem('CERTIFICATE') };
  }
  throw unknown(fileName);
}

/** Past a tag and its length. */
function contentStart(bytes: Uint8Array, at: number): number {
  const length = bytes[at + 1] ?? 0;
  return at + 2 + (length > 0x80 ? length - 0x80 : 0);
}

function pemOf(label: string, bytes: Uint8Array<ArrayBuffer>): string {
  const lines = base64Of(bytes).match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}
