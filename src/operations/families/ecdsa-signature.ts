// ECDSA signatures in the two forms: R and S of the curve's length each (RFC 7518 §3.4), as JOSE has them, and the DER
// SEQUENCE of two INTEGERs of OpenSSL. Node.js converts them too, but only for a key that is wrapped in options, and to
// look into those costs it more than a signature with P-256.

import { Buffer } from 'node:buffer';

const sequenceTag = 0x30;
const integerTag = 0x02;

/** @param der as OpenSSL wrote it */
export function rawSignature(der: Buffer, octets: number): Buffer {
  const raw = Buffer.alloc(octets);
  const half = octets / 2;
  // Two integers of P-521 are longer than 127 octets, so their length takes a separate octet.
  let at = (der[1] ?? 0) > 0x80 ? 3 : 2;
  for (const start of [0, half]) {
    const end = at + 2 + (der[at + 1] ?? 0);
    // A leading zero keeps a number from being negative.
    const from = Math.max(at + 2, end - half);
    der.copy(raw, start + half - (end - from), from, end);
    at = end;
  }
  return raw;
}

export function derSignature(raw: Buffer): Buffer {
  const half = raw.length / 2;
  const content = Buffer.concat([derInteger(raw.subarray(0, half)), derInteger(raw.subarray(half))]);
  const length = content.length > 0x7f ? [0x81, content.length] : [content.length];
  return Buffer.concat([Buffer.from([sequenceTag, ...length]), content]);
}

function derInteger(number: Buffer): Buffer {
  let from = 0;
  while (from < number.length - 1 && number[from] === 0) from += 1;
  const digits = number.subarray(from);
  const sign = (digits[0] ?? 0) > 0x7f ? [0] : [];
  return Buffer.concat([Buffer.from([integerTag, sign.length + digits.length, ...sign]), digits]);
}
