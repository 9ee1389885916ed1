// What outlets deliver. PURE.

export const outletContents = Object.freeze([
  'JWKS',
  'JWKS_PRIVATE',
  'PEM_PUBLIC',
  'PEM_PRIVATE',
  'PEM_CERTIFICATE',
  'PKCS12',
  'JWT_AUTHN',
  'TOKEN',
  'EVENTS',
] as const);
export type OutletContent = (typeof outletContents)[number];

interface ContentTraits {
  /** It holds private keys, or a secret. */
  readonly isPrivate: boolean;
  /** It holds keys: what a key ring waits for. */
  readonly holdsKeys: boolean;
  /** It is a folder of files; otherwise one file. */
  readonly isFolder: boolean;
}

const traits: Readonly<Record<OutletContent, ContentTraits>> = {
  JWKS: { isPrivate: false, holdsKeys: true, isFolder: false },
  JWKS_PRIVATE: { isPrivate: true, holdsKeys: true, isFolder: false },
  PEM_PUBLIC: { isPrivate: false, holdsKeys: true, isFolder: true },
  PEM_PRIVATE: { isPrivate: true, holdsKeys: true, isFolder: true },
  PEM_CERTIFICATE: { isPrivate: false, holdsKeys: true, isFolder: true },
  PKCS12: { isPrivate: true, holdsKeys: true, isFolder: false },
  JWT_AUTHN: { isPrivate: false, holdsKeys: true, isFolder: false },
  TOKEN: { isPrivate: true, holdsKeys: false, isFolder: false },
  EVENTS: { isPrivate: false, holdsKeys: false, isFolder: false },
};

export function traitsOf(content: OutletContent): ContentTraits {
  return traits[content];
}
