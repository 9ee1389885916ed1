import { Group, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { CopyButton } from '../display/copy-button.tsx';
import { QueryView } from '../display/query-view.tsx';
import { Section } from '../display/section.tsx';
import { CertificateChain } from './certificate-chain.tsx';
import { type JwkRef, type PublicJwkView, usePublicJwk } from './jwk-queries.ts';

/** The public members of a JWK in the forms that people copy. */
export function PublicPart({
  jwk,
  updatedAt,
  actions,
}: {
  readonly jwk: JwkRef;
  readonly updatedAt: string;
  readonly actions: ReactNode;
}) {
  const found = usePublicJwk(jwk, updatedAt);
  return <QueryView query={found}>{(view) => <Parts view={view} actions={actions} />}</QueryView>;
}

function Parts({
  view: { jwk, pem, thumbprint, certificates },
  actions,
}: {
  readonly view: PublicJwkView;
  readonly actions: ReactNode;
}) {
  return (
    <>
      <Section title="Public part" actions={actions}>
        {jwk === null ? (
          <Text>An OCT key is a secret: it has no public part, and nodes never publish it.</Text>
        ) : (
          <Stack>
            {thumbprint !== null && <Block label="Thumbprint (RFC 7638, SHA-256)" text={thumbprint} />}
            <Block label="Public JWK" text={JSON.stringify(jwk, null, 2)} />
            {pem !== null && <Block label="Public key as PEM" text={pem.trim()} />}
          </Stack>
        )}
      </Section>
      {certificates.length > 0 && (
        <Section title="Certificate chain">
          <CertificateChain certificates={certificates} />
        </Section>
      )}
    </>
  );
}

/** `Public JWK` → `public JWK`; an abbreviation stays. */
function inSentence(label: string): string {
  return label.replace(/^[A-Z](?=[a-z])/, (letter) => letter.toLowerCase());
}

/** Text of a key with a button that copies it. */
export function Block({ label, text }: { readonly label: string; readonly text: string }) {
  return (
    <div>
      <Group justify="space-between" mb={4}>
        <Text fw={600} size="sm">
          {label}
        </Text>
        <Group gap="xs">
          <CopyButton value={text} label={`Copy ${inSentence(label.split(' (')[0] ?? label)}`} />
        </Group>
      </Group>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section className="block" tabIndex={0} aria-label={label}>
        <pre>{text}</pre>
      </section>
    </div>
  );
}
