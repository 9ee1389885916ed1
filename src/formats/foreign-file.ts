// Says what a file is that is no keystore of ours, so that its owner knows what to do with it.
// Guesses from the first bytes only; the answer is words, never a decision.

import { X509Certificate } from 'node:crypto';

const convert =
  'Convert it with keytool -importkeystore -deststoretype PKCS12; the keyStoreType values are JKS and PKCS12.';

/** One public sentence or two. */
export function nameForeignFile(file: Uint8Array): string {
  const head = Buffer.from(file.buffer, file.byteOffset, Math.min(file.length, 64));
  if (startsWith(head, [0xce, 0xce, 0xce, 0xce])) return `JCEKS keystores are not supported! ${convert}`;
  if (isBks(head)) return `BKS keystores are not supported! ${convert}`;
  if (isBcfks(head)) return `BCFKS keystores are not supported! ${convert}`;
  if (head.toString('latin1').trimStart().startsWith('-----BEGIN ')) {
    return 'The file is PEM text, not a keystore! Upload it as a certificate or a key, or make a PKCS12 keystore of it with openssl pkcs12 -export.';
  }
  if (isCertificate(file)) return 'The file is a certificate, not a keystore! Upload it as a certificate.';
  return 'The file is not a JKS or PKCS12 keystore!';
}

function startsWith(head: Buffer, magic: readonly number[]): boolean {
  return magic.every((byte, index) => head[index] === byte);
}

/** Bouncy Castle's BKS (and UBER): version 1 or 2, then a salt of a plausible length, as two 32-bit numbers. */
function isBks(head: Buffer): boolean {
  if (head.length < 8) return false;
  const version = head.readUInt32BE(0);
  const saltBytes = head.readUInt32BE(4);
  return (version === 1 || version === 2) && saltBytes >= 8 && saltBytes <= 64;
}

/** Bouncy Castle's BCFKS: SEQUENCE { SEQUENCE { SEQUENCE { OBJECT IDENTIFIER …, one level deeper than anything else. */
function isBcfks(head: Buffer): boolean {
  let offset = 0;
  for (let level = 0; level < 3; level++) {
    if (head[offset] !== 0x30) return false;
    const length = head[offset + 1] ?? 0;
    offset += length > 0x80 ? 2 + (length & 0x7f) : 2;
  }
  return head[offset] === 0x06;
}

function isCertificate(file: Uint8Array): boolean {
  try {
    return new X509Certificate(file).raw.length > 0;
  } catch {
    return false;
  }
}
