import { Button, Group, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { Link } from 'wouter';
import { keyplane } from '../api/keyplane.ts';
import { useChange } from '../api/use-change.ts';
import { DangerButton } from '../display/danger-button.tsx';
import { ConfirmByName } from '../display/form/confirm-by-name.tsx';
import { useListView } from '../display/list-query.ts';
import { PageHeader } from '../display/page-header.tsx';
import { ServerTable, type TableColumn } from '../display/server-table.tsx';
import { Instant } from '../display/time.tsx';
import { type User, UserDialog } from './user-dialog.tsx';
import { userTokensPath } from './user-tokens-page.tsx';

type Dialog = { readonly kind: 'new' } | { readonly kind: 'edit' | 'delete'; readonly user: User };

/** The users of the installation. */
export function UsersPage() {
  const view = useListView();
  const [dialog, setDialog] = useState<Dialog | undefined>();
  const close = () => setDialog(undefined);
  const actions: TableColumn<User> = {
    header: 'Actions',
    kind: 'actions',
    cell: (user) => (
      <Group gap="xs" wrap="nowrap" justify="end">
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
        <DangerButton
          size="compact-sm"
          aria-label={`Delete ${user.username}`}
          onClick={() => setDialog({ kind: 'delete', user })}
        >
          Delete
        </DangerButton>
      </Group>
    ),
  };
  return (
    <Stack>
      <PageHeader
        title="Users"
        description="Everyone who can sign in. Users who are not administrators work in projects, with the roles they have there."
      >
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

const columns: readonly TableColumn<User>[] = [
  { header: 'Username', sort: 'username', kind: 'title', cell: ({ username }) => username },
  {
    header: 'Access',
    sort: 'admin',
    cell: ({ admin }) =>
      admin ? (
        <Text span fz="inherit" fw={600}>
          administrator
        </Text>
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
      <Text>This ends the user’s sessions and deletes the user’s API tokens and memberships at once.</Text>
      <Text>What the user created stays, and so do the audit records.</Text>
    </ConfirmByName>
  );
}
