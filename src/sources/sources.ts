import { certificateSource } from './certificate.ts';
import { copyPasteSource } from './copy-paste.ts';
import type { JwkSource } from './jwk-source.ts';
import { keystoreSource } from './keystore.ts';
import { privateKeySource } from './private-key.ts';
import { publicKeySource } from './public-key.ts';
import { urlSource } from './url.ts';

/** Every way in, by the name that requests use. */
const jwkSources = Object.freeze({
  URL: urlSource,
  COPY_PASTE: copyPasteSource,
  CERTIFICATE: certificateSource,
  PUBLIC_KEY: publicKeySource,
  PRIVATE_KEY: privateKeySource,
  KEYSTORE: keystoreSource,
} satisfies Record<string, JwkSource>);

export type SourceType = keyof typeof jwkSources;

export const sourceTypes = Object.freeze(Object.keys(jwkSources) as SourceType[]);

/** Where a stored JWK came from: a source, or the manager itself. */
export const storedSourceTypes = Object.freeze([...sourceTypes, 'GENERATE'] as const);
export type StoredSourceType = (typeof storedSourceTypes)[number];

export function jwkSource(sourceType: SourceType): JwkSource {
  return jwkSources[sourceType];
}
