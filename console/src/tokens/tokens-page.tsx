import { Alert, Button, Code, Group, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { keyplane } from '../api/keyplane.ts';
import { CopyButton } from '../display/copy-button.tsx';
import { EmptyState } from '../display/empty-state.tsx';
import { useListView } from '../display/list-query.ts';
import { PageHeader } from '../display/page-header.tsx';
import { ServerTable, type TableColumn } from '../display/server-table.tsx';
import { RevokeToken } from './revoke-token.tsx';
import { type Token, tokenColumns } from './token-columns.tsx';
import { type CreatedToken, TokenDialog } from './token-dialog.tsx';

/** The caller's own API tokens. A token itself is shown when it is created, and never again. */
export function TokensPage() {
  const view = useListView();
  const [isCreating, setCreating] = useState(false);
  const [created, setCreated] = useState<CreatedToken | undefined>();
  const create = <Button onClick={() => setCreating(true)}>New token</Button>;
  return (
    <Stack>
      <PageHeader
        title="My tokens"
        description="Programs and the command line sign in with an API token, as you or with less."
      >
        {create}
      </PageHeader>
      {created !== undefined && <NewToken token={created} onClose={() => setCreated(undefined)} />}
      <ServerTable
        caption="My tokens"
        view={view}
        queryKey={['tokens']}
        fetchPage={(query) => keyplane.listTokens(query)}
        columns={[...tokenColumns, actions]}
        rowKey={({ name }) => name}
        searchLabel="Search tokens"
        empty={
          <EmptyState
            icon="token"
            title="You have no API token"
            text="Programs and the command line sign in with an API token. It may do what you may do, or less."
          >
            {create}
          </EmptyState>
        }
      />
      {isCreating && (
        <TokenDialog
          onDone={(token) => {
            setCreated(token);
            setCreating(false);
          }}
          onClose={() => setCreating(false)}
        />
      )}
    </Stack>
  );
}

const actions: TableColumn<Token> = {
  header: 'Actions',
  kind: 'actions',
  cell: ({ name }) => <RevokeToken name={name} revoke={() => keyplane.deleteToken({ tokenName: name })} />,
};

function NewToken({ token, onClose }: { readonly token: CreatedToken; readonly onClose: () => void }) {
  return (
    <Alert
      role="status"
      variant="outline"
      color="green"
      title={`Token ${token.name} is created`}
      withCloseButton
      closeButtonLabel="Close"
      onClose={onClose}
    >
      <Stack gap="xs">
        <Text size="sm">Copy it now. It is not shown again: keyplane stores only its hash.</Text>
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
