import { Stack, Text } from '@mantine/core';
import { Facts } from '../display/facts.tsx';
import { Instant } from '../display/time.tsx';
import type { PublicJwkView } from './jwk-queries.ts';

/** The leaf first, then its issuers. */
export function CertificateChain({ certificates }: { readonly certificates: PublicJwkView['certificates'] }) {
  return (
    <Stack component="ol" className="plain">
      {certificates.map((certificate, index) => (
        <li key={certificate.sha256Thumbprint}>
          <Text fw={600} size="sm">
            {index === 0 ? 'Certificate of this key' : `Issuer ${index}`}
          </Text>
          <Facts
            facts={[
              ['Subject', certificate.subjectDn],
              ['Issuer', certificate.issuerDn],
              ['Serial number', <Mono key="serial">{certificate.serialNumber}</Mono>],
              ['Not before', <Instant key="from" at={certificate.notBefore} />],
              ['Not after', <Instant key="until" at={certificate.notAfter} />],
              ['SHA-256', <Mono key="sha256">{certificate.sha256Thumbprint}</Mono>],
              ['SHA-1', <Mono key="sha1">{certificate.sha1Thumbprint}</Mono>],
            ]}
          />
        </li>
      ))}
    </Stack>
  );
}

function Mono({ children }: { readonly children: string }) {
  return <span className="mono">{children}</span>;
}
