import { X509Certificate } from 'node:crypto';
import { type CertificateInfo, readCertificateDer } from '../jose/certificate.ts';
import type { PrivateJwk, PublicJwk } from '../jose/jwk.ts';
import { publicJwkToPem } from '../jose/jwk-pem.ts';
import { publicJwk } from '../jose/public-part.ts';
import { thumbprint } from '../jose/thumbprint.ts';
import type { StoredJwk } from './jwk-store.ts';

/** What anybody may know of a JWK, in the forms that people copy. All null for an OCT key. */
export interface PublicJwkFacts {
  readonly jwk: PublicJwk | null;
  /** SPKI. */
  readonly pem: string | null;
  /** RFC 7638, SHA-256, base64url. */
  readonly thumbprint: string | null;
  /** The leaf first. */
  readonly certificates: readonly CertificateFacts[];
}

export interface CertificateFacts {
  readonly subjectDn: string;
  readonly issuerDn: string;
  /** Upper-case hex. */
  readonly serialNumber: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** Upper-case hex. */
  readonly sha1Thumbprint: string;
  readonly sha256Thumbprint: string;
}

export function publicJwkFacts({ publicMembers }: StoredJwk): PublicJwkFacts {
  const jwk = publicJwk(JSON.parse(publicMembers) as PrivateJwk) ?? null;
  const chain = (jwk?.x5c ?? []).map((text) => readCertificateDer(Buffer.from(text, 'base64')));
  return {
    jwk,
    pem: jwk && publicJwkToPem(jwk),
    thumbprint: jwk && thumbprint(jwk),
    certificates: chain.map(certificateFacts),
  };
}

export function certificateFacts({ der, subjectDn, startDate, endDate, ...info }: CertificateInfo) {
  const { issuer, serialNumber } = new X509Certificate(der);
  return {
    subjectDn,
    // OpenSSL writes one part a line, the least specific first; RFC 4514 turns it round.
    issuerDn: issuer.split('\n').reverse().join(', '),
    serialNumber,
    notBefore: startDate,
    notAfter: endDate,
    sha1Thumbprint: info.sha1Thumbprint,
    sha256Thumbprint: Buffer.from(info.x5tS256, 'base64url').toString('hex').toUpperCase(),
  };
}
