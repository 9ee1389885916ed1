import { Anchor, Button, Stack } from '@mantine/core';
import { useState } from 'react';
import { Link, useLocation, useParams } from 'wouter';
import type { TokenProfile } from '../../../clients/typescript/src/index.ts';
import { keyplane } from '../api/keyplane.ts';
import { EmptyState } from '../display/empty-state.tsx';
import { useListView } from '../display/list-query.ts';
import { nameColumn } from '../display/name-column.tsx';
import { PageHeader } from '../display/page-header.tsx';
import { ServerTable, type TableColumn } from '../display/server-table.tsx';
import { Day } from '../display/time.tsx';
import { useMayDeploy } from '../jwks/deploying-role.ts';
import { projectPath } from '../layout/project.ts';
import { durationWords } from '../quantity/quantity.ts';
import { ProfileDialog } from './profile-dialog.tsx';

/** The token profiles of a project: the contents of tokens that nodes issue. */
export function TokenProfilesPage() {
  const { projectName = '' } = useParams<{ projectName: string }>();
  const view = useListView('name,asc');
  const [, navigate] = useLocation();
  const [isCreating, setCreating] = useState(false);
  const create = useMayDeploy(projectName) && (
    <Button onClick={() => setCreating(true)}>New token profile</Button>
  );
  return (
    <Stack>
      <PageHeader
        title="Token profiles"
        description="The contents of tokens that nodes issue for applications: issuer, audiences, lifetime and claims."
      >
        {create}
      </PageHeader>
      <ServerTable
        caption="Token profiles"
        view={view}
        queryKey={['token-profiles', projectName]}
        fetchPage={(query) => keyplane.listTokenProfiles({ projectName, ...query })}
        columns={columnsOf(projectName)}
        rowKey={({ name }) => name}
        searchLabel="Search by name or description"
        empty={
          <EmptyState
            icon="token"
            title="This project has no token profile yet"
            text="With a token profile an application asks for a token and gives only the claims that the profile allows. It cannot choose the issuer, the audience or the lifetime beyond what is written here."
          >
            {create}
          </EmptyState>
        }
      />
      {isCreating && (
        <ProfileDialog
          projectName={projectName}
          onDone={(name) => navigate(projectPath(projectName, 'token-profiles', name))}
          onClose={() => setCreating(false)}
        />
      )}
    </Stack>
  );
}

function columnsOf(projectName: string): readonly TableColumn<TokenProfile>[] {
  return [
    nameColumn((name) => projectPath(projectName, 'token-profiles', name)),
    { header: 'Issuer', cell: ({ issuer }) => cutText(issuer) },
    { header: 'Audiences', cell: ({ audiences }) => cutText(audiences.join(', ')) },
    { header: 'Lifetime', cell: ({ lifetime }) => durationWords(lifetime) },
    {
      header: 'Key ring',
      cell: ({ keyRingName }) => (
        <Anchor component={Link} href={projectPath(projectName, 'key-rings', keyRingName)} fz="inherit">
          {keyRingName}
        </Anchor>
      ),
    },
    {
      header: 'Created',
      sort: 'createdAt',
      from: 'medium',
      cell: ({ createdAt }) => <Day at={createdAt} />,
    },
  ];
}

function cutText(text: string) {
  return (
    <span className="object" title={text}>
      {text}
    </span>
  );
}
