/** Claims that the other members of a token profile decide (RFC 7519 §4.1). */
export const claimsOfProfile: readonly string[] = Object.freeze([
  'iss',
  'sub',
  'aud',
  'exp',
  'nbf',
  'iat',
  'jti',
]);

/** What no caller gives; a key that a token is bound to (RFC 7800) is not for a caller to choose. */
export const claimsOfNoCaller: readonly string[] = Object.freeze([...claimsOfProfile, 'cnf']);
