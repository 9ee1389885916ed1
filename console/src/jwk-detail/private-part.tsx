import { Button, Group, Stack, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { keyplane } from '../api/keyplane.ts';
import { ErrorNote } from '../display/error-note.tsx';
import { Dialog } from '../display/form/dialog.tsx';
import { QueryView } from '../display/query-view.tsx';
import { useRing } from '../rings/ring-queries.ts';
import { mayIn } from '../session/session.ts';
import { useSignedIn } from '../session/session-context.ts';
import { isWithdrawn } from './deployment-state.tsx';
import { downloadJwk, type JwkDownload } from './download-jwk.ts';
import { type JwkDetail, type JwkRef, usePublicJwk } from './jwk-queries.ts';
import { Block } from './public-part.tsx';

type Asked = 'reveal' | 'json' | 'pem';

/** Offers only what is possible: a JWK of a public key has no private part, and reading one requires a role. */
export function PrivatePart({ jwk, detail }: { readonly jwk: JwkRef; readonly detail: JwkDetail }) {
  const found = usePublicJwk(jwk, detail.updatedAt);
  const session = useSignedIn();
  const mayRead = mayIn(session, jwk.projectName, 'ROLE_API_SECURITY', 'ROLE_READ_PRIVATE_KEYS');
  return (
    <QueryView query={found}>
      {({ hasPrivatePart }) => {
        if (!hasPrivatePart && isWithdrawn(detail)) return <Text>keyplane has erased the private part.</Text>;
        if (!hasPrivatePart)
          return <Text>This JWK is a public key: there is no private part to reveal or export.</Text>;
        if (detail.ringName !== null) {
          return <PartOfMember jwk={jwk} detail={detail} ringName={detail.ringName} mayRead={mayRead} />;
        }
        if (!mayRead) return <Text>Reading and exporting it takes ROLE_READ_PRIVATE_KEYS.</Text>;
        return <RevealOrExport jwk={jwk} type={detail.type} />;
      }}
    </QueryView>
  );
}

/** A key ring decides whether the private keys in it can leave by the API. */
function PartOfMember({
  jwk,
  detail,
  ringName,
  mayRead,
}: {
  readonly jwk: JwkRef;
  readonly detail: JwkDetail;
  readonly ringName: string;
  readonly mayRead: boolean;
}) {
  const ring = useRing({ projectName: jwk.projectName, ringName });
  return (
    <QueryView query={ring}>
      {({ exportable }) => {
        if (!exportable) return <Text>The private keys of key ring {ringName} are not exportable.</Text>;
        if (!mayRead) return <Text>Reading and exporting it takes ROLE_READ_PRIVATE_KEYS.</Text>;
        return <RevealOrExport jwk={jwk} type={detail.type} />;
      }}
    </QueryView>
  );
}

/** The private part is shown or exported only after a dialog; the manager audits it and only this page holds it. */
function RevealOrExport({ jwk, type }: { readonly jwk: JwkRef; readonly type: JwkDetail['type'] }) {
  const [asked, setAsked] = useState<Asked>();
  // No query and no cache: it is dropped with the page, or as soon as it is hidden.
  const take = useMutation({
    gcTime: 0,
    mutationFn: async (what: Asked) => {
      if (what === 'reveal') return materialOf((await keyplane.getJwk(jwk)).resultList[0]);
      const file: JwkDownload = what === 'json' ? { format: 'jwk' } : { format: 'pem' };
      await downloadJwk(jwk, file);
      return undefined;
    },
    onSuccess: () => setAsked(undefined),
  });
  const ask = (what: Asked) => {
    take.reset();
    setAsked(what);
  };
  return (
    <Stack>
      {take.data === undefined ? (
        <Text>Hidden. Revealing and exporting it is recorded in the audit log.</Text>
      ) : (
        <Block label="Private JWK" text={take.data} />
      )}
      <Group gap="xs">
        {take.data === undefined ? (
          <Button variant="default" onClick={() => ask('reveal')}>
            Reveal
          </Button>
        ) : (
          <Button variant="default" onClick={() => take.reset()}>
            Hide
          </Button>
        )}
        <Button variant="default" onClick={() => ask('json')}>
          Export private JWK Set
        </Button>
        {type !== 'OCT' && (
          <Button variant="default" onClick={() => ask('pem')}>
            Export private PEM
          </Button>
        )}
      </Group>
      {asked !== undefined && (
        <Dialog onClose={() => setAsked(undefined)} title={titles[asked]}>
          <Stack>
            <Text>
              The audit log records your name, the time and this JWK. Anyone who has the private part can sign
              or decrypt in place of its owner.
            </Text>
            <ErrorNote error={take.error} />
            <Group justify="end">
              <Button variant="default" onClick={() => setAsked(undefined)}>
                Cancel
              </Button>
              <Button loading={take.isPending} onClick={() => take.mutate(asked)}>
                {asked === 'reveal' ? 'Reveal (logged)' : 'Export (logged)'}
              </Button>
            </Group>
          </Stack>
        </Dialog>
      )}
    </Stack>
  );
}

const titles: Readonly<Record<Asked, string>> = {
  reveal: 'Reveal the private part?',
  json: 'Export the private JWK Set?',
  pem: 'Export the private key as PEM?',
};

function materialOf(found: JwkDetail | undefined): string {
  const material = found?.rsa ?? found?.ec ?? found?.okp ?? found?.oct ?? {};
  return JSON.stringify(material, null, 2);
}
