import { badRequest } from '../errors.ts';
import type { PrivateJwk } from '../jose/jwk.ts';
import { privateJwkToPem, publicJwkToPem } from '../jose/jwk-pem.ts';
import { hasPrivatePart } from '../jose/key-types.ts';
import { publicJwk } from '../jose/public-part.ts';
import type { Sealer } from '../sealing/sealed.ts';
import type { StoredJwk } from './jwk-store.ts';
import { openPrivateJwk } from './sealed-members.ts';

export interface ExportRequest {
  readonly publicOnly: boolean;
  readonly format: 'jwk' | 'pem';
}

/** A file to be downloaded. Secret unless `publicOnly` was asked for or the key is public. */
export interface ExportedFile {
  readonly name: string;
  readonly mediaType: string;
  readonly content: string;
}

/** A JWK Set of one, or PEM (PKCS#8 or SPKI). @throws KeyplaneError `bad_request` for what an OCT key has not */
export function exportPrivateJwk(sealer: Sealer, stored: StoredJwk, request: ExportRequest): ExportedFile {
  const { publicOnly, format } = request;
  if (stored.type === 'OCT' && (publicOnly || format === 'pem')) {
    const what = publicOnly ? 'no public part' : 'no PEM form';
    throw badRequest(`JWK (name: ${stored.name}) is an OCT key, which has ${what}! Export it as a whole`);
  }
  const whole = openPrivateJwk(sealer, stored);
  const name = `${stored.name}${publicOnly ? '-public' : ''}`;
  if (format === 'pem')
    return { name: `${name}.pem`, mediaType: 'application/x-pem-file', content: pem(whole, publicOnly) };
  const key = publicOnly ? publicJwk(whole) : whole;
  const content = `${JSON.stringify({ keys: [key] }, null, 2)}\n`;
  return { name: `${name}.json`, mediaType: 'application/json', content };
}

function pem(jwk: PrivateJwk, publicOnly: boolean): string {
  const half = publicJwk(jwk);
  if (half !== undefined && (publicOnly || !hasPrivatePart(jwk))) return publicJwkToPem(half);
  return privateJwkToPem(jwk);
}
