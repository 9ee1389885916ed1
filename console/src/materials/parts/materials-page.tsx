import { Anchor, Button, Stack, Text } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { Link, useLocation, useParams } from 'wouter';
import { DeploymentNote } from '../../display/deployment-note.tsx';
import { EmptyState } from '../../display/empty-state.tsx';
import { useLastDeployment } from '../../display/last-deployment.ts';
import { type ListQuery, useListView } from '../../display/list-query.ts';
import { PageHeader } from '../../display/page-header.tsx';
import { type Column, type ListPage, ServerTable } from '../../display/server-table.tsx';
import { Day } from '../../display/time.tsx';
import { projectPath } from '../../layout/project.ts';
import { mayIn } from '../../session/session.ts';
import { useSignedIn } from '../../session/session-context.ts';
import type { MaterialNoun } from './material-noun.ts';

export interface Material {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface NewMaterialProps {
  readonly projectName: string;
  readonly onDone: (name: string) => void;
  readonly onClose: () => void;
}

/** The certificates, keys or keystores of a project, and the button that adds one. */
export function MaterialsPage<Item extends Material>({
  noun,
  fetchPage,
  columns,
  create,
}: {
  readonly noun: MaterialNoun;
  readonly fetchPage: (projectName: string, query: ListQuery) => Promise<ListPage<Item>>;
  readonly columns: readonly Column<Item>[];
  readonly create: (props: NewMaterialProps) => ReactNode;
}) {
  const { projectName = '' } = useParams<{ projectName: string }>();
  const session = useSignedIn();
  const view = useListView();
  const [, navigate] = useLocation();
  const [making, setMaking] = useState(false);
  const deployment = useLastDeployment([noun.page, projectName, '']);
  const mayMake = mayIn(session, projectName, noun.role, 'ROLE_DEPLOY_UNDEPLOY_PROXIES');
  const make = mayMake && <Button onClick={() => setMaking(true)}>New {noun.one}</Button>;
  return (
    <Stack>
      <PageHeader
        title={noun.title}
        up={{ path: `/projects/${encodeURIComponent(projectName)}`, label: projectName }}
      >
        {make}
      </PageHeader>
      {deployment.announcement !== null && (
        <DeploymentNote {...deployment.announcement} onClose={deployment.close} />
      )}
      <ServerTable
        caption={noun.title}
        view={view}
        queryKey={['materials', noun.page, projectName]}
        fetchPage={(query) => fetchPage(projectName, query)}
        columns={[nameColumn(noun, projectName), ...columns, updatedColumn()]}
        rowKey={({ id }) => id}
        searchLabel={`Search ${noun.title.toLowerCase()}`}
        empty={
          <EmptyState
            icon={noun.icon}
            title={`There is no ${noun.one} in ${projectName} yet`}
            text={noun.about}
          >
            {make}
          </EmptyState>
        }
      />
      {making &&
        create({
          projectName,
          onDone: (name) => navigate(projectPath(projectName, noun.page, name)),
          onClose: () => setMaking(false),
        })}
    </Stack>
  );
}

function nameColumn<Item extends Material>({ page }: MaterialNoun, projectName: string): Column<Item> {
  return {
    header: 'Name',
    sort: 'name',
    kind: 'title',
    cell: ({ name, description }) => (
      <>
        <Anchor component={Link} href={projectPath(projectName, page, name)}>
          {name}
        </Anchor>
        {description !== null && (
          <Text size="sm" c="dimmed">
            {description}
          </Text>
        )}
      </>
    ),
  };
}

function updatedColumn<Item extends Material>(): Column<Item> {
  return { header: 'Changed', sort: 'updatedAt', cell: ({ updatedAt }) => <Day at={updatedAt} /> };
}
