// The bounded resources for which a request can be rejected with 429, as `keyplane_refusals_total` names them.

/** Closed: a label that clients could choose would grow `/metrics` without bound. */
export const limitNames = Object.freeze([
  'source_fetches',
  'keystores',
  'rsa_generation',
  'inspections',
  'passwords',
  'bodies',
  'request_rate',
  'wrong_passwords',
] as const);

export type LimitName = (typeof limitNames)[number];
