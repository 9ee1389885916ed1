import { Button, NativeSelect, Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Member, Role } from '../../../clients/typescript/src/index.ts';
import { keyplane } from '../api/keyplane.ts';
import { useChange } from '../api/use-change.ts';
import { EmptyState } from '../display/empty-state.tsx';
import { ErrorNote } from '../display/error-note.tsx';
import { fieldErrors } from '../display/form/field-errors.ts';
import { FormDialog } from '../display/form/form-dialog.tsx';
import { QueryView } from '../display/query-view.tsx';
import { Section } from '../display/section.tsx';
import { RoleChecks } from './role-checks.tsx';

/** Who may do what in a project. Administrators may do everything without being members. */
export function Members({ projectName }: { readonly projectName: string }) {
  const [editing, setEditing] = useState<Member | 'new' | undefined>();
  const members = useQuery({
    queryKey: ['members', projectName],
    queryFn: () => keyplane.listMembers({ projectName }),
  });
  const remove = useChange((username: string) => keyplane.deleteMember({ projectName, username }));
  const add = (
    <Button variant="default" onClick={() => setEditing('new')}>
      Add a member
    </Button>
  );
  return (
    <Section title="Members" actions={add}>
      <ErrorNote error={remove.error} />
      <QueryView query={members}>
        {({ resultList }) =>
          resultList.length === 0 ? (
            <EmptyState
              icon="user"
              title="It has no members yet"
              text="Members work in a project with the roles that they are given. Until there is one, only administrators see it."
            />
          ) : (
            <MemberTable
              members={resultList}
              removing={remove.isPending ? remove.variables : undefined}
              onEdit={setEditing}
              onRemove={(username) => remove.mutate(username)}
            />
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
    </Section>
  );
}

function MemberTable({
  members,
  removing,
  onEdit,
  onRemove,
}: {
  readonly members: readonly Member[];
  readonly removing: string | undefined;
  readonly onEdit: (member: Member) => void;
  readonly onRemove: (username: string) => void;
}) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways must be reachable by keyboard
    <section className="wide" tabIndex={0} aria-label="Members and their roles">
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">User</Table.Th>
            <Table.Th scope="col">Roles</Table.Th>
            <Table.Th scope="col">
              <span className="visually-hidden">What can be done</span>
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {members.map((member) => (
            <Table.Tr key={member.username}>
              <Table.Td>{member.username}</Table.Td>
              <Table.Td>
                {member.roles.map((role) => (
                  <Text key={role} size="sm" className="mono">
                    {role}
                  </Text>
                ))}
              </Table.Td>
              <Table.Td>
                <Button.Group>
                  <Button
                    variant="default"
                    size="compact-sm"
                    aria-label={`Roles of ${member.username}`}
                    onClick={() => onEdit(member)}
                  >
                    Roles
                  </Button>
                  <Button
                    variant="default"
                    size="compact-sm"
                    aria-label={`Remove ${member.username}`}
                    loading={removing === member.username}
                    onClick={() => onRemove(member.username)}
                  >
                    Remove
                  </Button>
                </Button.Group>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </section>
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
