import { Anchor, Button, Stack } from '@mantine/core';
import { useState } from 'react';
import { Link, useLocation } from 'wouter';
import type { Project } from '../../../clients/typescript/src/index.ts';
import { keyplane } from '../api/keyplane.ts';
import { EmptyState } from '../display/empty-state.tsx';
import { useListView } from '../display/list-query.ts';
import { PageHeader } from '../display/page-header.tsx';
import { ServerTable, type TableColumn } from '../display/server-table.tsx';
import { Instant } from '../display/time.tsx';
import { useSignedIn } from '../session/session-context.ts';
import { ProjectDialog } from './project-dialog.tsx';

/** The projects that the user may see; an administrator creates more. */
export function ProjectsPage() {
  const { admin } = useSignedIn();
  const view = useListView();
  const [, navigate] = useLocation();
  const [making, setMaking] = useState(false);
  const make = admin && <Button onClick={() => setMaking(true)}>New project</Button>;
  return (
    <Stack>
      <PageHeader title="Projects">{make}</PageHeader>
      <ServerTable
        caption="Projects"
        view={view}
        queryKey={['projects']}
        fetchPage={(query) => keyplane.listProjects(query)}
        columns={columns}
        rowKey={({ id }) => id}
        searchLabel="Search projects"
        empty={
          <EmptyState
            icon="project"
            title={admin ? 'There is no project yet' : 'You are not a member of any project'}
            text={
              admin
                ? 'A project holds JWKs, certificates, keys and keystores, and decides who may change them.'
                : 'An administrator can add you to one.'
            }
          >
            {make}
          </EmptyState>
        }
      />
      {making && <ProjectDialog onDone={(name) => navigate(pathOf(name))} onClose={() => setMaking(false)} />}
    </Stack>
  );
}

function pathOf(name: string): string {
  return `/projects/${encodeURIComponent(name)}`;
}

const columns: readonly TableColumn<Project>[] = [
  {
    header: 'Name',
    kind: 'title',
    sort: 'name',
    cell: ({ name }) => (
      <Anchor component={Link} href={pathOf(name)}>
        {name}
      </Anchor>
    ),
  },
  { header: 'Description', cell: ({ description }) => description },
  { header: 'Created', sort: 'createdAt', cell: ({ createdAt }) => <Instant at={createdAt} /> },
];
