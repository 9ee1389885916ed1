import { Button, Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Operations } from '../../../clients/typescript/src/index.ts';
import { keyplane } from '../api/keyplane.ts';
import { useChange } from '../api/use-change.ts';
import { ConfirmByName } from '../display/form/confirm-by-name.tsx';
import { QueryView } from '../display/query-view.tsx';
import { Section } from '../display/section.tsx';
import { Legend, Status } from '../display/status.tsx';
import { nodeStatuses } from '../display/status-words.ts';
import { Time } from '../display/time.tsx';
import { ReadmitNode } from './readmit-node.tsx';

type OverviewNode = Operations['getOverview']['answer']['environments'][number]['nodes'][number];
type ListedNode = Operations['listNodes']['answer']['resultList'][number];
/** How it stands, and whether it has a history that the database forgot. */
type Standing = OverviewNode &
  Partial<Pick<ListedNode, 'divergedRevision' | 'address' | 'clockOffsetMs' | 'privateKeys'>>;

const refreshMs = 1_500;

/** The nodes of an environment and how each stands, looked at again and again. */
export function NodeList({ environmentName }: { readonly environmentName: string }) {
  const [forgetting, setForgetting] = useState<string | undefined>();
  const standing = useQuery({
    queryKey: ['standing', environmentName],
    queryFn: () => fetchStanding(environmentName),
    refetchInterval: refreshMs,
  });
  return (
    <Section
      title="Nodes"
      actions={<Legend label="What the status of a node means" words={Object.values(nodeStatuses)} />}
    >
      <QueryView query={standing}>
        {({ revision, nodes }) => (
          <>
            <Text size="sm" c="dimmed" mb="xs">
              The environment is at revision {revision}.
            </Text>
            {nodes.length === 0 ? (
              <Text>No node has joined it yet. The command below starts one.</Text>
            ) : (
              <Nodes nodes={nodes} onForget={setForgetting} />
            )}
          </>
        )}
      </QueryView>
      <ReadmitNode environmentName={environmentName} />
      {forgetting !== undefined && (
        <ForgetNode
          environmentName={environmentName}
          name={forgetting}
          onClose={() => setForgetting(undefined)}
        />
      )}
    </Section>
  );
}

async function fetchStanding(environmentName: string) {
  const [overview, listed] = await Promise.all([
    keyplane.getOverview(),
    keyplane.listNodes({ environmentName }),
  ]);
  const own = overview.environments.find(({ name }) => name === environmentName);
  const byName = new Map(listed.resultList.map((node) => [node.name, node]));
  const nodes: readonly Standing[] = (own?.nodes ?? []).map((node) => ({
    ...byName.get(node.name),
    ...node,
  }));
  return { revision: own?.revision ?? 0, nodes };
}

function Nodes({
  nodes,
  onForget,
}: {
  readonly nodes: readonly Standing[];
  readonly onForget: (name: string) => void;
}) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways must be reachable by keyboard
    <section className="wide" tabIndex={0} aria-label="Nodes and their status">
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">Name</Table.Th>
            <Table.Th scope="col">Status</Table.Th>
            <Table.Th scope="col">Revision</Table.Th>
            <Table.Th scope="col">Last seen</Table.Th>
            <Table.Th scope="col">Address</Table.Th>
            <Table.Th scope="col">Clock</Table.Th>
            <Table.Th scope="col">Private keys</Table.Th>
            <Table.Th scope="col">Version</Table.Th>
            <Table.Th scope="col">
              <span className="visually-hidden">What can be done</span>
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {nodes.map((node) => (
            <Table.Tr key={node.name}>
              <Table.Td>{node.name}</Table.Td>
              <Table.Td>
                <Status of={nodeStatuses[node.state]} />
                <StandingNote node={node} />
              </Table.Td>
              <Table.Td>{node.appliedRevision}</Table.Td>
              <Table.Td>{node.connected ? 'connected' : <Time at={node.lastSeenAt} />}</Table.Td>
              <Table.Td>{node.address ?? 'unknown'}</Table.Td>
              <Table.Td>{clockText(node.clockOffsetMs)}</Table.Td>
              <Table.Td>{node.privateKeys ? 'yes' : 'no'}</Table.Td>
              <Table.Td>{node.version}</Table.Td>
              <Table.Td>
                <Button
                  variant="default"
                  size="compact-sm"
                  aria-label={`Forget ${node.name}`}
                  onClick={() => onForget(node.name)}
                >
                  Forget
                </Button>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </section>
  );
}

/** How far its clock is from the manager's. */
function clockText(offsetMs: number | null | undefined): string {
  if (offsetMs === null || offsetMs === undefined) return 'unknown';
  if (Math.abs(offsetMs) < 1_000) return 'right';
  const seconds = Math.round(Math.abs(offsetMs) / 1_000);
  return `${seconds} s ${offsetMs > 0 ? 'ahead' : 'behind'}`;
}

function StandingNote({ node }: { readonly node: Standing }) {
  const notes = [
    node.divergedRevision === undefined
      ? null
      : `diverged: it has revision ${node.divergedRevision} of a history that this database forgot`,
    node.reason,
  ].filter((note) => note !== null);
  return notes.map((note) => (
    <Text key={note} size="sm">
      {note}
    </Text>
  ));
}

function ForgetNode({
  environmentName,
  name,
  onClose,
}: {
  readonly environmentName: string;
  readonly name: string;
  readonly onClose: () => void;
}) {
  const forget = useChange(() => keyplane.deleteNode({ environmentName, nodeName: name }), onClose);
  return (
    <ConfirmByName
      title={`Forget ${name}`}
      name={name}
      action="Forget the node"
      error={forget.error}
      isPending={forget.isPending}
      onConfirm={() => forget.mutate()}
      onClose={onClose}
    >
      <Text>
        Deployments no longer wait for it, its key is rejected and its name is free. What it holds it may go
        on serving until its copy is deleted from its disk.
      </Text>
    </ConfirmByName>
  );
}
