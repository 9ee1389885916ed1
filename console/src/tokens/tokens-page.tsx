import { Alert, Button, Code, Group, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import type { Operations } from '../../../clients/typescript/src/index.ts';
import { keyplane } from '../api/keyplane.ts';
import { useChange } from '../api/use-change.ts';
import { CopyButton } from '../display/copy-button.tsx';
import { EmptyNote } from '../display/empty-note.tsx';
import { ConfirmByName } from '../display/form/confirm-by-name.tsx';
import { useListView } from '../display/list-query.ts';
import { PageHeader } from '../display/page-header.tsx';
import { type Column, ServerTable } from '../display/server-table.tsx';
import { Instant } from '../display/time.tsx';
import { type MadeToken, TokenDialog } from './token-dialog.tsx';

type Token = Operations['listTokens']['answer']['resultList'][number];

/** The caller's own API tokens. What one is is shown when it is made, and never again. */
export function TokensPage() {
  const view = useListView();
  const [making, setMaking] = useState(false);
  const [made, setMade] = useState<MadeToken | undefined>();
  const [revoking, setRevoking] = useState<string | undefined>();
  const make = <Button onClick={() => setMaking(true)}>New token</Button>;
  const actions: Column<Token> = {
    header: 'Actions',
    cell: ({ name }) => (
      <Button
        variant="default"
        size="compact-sm"
        aria-label={`Revoke ${name}`}
        onClick={() => setRevoking(name)}
      >
        Revoke
      </Button>
    ),
  };
  return (
    <Stack>
      <PageHeader title="My tokens">{make}</PageHeader>
      {made !== undefined && <NewToken token={made} onClose={() => setMade(undefined)} />}
      <ServerTable
        caption="My tokens"
        view={view}
        queryKey={['tokens']}
        fetchPage={(query) => keyplane.listTokens(query)}
        columns={[...columns, actions]}
        rowKey={({ name }) => name}
        searchLabel="Search tokens"
        empty={
          <EmptyNote text="You have no API token. With one, programs and the command line do what you may do.">
            {make}
          </EmptyNote>
        }
      />
      {making && (
        <TokenDialog
          onDone={(token) => {
            setMade(token);
            setMaking(false);
          }}
          onClose={() => setMaking(false)}
        />
      )}
      {revoking !== undefined && <RevokeToken name={revoking} onClose={() => setRevoking(undefined)} />}
    </Stack>
  );
}

const columns: readonly Column<Token>[] = [
  { header: 'Name', sort: 'name', cell: ({ name }) => name },
  { header: 'Made', sort: 'createdAt', cell: ({ createdAt }) => <Instant at={createdAt} /> },
  {
    header: 'Expires',
    sort: 'expiresAt',
    cell: ({ expiresAt }) => <Instant at={expiresAt} fallback="never" />,
  },
  {
    header: 'Projects',
    cell: ({ projects }) => projects?.map(({ projectName }) => projectName).join(', ') ?? 'all',
  },
  {
    header: 'Last used',
    sort: 'lastUsedAt',
    cell: ({ lastUsedAt }) => <Instant at={lastUsedAt} fallback="never" />,
  },
];

function NewToken({ token, onClose }: { readonly token: MadeToken; readonly onClose: () => void }) {
  return (
    <Alert
      role="status"
      variant="outline"
      color="green"
      title={`${token.name} is made`}
      withCloseButton
      closeButtonLabel="Close"
      onClose={onClose}
    >
      <Stack gap="xs">
        <Text size="sm">This is the only time that it is shown: keyplane keeps its hash alone.</Text>
        <Code block data-testid="token">
          {token.token}
        </Code>
        <Group>
          <CopyButton value={token.token} label="Copy the token" />
        </Group>
      </Stack>
    </Alert>
  );
}

function RevokeToken({ name, onClose }: { readonly name: string; readonly onClose: () => void }) {
  const revoke = useChange(() => keyplane.deleteToken({ tokenName: name }), onClose);
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
      <Text>Whatever uses it is refused from now on.</Text>
    </ConfirmByName>
  );
}
