import { Anchor, Button, Stack, Text } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { Link, useLocation, useParams } from 'wouter';
import { DeploymentNote } from '../../display/deployment-note.tsx';
import { EmptyState } from '../../display/empty-state.tsx';
import { useLastDeployment } from '../../display/last-deployment.ts';
import { type ListQuery, useListView } from '../../display/list-query.ts';
import { PageHeader } from '../../display/page-header.tsx';
import { type ServerPage, ServerTable, type TableColumn } from '../../display/server-table.tsx';
import { Day } from '../../display/time.tsx';
import { projectPath } from '../../layout/project.ts';
import { mayIn } from '../../session/session.ts';
import { useSignedIn } from '../../session/session-context.ts';
import type { MaterialPages } from './material-kind.ts';

export interface MaterialItem {
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
export function MaterialsPage<Item extends MaterialItem>({
  kind,
  fetchPage,
  columns,
  create,
}: {
  readonly kind: MaterialPages;
  readonly fetchPage: (projectName: string, query: ListQuery) => Promise<ServerPage<Item>>;
  readonly columns: readonly TableColumn<Item>[];
  readonly create: (props: NewMaterialProps) => ReactNode;
}) {
  const { projectName = '' } = useParams<{ projectName: string }>();
  const session = useSignedIn();
  const view = useListView();
  const [, navigate] = useLocation();
  const [making, setMaking] = useState(false);
  const deployment = useLastDeployment([kind.page, projectName, '']);
  const mayMake = mayIn(session, projectName, kind.role, 'ROLE_DEPLOY_UNDEPLOY_PROXIES');
  const make = mayMake && <Button onClick={() => setMaking(true)}>New {kind.one}</Button>;
  return (
    <Stack>
      <PageHeader title={kind.title}>{make}</PageHeader>
      {deployment.announcement !== null && (
        <DeploymentNote {...deployment.announcement} onClose={deployment.close} />
      )}
      <ServerTable
        caption={kind.title}
        view={view}
        queryKey={['materials', kind.page, projectName]}
        fetchPage={(query) => fetchPage(projectName, query)}
        columns={[nameColumn(kind, projectName), ...columns, updatedColumn()]}
        rowKey={({ id }) => id}
        searchLabel={`Search ${kind.title.toLowerCase()}`}
        empty={
          <EmptyState icon={kind.icon} title={`This project has no ${kind.one} yet`} text={kind.about}>
            {make}
          </EmptyState>
        }
      />
      {making &&
        create({
          projectName,
          onDone: (name) => navigate(projectPath(projectName, kind.page, name)),
          onClose: () => setMaking(false),
        })}
    </Stack>
  );
}

function nameColumn<Item extends MaterialItem>(
  { page }: MaterialPages,
  projectName: string,
): TableColumn<Item> {
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

function updatedColumn<Item extends MaterialItem>(): TableColumn<Item> {
  return { header: 'Changed', sort: 'updatedAt', cell: ({ updatedAt }) => <Day at={updatedAt} /> };
}
