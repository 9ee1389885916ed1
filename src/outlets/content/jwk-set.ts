// JWK Sets (RFC 7517 §5) as files, in the bytes in which a node serves its own.

import { Buffer } from 'node:buffer';
import { publicJwk } from '../../jose/public-part.ts';
import type { Artifact } from './artifact.ts';
import { type ContentKey, orderedKeys } from './content-input.ts';

export function publicSet(keys: readonly ContentKey[]): Artifact {
  return { form: 'FILE', bytes: publicSetBytes(keys) };
}

/** Public members only; an OCT key has none. */
export function publicSetBytes(keys: readonly ContentKey[]): Buffer {
  return setBytes(orderedKeys(keys).flatMap(({ jwk }) => publicJwk(jwk) ?? []));
}

/** The file is secret. */
export function privateSet(keys: readonly ContentKey[]): Artifact {
  return { form: 'FILE', bytes: setBytes(orderedKeys(keys).map(({ jwk }) => jwk)) };
}

/** Two keys may be published alike. */
function setBytes(jwks: readonly object[]): Buffer {
  const members = new Set(jwks.map((jwk) => JSON.stringify(jwk)));
  return Buffer.from(`{"keys":[${[...members].join(',')}]}`);
}
