import { Button, Stack } from '@mantine/core';
import { useState } from 'react';
import { useLocation, useParams } from 'wouter';
import { keyplane } from '../api/keyplane.ts';
import { EmptyState } from '../display/empty-state.tsx';
import { useListView } from '../display/list-query.ts';
import { nameColumn } from '../display/name-column.tsx';
import { PageHeader } from '../display/page-header.tsx';
import { ServerTable, type TableColumn } from '../display/server-table.tsx';
import { Day, Time } from '../display/time.tsx';
import { useMayDeploy } from '../jwks/deploying-role.ts';
import { projectPath } from '../layout/project.ts';
import { UnusedFilter, unusedQuery } from '../usage/unused-filter.tsx';
import { ApplicationDialog } from './application-dialog.tsx';
import { type Application, GrantTexts } from './application-words.tsx';

/** The applications of a project: programs that have nodes use keys for them. */
export function ApplicationsPage() {
  const { projectName = '' } = useParams<{ projectName: string }>();
  const view = useListView('name,asc');
  const unused = unusedQuery(view);
  const [, navigate] = useLocation();
  const [isCreating, setCreating] = useState(false);
  const create = useMayDeploy(projectName) && (
    <Button onClick={() => setCreating(true)}>New application</Button>
  );
  return (
    <Stack>
      <PageHeader
        title="Applications"
        description="Programs that have nodes use keys of this project. Each is known by a token, a certificate or a JWT."
      >
        {create}
      </PageHeader>
      <ServerTable
        caption="Applications"
        view={view}
        queryKey={['applications', projectName, unused]}
        fetchPage={(query) => keyplane.listApplications({ projectName, ...query, ...unused })}
        columns={columnsOf(projectName)}
        rowKey={({ name }) => name}
        filters={<UnusedFilter view={view} />}
        filtered={unused.unusedForDays !== undefined}
        searchLabel="Search by name or description"
        empty={
          <EmptyState
            icon="application"
            title="This project has no application yet"
            text="An application signs and verifies with keys that it never sees: nodes do it, where their operations listener is on. What is not granted is rejected."
          >
            {create}
          </EmptyState>
        }
      />
      {isCreating && (
        <ApplicationDialog
          projectName={projectName}
          onDone={(name) => navigate(projectPath(projectName, 'applications', name))}
          onClose={() => setCreating(false)}
        />
      )}
    </Stack>
  );
}

function columnsOf(projectName: string): readonly TableColumn<Application>[] {
  return [
    nameColumn((name) => projectPath(projectName, 'applications', name)),
    { header: 'Grants', cell: ({ grants }) => <GrantTexts projectName={projectName} grants={grants} /> },
    { header: 'Expires', cell: ({ expiresAt }) => <Day at={expiresAt} /> },
    { header: 'Last used', cell: ({ lastUsedAt }) => <Time at={lastUsedAt} /> },
    {
      header: 'Created',
      sort: 'createdAt',
      from: 'medium',
      cell: ({ createdAt }) => <Day at={createdAt} />,
    },
  ];
}
