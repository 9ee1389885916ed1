import { Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Operations } from '../../../clients/typescript/src/index.ts';
import { keyplane } from '../api/keyplane.ts';
import { useChange } from '../api/use-change.ts';
import { DangerButton } from '../display/danger-button.tsx';
import { DataTable, type TableColumn } from '../display/data-table.tsx';
import { ConfirmByName } from '../display/form/confirm-by-name.tsx';
import { QueryView } from '../display/query-view.tsx';
import { Section } from '../display/section.tsx';
import { Instant } from '../display/time.tsx';

type EnrollmentToken = Operations['listEnrollmentTokens']['answer']['resultList'][number];

/** The enrollment tokens of an environment, by name: a token is shown only when it is created. */
export function EnrollmentTokens({ environmentName }: { readonly environmentName: string }) {
  const [revoking, setRevoking] = useState<EnrollmentToken | undefined>();
  const tokens = useQuery({
    queryKey: ['enrollment-tokens', environmentName],
    queryFn: () => keyplane.listEnrollmentTokens({ environmentName }),
  });
  const columns: readonly TableColumn<EnrollmentToken>[] = [
    { header: 'Name', kind: 'title', cell: nameOf },
    { header: 'Created', cell: ({ createdAt }) => <Instant at={createdAt} /> },
    { header: 'Expires', cell: ({ expiresAt }) => <Instant at={expiresAt} fallback="never" /> },
    {
      header: 'Nodes joined',
      cell: ({ registeredNodes, maxNodes }) =>
        maxNodes === null ? registeredNodes : `${registeredNodes} of ${maxNodes}`,
    },
    { header: 'Private keys', cell: ({ privateKeys }) => (privateKeys ? 'yes' : 'no') },
    {
      header: 'Actions',
      kind: 'actions',
      cell: (token) => (
        <DangerButton
          size="compact-sm"
          aria-label={`Revoke ${nameOf(token)}`}
          onClick={() => setRevoking(token)}
        >
          Revoke
        </DangerButton>
      ),
    },
  ];
  return (
    <Section
      title="Enrollment tokens"
      description="A node joins the environment with one. It is shown once, when it is created."
    >
      <QueryView query={tokens}>
        {({ resultList }) =>
          resultList.length === 0 ? (
            <Text c="dimmed">
              There is no valid token: no new node can join. Nodes that joined before stay.
            </Text>
          ) : (
            <DataTable
              caption={`Enrollment tokens of ${environmentName}`}
              columns={columns}
              items={resultList}
              rowKey={({ id }) => id}
            />
          )
        }
      </QueryView>
      {revoking !== undefined && (
        <RevokeEnrollmentToken
          environmentName={environmentName}
          token={revoking}
          onClose={() => setRevoking(undefined)}
        />
      )}
    </Section>
  );
}

function nameOf({ name }: EnrollmentToken): string {
  return name ?? 'unnamed token';
}

function RevokeEnrollmentToken({
  environmentName,
  token,
  onClose,
}: {
  readonly environmentName: string;
  readonly token: EnrollmentToken;
  readonly onClose: () => void;
}) {
  const revoke = useChange(
    () => keyplane.deleteEnrollmentToken({ environmentName, tokenId: token.id }),
    onClose,
  );
  const name = nameOf(token);
  return (
    <ConfirmByName
      title={`Revoke ${name}`}
      name={name}
      action="Revoke the token"
      error={revoke.error}
      isPending={revoke.isPending}
      onConfirm={() => revoke.mutate()}
      onClose={onClose}
    >
      <Text>
        The nodes that joined with it are rejected from now on: {token.registeredNodes}. Their connections
        close within 5 seconds. They keep serving what they have.
      </Text>
    </ConfirmByName>
  );
}
