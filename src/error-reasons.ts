// The closed list of reasons on errors. Programs decide by a reason, people read the text; `docs/errors.md` lists
// the same names, and a test compares the two.

/** Reasons in UPPER_SNAKE, in the order of `docs/errors.md`. */
export const errorReasons = Object.freeze([
  'REQUEST_NOT_VALID',
  'FIELD_REQUIRED',
  'FIELD_NOT_VALID',
  'FIELD_UNKNOWN',
  'NAME_TAKEN',
  'NOT_FOUND',
  'ALGORITHM_NOT_VALID',
  'KEY_NOT_SOUND',
  'KEY_MALFORMED',
  'KEY_INCONSISTENT',
  'KEY_NOT_SUPPORTED',
  'KEY_NOT_FOUND',
  'FORM_NOT_SUPPORTED',
  'KID_TAKEN',
  'DOCUMENT_NOT_VALID',
  'URL_NOT_ALLOWED',
  'URL_FETCH_FAILED',
  'PASSWORD_WRONG',
  'GRANT_TYPE_NOT_SUPPORTED',
  'TOKEN_NOT_VALID',
  'CREDENTIALS_NOT_VALID',
  'ROLE_MISSING',
  'CLIENT_CERTIFICATE_REQUIRED',
  'ROUTE_NOT_FOUND',
  'CONFLICT',
  'PAYLOAD_TOO_LARGE',
  'MEDIA_TYPE_NOT_SUPPORTED',
  'TOO_MANY_REQUESTS',
  'INTERNAL',
  'UNAVAILABLE',
  'ALTERED_IN_DATABASE',
  'NO_ACTIVE_KEY',
  'NO_PRIVATE_KEYS',
  'SIGNING_LEASE_EXPIRED',
  'CLOCK_SKEW',
] as const);

export type ErrorReason = (typeof errorReasons)[number];
