import { Anchor, Button, Group, Text } from '@mantine/core';
import { Link } from 'wouter';
import { DangerButton } from '../display/danger-button.tsx';
import { DataTable, type TableColumn } from '../display/data-table.tsx';
import { Status } from '../display/status.tsx';
import { Day, Time } from '../display/time.tsx';
import { projectPath } from '../layout/project.ts';
import type { KeyRing, Member } from './ring-types.ts';
import { memberMeaning, memberStatuses } from './ring-words.ts';

/** The keys of a ring, the newest first. */
export function RingKeyTable({
  projectName,
  ring,
  mayDeploy,
  onActivate,
  onRevoke,
}: {
  readonly projectName: string;
  readonly ring: KeyRing;
  readonly mayDeploy: boolean;
  readonly onActivate: (member: Member) => void;
  readonly onRevoke: (member: Member) => void;
}) {
  const actions: TableColumn<Member> = {
    header: 'Actions',
    kind: 'actions',
    cell: (member) => <Actions member={member} onActivate={onActivate} onRevoke={onRevoke} />,
  };
  const columns: readonly TableColumn<Member>[] = [
    {
      header: 'Name',
      kind: 'title',
      cell: ({ jwkName, algorithm }) => (
        <>
          <Anchor component={Link} href={projectPath(projectName, 'jwks', jwkName)} fw={500}>
            {jwkName}
          </Anchor>
          <Text size="xs" c="dimmed">
            {algorithm}
          </Text>
        </>
      ),
    },
    {
      header: 'State',
      cell: ({ state }) => <Status of={{ ...memberStatuses[state], meaning: memberMeaning(state, ring) }} />,
    },
    {
      header: 'kid',
      from: 'medium',
      cell: ({ kid }) => (
        <span className="mono kid" title={kid}>
          {kid}
        </span>
      ),
    },
    {
      header: 'Published',
      from: 'wide',
      cell: ({ publishedAt }) => <Day at={publishedAt} fallback="not everywhere yet" />,
    },
    { header: 'Active', cell: ({ activatedAt }) => <Day at={activatedAt} fallback="not yet" /> },
    {
      header: 'Then',
      cell: (member) => <Outlook member={member} />,
    },
    {
      header: 'Last used',
      from: 'medium',
      cell: ({ lastUsedAt }) => <Time at={lastUsedAt} fallback="never" />,
    },
    ...(mayDeploy ? [actions] : []),
  ];
  return (
    <DataTable
      caption={`Keys of ${ring.name}`}
      columns={columns}
      items={ring.members.toReversed()}
      rowKey={({ version }) => String(version)}
    />
  );
}

/** What comes after its state, or how it ended. */
function Outlook({ member }: { readonly member: Member }) {
  const { state, readyAt, retireAt, retiredAt, revokedAt, revokedReason } = member;
  switch (state) {
    case 'STAGED':
      return 'waits for nodes and outlets';
    case 'NEXT':
      return readyAt !== null && Date.parse(readyAt) <= Date.now() ? (
        'ready'
      ) : (
        <>
          ready <Day at={readyAt} fallback="once published" />
        </>
      );
    case 'ACTIVE':
      return null;
    case 'RETIRING':
      return (
        <>
          retires <Day at={retireAt} fallback="once every node has confirmed" />
        </>
      );
    case 'RETIRED':
      return (
        <>
          retired <Day at={retiredAt} />
        </>
      );
    case 'REVOKED':
      return (
        <>
          revoked <Day at={revokedAt} />, {revokedReason?.toLowerCase()}
        </>
      );
    default:
      return state satisfies never;
  }
}

const activations: Readonly<Partial<Record<Member['state'], string>>> = {
  STAGED: 'Activate',
  NEXT: 'Activate',
  RETIRING: 'Roll back',
};

function Actions({
  member,
  onActivate,
  onRevoke,
}: {
  readonly member: Member;
  readonly onActivate: (member: Member) => void;
  readonly onRevoke: (member: Member) => void;
}) {
  const activation = activations[member.state];
  return (
    <Group gap="xs" wrap="nowrap">
      {activation !== undefined && (
        <Button
          variant="default"
          size="compact-sm"
          aria-label={`${activation} ${member.state === 'RETIRING' ? 'to ' : ''}${member.jwkName}`}
          onClick={() => onActivate(member)}
        >
          {activation}
        </Button>
      )}
      {member.state !== 'REVOKED' && (
        <DangerButton
          size="compact-sm"
          aria-label={`Revoke ${member.jwkName}`}
          onClick={() => onRevoke(member)}
        >
          Revoke
        </DangerButton>
      )}
    </Group>
  );
}
