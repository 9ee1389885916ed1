import { certificateSource } from './certificate.ts';
import { copyPasteSource } from './copy-paste.ts';
import type { JwkSource } from './jwk-source.ts';
import { keystoreSource } from './keystore.ts';
import { privateKeySource } from './private-key.ts';
import { publicKeySource } from './public-key.ts';
import { urlSource } from './url.ts';

/** Every way in, by the name that requests use. */
export const jwkSources = Object.freeze({
  URL: urlSource,
  COPY_PASTE: copyPasteSource,
  CERTIFICATE: certificateSource,
  PUBLIC_KEY: publicKeySource,
  PRIVATE_KEY: privateKeySource,
  KEYSTORE: keystoreSource,
} satisfies Record<string, JwkSource>);

export type SourceName = keyof typeof jwkSources;

export const sourceNames = Object.freeze(Object.keys(jwkSources) as SourceName[]);
