// What an outlet delivers.

export const outletSourceTypes = Object.freeze([
  'PROJECT',
  'KEY_RING',
  'JWK',
  'VIEW',
  'CERTIFICATE',
  'TOKEN_PROFILE',
] as const);
export type OutletSourceType = (typeof outletSourceTypes)[number];

/** What requests call the name of each; the project's set has none. */
export const sourceNameMembers = Object.freeze({
  KEY_RING: 'keyRingName',
  JWK: 'jwkName',
  VIEW: 'viewName',
  CERTIFICATE: 'certificateName',
  TOKEN_PROFILE: 'tokenProfileName',
} as const) satisfies Readonly<Record<Exclude<OutletSourceType, 'PROJECT'>, string>>;

/** `id` is null where it is the project's set. */
export interface OutletSource {
  readonly type: OutletSourceType;
  readonly id: string | null;
}

/** What a kind of outlet reads of its target or credential, checked. */
export type OutletJson = Readonly<Record<string, unknown>>;
