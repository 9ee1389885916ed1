import { Anchor, Button, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useLocation } from 'wouter';
import { keyplane } from '../api/keyplane.ts';
import { EmptyState } from '../display/empty-state.tsx';
import { useListView } from '../display/list-query.ts';
import { PageHeader } from '../display/page-header.tsx';
import { ServerTable, type TableColumn } from '../display/server-table.tsx';
import { Status } from '../display/status.tsx';
import { nodeStatuses } from '../display/status-words.ts';
import { type Environment, EnvironmentDialog } from './environment-dialog.tsx';
import { environmentPath } from './environment-path.ts';

const refreshMs = 3_000;

/** Every environment of the installation, and how many of its nodes are connected. */
export function EnvironmentsPage() {
  const view = useListView();
  const [, navigate] = useLocation();
  const [making, setMaking] = useState(false);
  const overview = useQuery({
    queryKey: ['overview'],
    queryFn: () => keyplane.getOverview(),
    refetchInterval: refreshMs,
  });
  const nodesOf = (name: string) => overview.data?.environments.find((one) => one.name === name)?.nodes;
  const make = <Button onClick={() => setMaking(true)}>New environment</Button>;
  return (
    <Stack>
      <PageHeader title="Environments">{make}</PageHeader>
      <ServerTable
        caption="Environments"
        view={view}
        queryKey={['environments']}
        fetchPage={(query) => keyplane.listEnvironments(query)}
        columns={[...columns, { header: 'Nodes', cell: ({ name }) => <Nodes nodes={nodesOf(name)} /> }]}
        rowKey={({ name }) => name}
        searchLabel="Search environments"
        empty={
          <EmptyState
            icon="environment"
            title="There is no environment yet"
            text="Keys are deployed to environments, such as production and staging. The nodes of an environment serve their public parts as JWK Sets."
          >
            {make}
          </EmptyState>
        }
      />
      {making && (
        <EnvironmentDialog
          onDone={(name) => navigate(environmentPath(name))}
          onClose={() => setMaking(false)}
        />
      )}
    </Stack>
  );
}

const columns: readonly TableColumn<Environment>[] = [
  {
    header: 'Name',
    kind: 'title',
    sort: 'name',
    cell: ({ name, description }) => (
      <>
        <Anchor component={Link} href={environmentPath(name)}>
          {name}
        </Anchor>
        {description !== null && (
          <Text size="sm" c="dimmed">
            {description}
          </Text>
        )}
      </>
    ),
  },
  { header: 'Type', cell: ({ type }) => type.toLowerCase() },
  { header: 'Available to', cell: ({ projects }) => reachText(projects) },
];

export function reachText(projects: readonly string[] | null): string {
  if (projects === null) return 'all projects';
  return projects.length === 0 ? 'no project' : projects.join(', ');
}

/** Coloured where nodes are not connected. */
function Nodes({ nodes }: { readonly nodes: readonly { readonly connected: boolean }[] | undefined }) {
  if (nodes === undefined) return null;
  if (nodes.length === 0) return 'none';
  const connected = nodes.filter((node) => node.connected).length;
  const text = `${connected} of ${nodes.length} connected`;
  if (connected === nodes.length) return text;
  return <Status of={{ word: text, tone: 'attention', meaning: nodeStatuses.DISCONNECTED.meaning }} />;
}
