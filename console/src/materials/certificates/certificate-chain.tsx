import { List, Text } from '@mantine/core';
import type { CertificateFacts as Certificate } from '../../../../clients/typescript/src/index.ts';
import { Facts } from '../../display/facts.tsx';
import { Instant } from '../../display/time.tsx';

/** The certificate of a file and the chain of its issuers. */
export function FileCertificateChain({ chain }: { readonly chain: readonly Certificate[] }) {
  return (
    <section aria-label="Contents of the file">
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
                ['Not after', <Instant key="to" at={certificate.notAfter} />],
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
