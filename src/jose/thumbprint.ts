// RFC 7638: SHA-256 over the required members in lexical order, as JSON without white space.
// Written by hand: crv and the base64url members need no escaping, so the text is a plain join.

import { hash } from 'node:crypto';
import type { PrivateJwk, PublicJwk } from './jwk.ts';

/** The members of RFC 7638 §3.2 (RFC 8037 §2 for OKP). For `oct` this text holds the secret itself. */
function secretHashInput(jwk: PrivateJwk | PublicJwk): string {
  switch (jwk.kty) {
    case 'RSA':
      return `{"e":"${jwk.e}","kty":"RSA","n":"${jwk.n}"}`;
    case 'EC':
      return `{"crv":"${jwk.crv}","kty":"EC","x":"${jwk.x}","y":"${jwk.y}"}`;
    case 'OKP':
      return `{"crv":"${jwk.crv}","kty":"OKP","x":"${jwk.x}"}`;
    case 'oct':
      return `{"k":"${jwk.k}","kty":"oct"}`;
  }
}

/** base64url of 32 octets; the same for both halves of a key. */
export function thumbprint(jwk: PrivateJwk | PublicJwk): string {
  return hash('sha256', secretHashInput(jwk), 'base64url');
}

/** The same with SHA-1, for systems that name their keys so; base64url of 20 octets. */
export function sha1Thumbprint(jwk: PrivateJwk | PublicJwk): string {
  return hash('sha1', secretHashInput(jwk), 'base64url');
}
