import { Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Operations } from '../../../clients/typescript/src/index.ts';
import { keyplane } from '../api/keyplane.ts';
import { useChange } from '../api/use-change.ts';
import { DangerButton } from '../display/danger-button.tsx';
import { DataTable, type TableColumn } from '../display/data-table.tsx';
import { ConfirmByName } from '../display/form/confirm-by-name.tsx';
import { QueryView } from '../display/query-view.tsx';
import { Section } from '../display/section.tsx';
import { Legend, Status } from '../display/status.tsx';
import { nodeStatuses } from '../display/status-words.ts';
import { Day, Time } from '../display/time.tsx';
import { durationWords } from '../quantity/quantity.ts';
import { ReadmitNode } from './readmit-node.tsx';

type OverviewNode = Operations['getOverview']['answer']['environments'][number]['nodes'][number];
type ListedNode = Operations['listNodes']['answer']['resultList'][number];
/** Its status, and whether it has a history that the database lost. */
type NodeRow = OverviewNode &
  Partial<
    Pick<
      ListedNode,
      | 'divergedRevision'
      | 'address'
      | 'clockOffsetMs'
      | 'privateKeys'
      | 'serveLimit'
      | 'ephemeral'
      | 'signsUntil'
    >
  >;

const refreshMs = 1_500;

/** The nodes of an environment and the status of each, as it changes. */
export function NodeList({ environmentName }: { readonly environmentName: string }) {
  const [removing, setRemoving] = useState<string | undefined>();
  const found = useQuery({
    queryKey: ['environment-nodes', environmentName],
    queryFn: () => fetchNodes(environmentName),
    refetchInterval: refreshMs,
  });
  return (
    <Section
      title="Nodes"
      actions={<Legend label="What the status of a node means" words={Object.values(nodeStatuses)} />}
    >
      <QueryView query={found}>
        {({ revision, nodes }) => (
          <>
            <Text size="sm" c="dimmed" mb="xs">
              The environment is at revision {revision}: the number of its latest change. A node that has
              confirmed it is current.
            </Text>
            {nodes.length === 0 ? (
              <Text c="dimmed">
                No node has joined it yet, so nothing serves its keys. The command below starts one.
              </Text>
            ) : (
              <Nodes nodes={nodes} revision={revision} onRemove={setRemoving} />
            )}
          </>
        )}
      </QueryView>
      <ReadmitNode environmentName={environmentName} />
      {removing !== undefined && (
        <RemoveNode
          environmentName={environmentName}
          name={removing}
          onClose={() => setRemoving(undefined)}
        />
      )}
    </Section>
  );
}

async function fetchNodes(environmentName: string) {
  const [overview, listed] = await Promise.all([
    keyplane.getOverview(),
    keyplane.listNodes({ environmentName }),
  ]);
  const own = overview.environments.find(({ name }) => name === environmentName);
  const byName = new Map(listed.resultList.map((node) => [node.name, node]));
  const nodes: readonly NodeRow[] = (own?.nodes ?? []).map((node) => ({
    ...byName.get(node.name),
    ...node,
  }));
  return { revision: own?.revision ?? 0, nodes };
}

function Nodes({
  nodes,
  revision,
  onRemove,
}: {
  readonly nodes: readonly NodeRow[];
  /** Of the environment. */
  readonly revision: number;
  readonly onRemove: (name: string) => void;
}) {
  const columns: readonly TableColumn<NodeRow>[] = [
    { header: 'Name', kind: 'title', cell: ({ name }) => name },
    {
      header: 'Status',
      cell: (node) => (
        <>
          <Status of={nodeStatuses[node.state]} />
          <StatusNote node={node} />
        </>
      ),
    },
    {
      header: 'Revision',
      cell: ({ appliedRevision }) =>
        appliedRevision === revision ? appliedRevision : `${appliedRevision} of ${revision}`,
    },
    { header: 'Last seen', cell: (node) => (node.connected ? 'connected' : <Time at={node.lastSeenAt} />) },
    { header: 'Address', from: 'wide', cell: ({ address }) => address ?? 'unknown' },
    {
      header: 'Clock',
      cell: ({ clockOffsetMs }) => <span className="whole">{clockText(clockOffsetMs)}</span>,
    },
    { header: 'Private keys', cell: ({ privateKeys }) => (privateKeys ? 'yes' : 'no') },
    { header: 'Without a manager', cell: (node) => <WithoutManager node={node} /> },
    { header: 'Version', from: 'wide', cell: ({ version }) => version },
    {
      header: 'Actions',
      kind: 'actions',
      cell: ({ name }) => (
        <DangerButton size="compact-sm" aria-label={`Remove ${name}`} onClick={() => onRemove(name)}>
          Remove
        </DangerButton>
      ),
    },
  ];
  return (
    <DataTable caption="Nodes and their status" columns={columns} items={nodes} rowKey={({ name }) => name} />
  );
}

/** What it does when it is cut off from every manager. */
function WithoutManager({ node: { serveLimit, ephemeral, signsUntil } }: { readonly node: NodeRow }) {
  return (
    <>
      <Text size="sm">
        serves{' '}
        {serveLimit === null || serveLimit === undefined
          ? 'without limit'
          : `for ${durationWords(serveLimit)}`}
      </Text>
      {signsUntil !== null && signsUntil !== undefined && (
        <Text size="sm">
          signs until <Day at={signsUntil} />
        </Text>
      )}
      {ephemeral === true && <Text size="sm">ephemeral: keeps no copy</Text>}
    </>
  );
}

/** How far its clock is from the manager's. */
function clockText(offsetMs: number | null | undefined): string {
  if (offsetMs === null || offsetMs === undefined) return 'unknown';
  if (Math.abs(offsetMs) < 1_000) return 'in sync';
  const seconds = Math.round(Math.abs(offsetMs) / 1_000);
  return `${seconds} s ${offsetMs > 0 ? 'ahead' : 'behind'}`;
}

function StatusNote({ node }: { readonly node: NodeRow }) {
  const notes = [
    node.divergedRevision === undefined
      ? null
      : `diverged: it has revision ${node.divergedRevision}, which this database no longer has`,
    node.reason,
  ].filter((note) => note !== null);
  return notes.map((note) => (
    <Text key={note} size="sm">
      {note}
    </Text>
  ));
}

function RemoveNode({
  environmentName,
  name,
  onClose,
}: {
  readonly environmentName: string;
  readonly name: string;
  readonly onClose: () => void;
}) {
  const remove = useChange(() => keyplane.deleteNode({ environmentName, nodeName: name }), onClose);
  return (
    <ConfirmByName
      title={`Remove ${name}`}
      name={name}
      action="Remove the node"
      error={remove.error}
      isPending={remove.isPending}
      onConfirm={() => remove.mutate()}
      onClose={onClose}
    >
      <Text>
        Deployments no longer wait for it, the manager rejects its key, and its name is free. The node can
        keep serving what it has until its copy is deleted from its disk.
      </Text>
    </ConfirmByName>
  );
}
