import { Badge, Button, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { Link } from 'wouter';
import { keyplane } from '../api/keyplane.ts';
import { useChange } from '../api/use-change.ts';
import { ConfirmByName } from '../display/form/confirm-by-name.tsx';
import { useListView } from '../display/list-query.ts';
import { PageHeader } from '../display/page-header.tsx';
import { type Column, ServerTable } from '../display/server-table.tsx';
import { Instant } from '../display/time.tsx';
import { type User, UserDialog } from './user-dialog.tsx';
import { userTokensPath } from './user-tokens-page.tsx';

type Dialog = { readonly kind: 'new' } | { readonly kind: 'edit' | 'delete'; readonly user: User };

/** Everybody who can sign in. */
export function UsersPage() {
  const view = useListView();
  const [dialog, setDialog] = useState<Dialog | undefined>();
  const close = () => setDialog(undefined);
  const actions: Column<User> = {
    header: 'Actions',
    cell: (user) => (
      <Button.Group>
        <Button
          variant="default"
          size="compact-sm"
          component={Link}
          href={userTokensPath(user.username)}
          aria-label={`Tokens of ${user.username}`}
        >
          Tokens
        </Button>
        <Button
          variant="default"
          size="compact-sm"
          aria-label={`Edit ${user.username}`}
          onClick={() => setDialog({ kind: 'edit', user })}
        >
          Edit
        </Button>
        <Button
          variant="default"
          size="compact-sm"
          aria-label={`Delete ${user.username}`}
          onClick={() => setDialog({ kind: 'delete', user })}
        >
          Delete
        </Button>
      </Button.Group>
    ),
  };
  return (
    <Stack>
      <PageHeader title="Users">
        <Button onClick={() => setDialog({ kind: 'new' })}>New user</Button>
      </PageHeader>
      <ServerTable
        caption="Users"
        view={view}
        queryKey={['users']}
        fetchPage={(query) => keyplane.listUsers(query)}
        columns={[...columns, actions]}
        rowKey={({ username }) => username}
        searchLabel="Search users"
        empty={<Text>There is no user.</Text>}
      />
      {dialog?.kind === 'new' && <UserDialog onClose={close} />}
      {dialog?.kind === 'edit' && <UserDialog user={dialog.user} onClose={close} />}
      {dialog?.kind === 'delete' && <DeleteUser username={dialog.user.username} onClose={close} />}
    </Stack>
  );
}

const columns: readonly Column<User>[] = [
  { header: 'Username', sort: 'username', cell: ({ username }) => username },
  {
    header: 'Access',
    sort: 'admin',
    cell: ({ admin }) =>
      admin ? (
        <Badge color="keyplane.8" tt="none">
          administrator
        </Badge>
      ) : (
        'per project'
      ),
  },
  { header: 'Created', sort: 'createdAt', cell: ({ createdAt }) => <Instant at={createdAt} /> },
];

function DeleteUser({ username, onClose }: { readonly username: string; readonly onClose: () => void }) {
  const remove = useChange(() => keyplane.deleteUser({ username }), onClose);
  return (
    <ConfirmByName
      title={`Delete ${username}`}
      name={username}
      action="Delete the user"
      error={remove.error}
      isPending={remove.isPending}
      onConfirm={() => remove.mutate()}
      onClose={onClose}
    >
      <Text>Gone at once: the user's sessions, API tokens and memberships.</Text>
      <Text>What the user made stays, and so does the audit record of it.</Text>
    </ConfirmByName>
  );
}
