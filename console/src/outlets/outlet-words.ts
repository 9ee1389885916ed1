import type {
  Outlet,
  OutletContent,
  OutletSource,
  OutletState,
} from '../../../clients/typescript/src/index.ts';
import type { StatusWord } from '../display/status-words.ts';

/** By the API's state of a delivery; `NONE` where there is none. */
export const outletStatuses = {
  CURRENT: { word: 'current', tone: 'good', meaning: 'The latest content is delivered.' },
  LAGGING: {
    word: 'lagging',
    tone: 'attention',
    meaning: 'A change is still to be delivered, or the node is not connected and may lack one.',
  },
  FAILING: {
    word: 'failing',
    tone: 'problem',
    meaning: 'The last attempt failed; it is tried again, and what was delivered before stays.',
  },
  NONE: {
    word: 'no nodes',
    tone: 'attention',
    meaning: 'No node has joined its environments, so it is delivered nowhere.',
  },
} as const satisfies Record<OutletState | 'NONE', StatusWord>;

const worstFirst: readonly OutletState[] = ['FAILING', 'LAGGING', 'CURRENT'];

/** The worst of all its deliveries. */
export function outletStatus({ environments }: Pick<Outlet, 'environments'>): StatusWord {
  const worst = worstFirst.find((state) => environments.some((delivery) => delivery.state === state));
  return outletStatuses[worst ?? 'NONE'];
}

/** Null: nothing was delivered yet. */
export function lastDelivery({ environments }: Pick<Outlet, 'environments'>): string | null {
  const instants = environments.flatMap(({ deliveredAt }) => deliveredAt ?? []);
  return instants.sort().at(-1) ?? null;
}

export const contentTexts = {
  JWKS: 'JWK Set',
  JWKS_PRIVATE: 'JWK Set with private keys',
  PEM_PUBLIC: 'Public keys (PEM)',
  PEM_PRIVATE: 'Private keys (PEM)',
  PEM_CERTIFICATE: 'Certificates (PEM)',
  PKCS12: 'PKCS#12 keystore',
  JWT_AUTHN: 'JWT authentication',
  TOKEN: 'Token',
  EVENTS: 'Events',
} as const satisfies Record<OutletContent, string>;

/** What a source is called, and where its page is. */
export const outletSourceWords = {
  keyRingName: { label: 'Key ring', page: 'key-rings' },
  jwkName: { label: 'JWK', page: 'jwks' },
  viewName: { label: 'View', page: 'views' },
  certificateName: { label: 'Certificate', page: 'certificates' },
  tokenProfileName: { label: 'Token profile', page: 'token-profiles' },
} as const satisfies Record<keyof OutletSource, { label: string; page: string }>;
export type OutletSourceKind = keyof typeof outletSourceWords;

/** Undefined where it is the project's own set. */
export function namedSource(
  source: OutletSource | null,
): { type: OutletSourceKind; name: string } | undefined {
  for (const type of Object.keys(outletSourceWords) as OutletSourceKind[]) {
    const name = source?.[type];
    if (name !== undefined) return { type, name };
  }
  return undefined;
}
