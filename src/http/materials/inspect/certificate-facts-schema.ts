import { z } from 'zod';
import type { CertificateFacts } from '../../../jose/certificate-facts.ts';
import { instant, instantText } from '../../answers/answer-schemas.ts';
import { named } from '../../openapi/named.ts';

export const certificateFactsItem = named(
  'CertificateFacts',
  z.object({
    subjectDn: z.string(),
    issuerDn: z.string(),
    serialNumber: z.string().describe('Hex'),
    notBefore: instant,
    notAfter: instant,
    sha1Thumbprint: z.string(),
    sha256Thumbprint: z.string(),
  }),
);

export function certificateFactsView({ notBefore, notAfter, ...rest }: CertificateFacts) {
  return { ...rest, notBefore: instantText(notBefore), notAfter: instantText(notAfter) };
}
