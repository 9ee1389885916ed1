import { Button, Stack } from '@mantine/core';
import { useState } from 'react';
import { useLocation, useParams } from 'wouter';
import type { View } from '../../../clients/typescript/src/index.ts';
import { keyplane } from '../api/keyplane.ts';
import { EmptyState } from '../display/empty-state.tsx';
import { useListView } from '../display/list-query.ts';
import { nameColumn } from '../display/name-column.tsx';
import { PageHeader } from '../display/page-header.tsx';
import { ServerTable, type TableColumn } from '../display/server-table.tsx';
import { Day } from '../display/time.tsx';
import { useMayDeploy } from '../jwks/deploying-role.ts';
import { projectPath } from '../layout/project.ts';
import { ViewDialog } from './view-dialog.tsx';
import { includedText, selectionText } from './view-words.ts';

/** The views of a project: JWK Sets with a part of its keys. */
export function ViewsPage() {
  const { projectName = '' } = useParams<{ projectName: string }>();
  const list = useListView('name,asc');
  const [, navigate] = useLocation();
  const [isCreating, setCreating] = useState(false);
  const create = useMayDeploy(projectName) && <Button onClick={() => setCreating(true)}>New view</Button>;
  return (
    <Stack>
      <PageHeader title="Views" description="JWK Sets with a part of the public keys of this project.">
        {create}
      </PageHeader>
      <ServerTable
        caption="Views"
        view={list}
        queryKey={['views', projectName]}
        fetchPage={(query) => keyplane.listViews({ projectName, ...query })}
        columns={columnsOf(projectName)}
        rowKey={({ name }) => name}
        searchLabel="Search by name or description"
        empty={
          <EmptyState
            icon="view"
            title="This project has no view yet"
            text="A view is a separate JWK Set, with the keys that some verifiers need: those of one issuer, of key types that they know, or for one use."
          >
            {create}
          </EmptyState>
        }
      />
      {isCreating && (
        <ViewDialog
          projectName={projectName}
          onDone={(name) => navigate(projectPath(projectName, 'views', name))}
          onClose={() => setCreating(false)}
        />
      )}
    </Stack>
  );
}

function columnsOf(projectName: string): readonly TableColumn<View>[] {
  return [
    nameColumn((name) => projectPath(projectName, 'views', name)),
    { header: 'Includes', cell: (view) => includedText(view) },
    { header: 'Excludes', cell: ({ exclude }) => selectionText(exclude) },
    {
      header: 'Created',
      sort: 'createdAt',
      from: 'medium',
      cell: ({ createdAt }) => <Day at={createdAt} />,
    },
  ];
}
