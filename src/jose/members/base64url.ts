// base64url as RFC 7515 §2 has it: no padding, no white space, one spelling for each octet string.
// A second spelling of the same key would give it a second thumbprint (RFC 7638 §7).

import { Buffer } from 'node:buffer';
import { badRequest } from '../../errors.ts';

// 2,100 octets: twice what a member of most key types has, so that most oversized keys still get their specific reason.
const longestText = 2800;

/**
 * @param longest characters, where the key type has longer members than most
 * @throws KeyplaneError bad_request that names the member and never shows its value
 */
export function checkOctetText(text: string, member: string, longest = longestText): void {
  if (text === '')
    throw badRequest(`${member} is empty; it must be base64url text (RFC 7515 §2)`, {
      reason: 'KEY_MALFORMED',
    });
  if (text.length > longest) {
    throw badRequest(
      `${member} has ${text.length} characters; no key that is accepted needs more than ${longest}`,
      { reason: 'KEY_MALFORMED' },
    );
  }
  if (!isOctetText(text, longest))
    throw badRequest(`${member} is not base64url: ${fault(text)} (RFC 7515 §2)`, { reason: 'KEY_MALFORMED' });
}

/** Whether checkOctetText passes it. */
export function isOctetText(text: string, longest = longestText): boolean {
  if (text === '' || text.length > longest) return false;
  return Buffer.from(text, 'base64url').toString('base64url') === text;
}

/** For text that checkOctetText has passed. */
export function decodeBase64url(text: string): Buffer {
  return Buffer.from(text, 'base64url');
}

function fault(text: string): string {
  if (text.includes('=')) return 'it carries padding (=)';
  if (/[+/]/.test(text)) return 'it uses + or /, the letters of plain base64, in place of - and _';
  if (!/^[A-Za-z0-9_-]+$/.test(text)) return 'it holds a character outside A-Z a-z 0-9 - _';
  if (text.length % 4 === 1) return 'its length can not come from whole octets';
  return 'its last character carries bits that belong to no octet';
}

/** Plain base64 with its padding (RFC 4648 §4), as x5c requires it; undefined when it is anything else. */
export function decodeBase64(text: string): Buffer | undefined {
  const octets = Buffer.from(text, 'base64');
  return text !== '' && octets.toString('base64') === text ? octets : undefined;
}

/** How many octets canonical base64url text stands for, without decoding it. */
export function octetsOf(text: string): number {
  return Math.floor((text.length * 3) / 4);
}

/** "1 byte", "31 bytes" */
export function bytes(count: number): string {
  return count === 1 ? '1 byte' : `${count} bytes`;
}
