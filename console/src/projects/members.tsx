import { Button, Group, NativeSelect, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Member, Role } from '../../../clients/typescript/src/index.ts';
import { keyplane } from '../api/keyplane.ts';
import { useChange } from '../api/use-change.ts';
import { apiPath } from '../curl/curl-command.ts';
import { DangerButton } from '../display/danger-button.tsx';
import { DataTable, type TableColumn } from '../display/data-table.tsx';
import { EmptyState } from '../display/empty-state.tsx';
import { ConfirmByName } from '../display/form/confirm-by-name.tsx';
import { fieldErrors } from '../display/form/field-errors.ts';
import { FormDialog } from '../display/form/form-dialog.tsx';
import { QueryView } from '../display/query-view.tsx';
import { Section } from '../display/section.tsx';
import { RoleChecks, RoleNames } from './role-checks.tsx';

/** The members of a project and their roles. Administrators need no membership. */
export function ProjectMembers({ projectName }: { readonly projectName: string }) {
  const [editing, setEditing] = useState<Member | 'new' | undefined>();
  const members = useQuery({
    queryKey: ['members', projectName],
    queryFn: () => keyplane.listMembers({ projectName }),
  });
  const [removing, setRemoving] = useState<Member | undefined>();
  const add = (
    <Button variant="default" onClick={() => setEditing('new')}>
      Add a member
    </Button>
  );
  return (
    <Section title="Members" actions={add}>
      <QueryView query={members}>
        {({ resultList }) =>
          resultList.length === 0 ? (
            <EmptyState
              icon="user"
              title="This project has no members yet"
              text="Members work in a project with the roles that they are given. Until there is one, only administrators see it."
            />
          ) : (
            <MemberTable members={resultList} onEdit={setEditing} onRemove={setRemoving} />
          )
        }
      </QueryView>
      {editing !== undefined && (
        <MemberDialog
          projectName={projectName}
          {...(editing !== 'new' && { member: editing })}
          onClose={() => setEditing(undefined)}
        />
      )}
      {removing !== undefined && (
        <RemoveMember
          projectName={projectName}
          username={removing.username}
          onClose={() => setRemoving(undefined)}
        />
      )}
    </Section>
  );
}

function MemberTable({
  members,
  onEdit,
  onRemove,
}: {
  readonly members: readonly Member[];
  readonly onEdit: (member: Member) => void;
  readonly onRemove: (member: Member) => void;
}) {
  const columns: readonly TableColumn<Member>[] = [
    { header: 'User', kind: 'title', cell: ({ username }) => username },
    { header: 'Roles', cell: ({ roles }) => <RoleNames roles={roles} /> },
    {
      header: 'Actions',
      kind: 'actions',
      cell: (member) => (
        <Group gap="xs" wrap="nowrap">
          <Button
            variant="default"
            size="compact-sm"
            aria-label={`Roles of ${member.username}`}
            onClick={() => onEdit(member)}
          >
            Roles
          </Button>
          <DangerButton
            size="compact-sm"
            aria-label={`Remove ${member.username}`}
            onClick={() => onRemove(member)}
          >
            Remove
          </DangerButton>
        </Group>
      ),
    },
  ];
  return (
    <DataTable
      caption="Members and their roles"
      columns={columns}
      items={members}
      rowKey={({ username }) => username}
    />
  );
}

function RemoveMember({
  projectName,
  username,
  onClose,
}: {
  readonly projectName: string;
  readonly username: string;
  readonly onClose: () => void;
}) {
  const remove = useChange(() => keyplane.deleteMember({ projectName, username }), onClose);
  return (
    <ConfirmByName
      title={`Remove ${username}`}
      name={username}
      action="Remove the member"
      error={remove.error}
      isPending={remove.isPending}
      onConfirm={() => remove.mutate()}
      onClose={onClose}
    >
      <Text>
        {username} loses all access to {projectName} at once. The user and what the user made stay.
      </Text>
    </ConfirmByName>
  );
}

const fields = [['roles'], ['username']] as const;

function MemberDialog({
  projectName,
  member,
  onClose,
}: {
  readonly projectName: string;
  readonly member?: Member;
  readonly onClose: () => void;
}) {
  const [username, setUsername] = useState(member?.username ?? '');
  const [held, setHeld] = useState<readonly Role[]>(member?.roles ?? []);
  const users = useQuery({ queryKey: ['users', 'all'], queryFn: () => keyplane.listUsers() });
  const save = useChange(() => keyplane.putMember({ projectName, username, body: { roles: held } }), onClose);
  const errors = fieldErrors(save.error, fields);
  return (
    <FormDialog
      request={{
        method: 'PUT',
        path: `${apiPath(projectName, 'members')}${encodeURIComponent(username)}/`,
        body: { roles: held },
      }}
      title={member === undefined ? `Add a member to ${projectName}` : `Roles of ${member.username}`}
      action={member === undefined ? 'Add' : 'Save'}
      error={errors.rest}
      isPending={save.isPending}
      onSubmit={() => save.mutate()}
      onClose={onClose}
    >
      {member === undefined && (
        <NativeSelect
          label="User"
          required
          data-autofocus
          value={username}
          error={errors.of('username')}
          onChange={(event) => setUsername(event.currentTarget.value)}
          data={[
            { value: '', label: 'Choose a user', disabled: true },
            ...(users.data?.resultList ?? []).map((user) => user.username),
          ]}
        />
      )}
      <RoleChecks label="Roles" value={held} onChange={setHeld} error={errors.of('roles')} />
    </FormDialog>
  );
}
