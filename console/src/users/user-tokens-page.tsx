import { Stack } from '@mantine/core';
import { useParams } from 'wouter';
import { keyplane } from '../api/keyplane.ts';
import { EmptyState } from '../display/empty-state.tsx';
import { useListView } from '../display/list-query.ts';
import { PageHeader } from '../display/page-header.tsx';
import { ServerTable, type TableColumn } from '../display/server-table.tsx';
import { RevokeToken } from '../tokens/revoke-token.tsx';
import { type Token, tokenColumns } from '../tokens/token-columns.tsx';

const up = { path: '/users', label: 'Users' };

/** The API tokens of any user, for administrators. */
export function UserTokensPage() {
  const { username = '' } = useParams<{ username: string }>();
  const view = useListView();
  const actions: TableColumn<Token> = {
    header: 'Actions',
    kind: 'actions',
    cell: ({ name }) => (
      <RevokeToken name={name} revoke={() => keyplane.revokeUserToken({ username, tokenName: name })} />
    ),
  };
  const title = `Tokens of ${username}`;
  return (
    <Stack>
      <PageHeader title={title} up={up} />
      <ServerTable
        caption={title}
        view={view}
        queryKey={['user-tokens', username]}
        fetchPage={(query) => keyplane.listUserTokens({ username, ...query })}
        columns={[...tokenColumns, actions]}
        rowKey={({ name }) => name}
        searchLabel="Search tokens"
        empty={
          <EmptyState
            icon="token"
            title={`${username} has no API token`}
            text="Users create their own tokens. Administrators can revoke them here."
          />
        }
      />
    </Stack>
  );
}

/** The address of that page. */
export function userTokensPath(username: string): string {
  return `/users/${encodeURIComponent(username)}/tokens`;
}
