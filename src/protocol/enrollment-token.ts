// The text of an enrollment token: `kpn_`, the seed of an Ed25519 key, a dot, and the fingerprint of the installation's
// identity, both base64url of 32 bytes. The token never travels: a node signs with its key, and knows the manager by
// the fingerprint. A token of the first release is `kpn_` and 32 random bytes, of which the manager stores the SHA-256.

import { tokenHash } from '../runtime/token-hash.ts';
import { type SigningKey, signingKeyOf } from './signing-keys.ts';

export type EnrollmentSecret =
  | { readonly kind: 'key'; readonly key: SigningKey; readonly fingerprint: string }
  | {
      readonly kind: 'first release';
      /** SHA-256 of the token, as the manager stores it. */
      readonly hash: Buffer;
    };

const keyToken = /^kpn_([\w-]{43})\.([\w-]{43})$/;
const firstReleaseToken = /^kpn_[\w-]{43}$/;

export function enrollmentTokenText(seed: Uint8Array, fingerprint: string): string {
  return `kpn_${Buffer.from(seed).toString('base64url')}.${fingerprint}`;
}

/** Undefined for what is no enrollment token; a token that was cut short is none. */
export function parseEnrollmentToken(text: string): EnrollmentSecret | undefined {
  const [, seedText, fingerprint] = keyToken.exec(text) ?? [];
  if (seedText !== undefined && fingerprint !== undefined) {
    return { kind: 'key', key: signingKeyOf(Buffer.from(seedText, 'base64url')), fingerprint };
  }
  if (firstReleaseToken.test(text)) return { kind: 'first release', hash: tokenHash(text) };
  return undefined;
}
