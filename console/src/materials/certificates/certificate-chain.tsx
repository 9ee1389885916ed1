import { List, Text } from '@mantine/core';
import type { CertificateFacts as Certificate } from '../../../../clients/typescript/src/index.ts';
import { Facts } from '../../display/facts.tsx';
import { Instant, Time } from '../../display/time.tsx';

/** The certificate of a file and those of its issuers that follow it. */
export function CertificateChain({ chain }: { readonly chain: readonly Certificate[] }) {
  return (
    <section aria-label="What the file holds">
      <Text size="sm" fw={600}>
        {chain.length === 1 ? 'One certificate' : `A chain of ${chain.length} certificates`}
      </Text>
      <List listStyleType="none" size="sm">
        {chain.map((certificate) => (
          <List.Item key={certificate.sha256Thumbprint} mt="xs">
            <Facts
              facts={[
                ['Subject', certificate.subjectDn],
                ['Issuer', certificate.issuerDn],
                ['Serial number', <Mono key="serial" text={certificate.serialNumber} />],
                ['Not before', <Instant key="from" at={certificate.notBefore} />],
                [
                  'Not after',
                  <span key="to">
                    <Instant at={certificate.notAfter} /> (<Time at={certificate.notAfter} />)
                  </span>,
                ],
                ['SHA-256 thumbprint', <Mono key="print" text={certificate.sha256Thumbprint} />],
              ]}
            />
          </List.Item>
        ))}
      </List>
    </section>
  );
}

function Mono({ text }: { readonly text: string }) {
  return <span className="mono">{text}</span>;
}
