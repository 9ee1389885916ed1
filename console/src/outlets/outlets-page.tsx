import { Button, Stack } from '@mantine/core';
import { useState } from 'react';
import { useLocation, useParams } from 'wouter';
import type { Outlet } from '../../../clients/typescript/src/index.ts';
import { keyplane } from '../api/keyplane.ts';
import { EmptyState } from '../display/empty-state.tsx';
import { useListView } from '../display/list-query.ts';
import { PageHeader } from '../display/page-header.tsx';
import { ServerTable, type TableColumn } from '../display/server-table.tsx';
import { Legend } from '../display/status.tsx';
import { useMayDeploy } from '../jwks/deploying-role.ts';
import { projectPath } from '../layout/project.ts';
import { outletColumns } from './outlet-columns.tsx';
import { OutletDialog } from './outlet-dialog.tsx';
import { outletStatuses } from './outlet-words.ts';
import { SourceLink } from './source-link.tsx';

const refreshMs = 5_000;

/** The outlets of a project: where its keys and events are delivered. */
export function OutletsPage() {
  const { projectName = '' } = useParams<{ projectName: string }>();
  const view = useListView('name,asc');
  const [, navigate] = useLocation();
  const [isCreating, setCreating] = useState(false);
  const create = useMayDeploy(projectName) && <Button onClick={() => setCreating(true)}>New outlet</Button>;
  return (
    <Stack>
      <PageHeader
        title="Outlets"
        description="Where keys and events of this project are delivered, in the form that the reader takes."
      >
        <Legend label="What the state of an outlet means" words={Object.values(outletStatuses)} />
        {create}
      </PageHeader>
      <ServerTable
        caption="Outlets"
        view={view}
        queryKey={['outlets', projectName]}
        fetchPage={(query) => keyplane.listOutlets({ projectName, ...query })}
        columns={columnsOf(projectName)}
        rowKey={({ name }) => name}
        refreshMs={refreshMs}
        searchLabel="Search by name or description"
        empty={
          <EmptyState
            icon="outlet"
            title="This project has no outlet yet"
            text="An outlet delivers keys as files for nginx, HAProxy, Java or Envoy, as a secret in Vault, or events to a webhook. keyplane keeps what it delivered current, and key rings wait for it."
          >
            {create}
          </EmptyState>
        }
      />
      {isCreating && (
        <OutletDialog
          projectName={projectName}
          onDone={(name) => navigate(projectPath(projectName, 'outlets', name))}
          onClose={() => setCreating(false)}
        />
      )}
    </Stack>
  );
}

function columnsOf(projectName: string): readonly TableColumn<Outlet>[] {
  return outletColumns(projectName, [
    { header: 'Source', cell: (outlet) => <SourceLink projectName={projectName} outlet={outlet} /> },
  ]);
}
