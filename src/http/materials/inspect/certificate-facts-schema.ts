import { z } from 'zod';
import type { CertificateFacts } from '../../../jose/certificate-facts.ts';
import { named } from '../../openapi/named.ts';
import { instant, instantText } from '../../responses/response-schemas.ts';

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
