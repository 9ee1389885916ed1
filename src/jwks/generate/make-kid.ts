import type { PrivateJwk } from '../../jose/jwk.ts';
import { sha1Thumbprint, thumbprint } from '../../jose/thumbprint.ts';
import type { KeyIdType } from './generate-plan.ts';

let lastTimestamp = 0;

/** The kid of a generated key that was given none; undefined for NONE. Hashes are thumbprints (RFC 7638). */
export function makeKid(keyIdType: KeyIdType, jwk: PrivateJwk, now: Date): string | undefined {
  switch (keyIdType) {
    case 'TIMESTAMP':
      // Two keys of one millisecond get two kids.
      lastTimestamp = Math.max(now.getTime(), lastTimestamp + 1);
      return String(lastTimestamp);
    case 'ISO_DATE':
      lastTimestamp = Math.max(now.getTime(), lastTimestamp + 1);
      return new Date(lastTimestamp).toISOString();
    case 'SHA256':
      return thumbprint(jwk);
    case 'SHA1':
      return sha1Thumbprint(jwk);
    case 'NONE':
      return undefined;
    default:
      return keyIdType satisfies never;
  }
}
