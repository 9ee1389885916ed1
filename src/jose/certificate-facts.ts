import { X509Certificate } from 'node:crypto';
import type { CertificateInfo } from './certificate.ts';

/** What people look for in a certificate. */
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

export function certificateFacts(certificate: CertificateInfo): CertificateFacts {
  const { der, subjectDn, startDate, endDate, sha1Thumbprint, x5tS256 } = certificate;
  const { issuer, serialNumber } = new X509Certificate(der);
  return {
    subjectDn,
    // OpenSSL writes one part a line, the least specific first; RFC 4514 turns it round.
    issuerDn: issuer.split('\n').reverse().join(', '),
    serialNumber,
    notBefore: startDate,
    notAfter: endDate,
    sha1Thumbprint,
    sha256Thumbprint: Buffer.from(x5tS256, 'base64url').toString('hex').toUpperCase(),
  };
}
