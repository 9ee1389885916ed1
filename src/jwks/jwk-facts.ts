import { readCertificateDer } from '../jose/certificate.ts';
import { type CertificateFacts, certificateFacts } from '../jose/certificate-facts.ts';
import type { PrivateJwk, PublicJwk } from '../jose/jwk.ts';
import { publicJwkToPem } from '../jose/jwk-pem.ts';
import { keySize } from '../jose/key-facts.ts';
import { publicJwk } from '../jose/public-part.ts';
import { thumbprint } from '../jose/thumbprint.ts';
import type { StoredJwk } from './jwk-store.ts';

/** What anybody may know of a JWK, in the forms that people copy. An OCT key has no public members. */
export interface PublicJwkFacts {
  readonly jwk: PublicJwk | null;
  /** SPKI. */
  readonly pem: string | null;
  /** RFC 7638, SHA-256, base64url. */
  readonly thumbprint: string | null;
  /** The leaf first. */
  readonly certificates: readonly CertificateFacts[];
  /** False: keyplane stores the public key only, so there is nothing to reveal or to export. */
  readonly hasPrivatePart: boolean;
}

export function publicJwkFacts({ publicMembers, privateMembers }: StoredJwk): PublicJwkFacts {
  const jwk = publicJwk(JSON.parse(publicMembers) as PrivateJwk) ?? null;
  const chain = (jwk?.x5c ?? []).map((text) => readCertificateDer(Buffer.from(text, 'base64')));
  return {
    jwk,
    pem: jwk && publicJwkToPem(jwk),
    thumbprint: jwk && thumbprint(jwk),
    certificates: chain.map(certificateFacts),
    hasPrivatePart: privateMembers !== null,
  };
}

/** Curve and bits as far as public members show them: a secret key has none, and an altered row is not read. */
export function publicKeySize({ publicMembers, altered }: Pick<StoredJwk, 'publicMembers' | 'altered'>): {
  readonly curve: string | null;
  readonly size: number | null;
} {
  const jwk = altered ? undefined : publicJwk(JSON.parse(publicMembers) as PrivateJwk);
  return jwk === undefined ? { curve: null, size: null } : keySize(jwk);
}
