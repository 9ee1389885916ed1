// Which payloads are JSON objects, and so claims to those who read them.

import { Buffer } from 'node:buffer';

/** White space of JSON, and NUL: a reader that detects UTF-16 and UTF-32 finds the brace beside it (RFC 4627 §3). */
const skippedOctets = new Set([0x00, 0x09, 0x0a, 0x0d, 0x20]);
/** Of UTF-8, UTF-16 and UTF-32, in either order of octets. */
const byteOrderMarks: readonly (readonly number[])[] = [
  [0xef, 0xbb, 0xbf],
  [0xfe, 0xff],
  [0xff, 0xfe],
];
const openBrace = 0x7b;

/** Whether any reader could take it for a JSON object: it begins with a brace, after white space and byte order marks. */
export function mayBeJsonObject(payload: Buffer): boolean {
  for (let at = 0; at < payload.length; ) {
    const octet = payload[at] ?? 0;
    if (octet === openBrace) return true;
    if (skippedOctets.has(octet)) {
      at += 1;
      continue;
    }
    const mark = byteOrderMarks.find((octets) => octets.every((one, index) => payload[at + index] === one));
    if (mark === undefined) return false;
    at += mark.length;
  }
  return false;
}

/**
 * Whether a payload that is signed as it is (RFC 7797) is the base64url of a JSON object. To a reader that ignores `crit` it
 * is that object, since the signature is of the same octets.
 */
export function encodesJsonObject(payload: Buffer): boolean {
  const decoded = Buffer.from(payload.toString('latin1'), 'base64url');
  if (!mayBeJsonObject(decoded)) return false;
  try {
    JSON.parse(decoded.toString('utf8').replace(/^\u{feff}/u, ''));
    return true;
  } catch {
    return false;
  }
}
