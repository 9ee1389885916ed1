import { Button, Stack, Text } from '@mantine/core';
import { Link, useParams } from 'wouter';
import { keyplane } from '../api/keyplane.ts';
import { EmptyState } from '../display/empty-state.tsx';
import { useListView } from '../display/list-query.ts';
import { nameColumn } from '../display/name-column.tsx';
import { PageHeader } from '../display/page-header.tsx';
import { ServerTable, type TableColumn } from '../display/server-table.tsx';
import { Legend, Status } from '../display/status.tsx';
import { Day, Instant } from '../display/time.tsx';
import { useMayDeploy } from '../jwks/deploying-role.ts';
import { projectPath } from '../layout/project.ts';
import { durationWords } from '../quantity/quantity.ts';
import { UnusedFilter, unusedQuery } from '../usage/unused-filter.tsx';
import type { KeyRing } from './ring-types.ts';
import { lateStatus, ringStatuses } from './ring-words.ts';
import { WaitingList } from './waiting-list.tsx';

const refreshMs = 5_000;

/** The key rings of a project: their state, their next rotation, and what blocks it. */
export function RingsPage() {
  const { projectName = '' } = useParams<{ projectName: string }>();
  const view = useListView('name,asc');
  const unused = unusedQuery(view);
  const create = useMayDeploy(projectName) && (
    <Button component={Link} href={projectPath(projectName, 'new-key-ring')}>
      New key ring
    </Button>
  );
  return (
    <Stack>
      <PageHeader title="Key rings">
        <Legend
          label="What the state of a key ring means"
          words={[...Object.values(ringStatuses), lateStatus]}
        />
        {create}
      </PageHeader>
      <ServerTable
        caption="Key rings"
        view={view}
        queryKey={['key-rings', projectName, unused]}
        fetchPage={(query) => keyplane.listKeyRings({ projectName, ...query, ...unused })}
        columns={columnsOf(projectName)}
        rowKey={({ name }) => name}
        filters={<UnusedFilter view={view} />}
        filtered={unused.unusedForDays !== undefined}
        searchLabel="Search by name or description"
        refreshMs={refreshMs}
        empty={
          <EmptyState
            icon="ring"
            title="This project has no key ring yet"
            text="A key ring holds the keys of one purpose, such as the tokens of one issuer. keyplane replaces them on schedule: a new key signs only once every verifier knows it, and an old one stays until its last token has expired."
          >
            {create}
          </EmptyState>
        }
      />
    </Stack>
  );
}

function columnsOf(projectName: string): readonly TableColumn<KeyRing>[] {
  return [
    nameColumn((name) => projectPath(projectName, 'key-rings', name)),
    { header: 'State', cell: (ring) => <RingStatus ring={ring} /> },
    { header: 'Next rotation', cell: (ring) => <NextRotation ring={ring} /> },
    {
      header: 'Waits for',
      cell: (ring) => (ring.waitingFor.length === 0 ? null : <WaitingList ring={ring} isShort />),
    },
    { header: 'Active key', from: 'medium', cell: (ring) => <ActiveKey ring={ring} /> },
    {
      header: 'Rotates',
      from: 'wide',
      cell: ({ rotationInterval }) =>
        rotationInterval === null ? 'by hand' : `every ${durationWords(rotationInterval)}`,
    },
  ];
}

export function RingStatus({ ring: { state, lateSince } }: { readonly ring: KeyRing }) {
  return (
    <span>
      <Status of={ringStatuses[state]} />
      {lateSince !== null && (
        <div>
          <Status of={lateStatus} />
        </div>
      )}
    </span>
  );
}

export function NextRotation({ ring }: { readonly ring: KeyRing }) {
  if (ring.heldBecause !== null) return 'held';
  if (ring.nextRotationAt === null) return ring.rotationInterval === null ? 'by hand' : 'not known yet';
  return <Instant at={ring.nextRotationAt} />;
}

function ActiveKey({ ring: { members } }: { readonly ring: KeyRing }) {
  const active = members.find(({ state }) => state === 'ACTIVE');
  if (active === undefined) return 'none yet';
  return (
    <span>
      {active.jwkName}{' '}
      <Text span c="dimmed" fz="inherit">
        since <Day at={active.activatedAt} />
      </Text>
    </span>
  );
}
