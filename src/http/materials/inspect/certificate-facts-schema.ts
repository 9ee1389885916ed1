import { z } from 'zod';
import type { CertificateFacts } from '../../../jose/facts/certificate-facts.ts';
import { instant, instantText } from '../../answers/answer-schemas.ts';

export const certificateFactsItem = z.object({
  subjectDn: z.string(),
  issuerDn: z.string(),
  serialNumber: z.string().describe('Hex'),
  notBefore: instant,
  notAfter: instant,
  sha1Thumbprint: z.string(),
  sha256Thumbprint: z.string(),
});

export function certificateFactsView({ notBefore, notAfter, ...rest }: CertificateFacts) {
  return { ...rest, notBefore: instantText(notBefore), notAfter: instantText(notAfter) };
}
