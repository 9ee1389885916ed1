import { Anchor, Code, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from 'wouter';
import type { Event } from '../../../clients/typescript/src/index.ts';
import { keyplane } from '../api/keyplane.ts';
import { type Column, DataTable } from '../display/data-table.tsx';
import { EmptyState } from '../display/empty-state.tsx';
import { PageHeader } from '../display/page-header.tsx';
import { QueryView } from '../display/query-view.tsx';
import { Instant } from '../display/time.tsx';
import { projectPath } from '../layout/project.ts';

const mostShown = 100;
const refreshMs = 5_000;

/** The newest events of a project. */
export function EventsPage() {
  const { projectName = '' } = useParams<{ projectName: string }>();
  const found = useQuery({
    queryKey: ['events', projectName],
    queryFn: () => newestEvents(projectName),
    refetchInterval: refreshMs,
  });
  return (
    <Stack>
      <PageHeader title="Events" description="What happened to keys, nodes and outlets, the newest first." />
      <QueryView query={found}>
        {(events) =>
          events.length === 0 ? (
            <EmptyState
              icon="event"
              title="Nothing has happened in this project yet."
              text="Events tell of changes of key rings, JWKs, source URLs, nodes and outlets. They are kept for 7 days. An outlet of kind WEBHOOK sends them to a URL."
            />
          ) : (
            <>
              <DataTable
                caption="Events"
                columns={columns}
                items={events}
                rowKey={({ sequence }) => String(sequence)}
              />
              {events.length === mostShown && (
                <Text size="sm" c="dimmed">
                  The newest {mostShown}. <Code>keyplane events</Code> prints all that are kept.
                </Text>
              )}
            </>
          )
        }
      </QueryView>
    </Stack>
  );
}

/** The list begins with the oldest: the sequence of the newest tells where its last page begins. */
async function newestEvents(projectName: string): Promise<readonly Event[]> {
  const { newestSequence } = await keyplane.listEvents({ projectName, limit: 1 });
  const after = Math.max(0, newestSequence - mostShown);
  const { resultList } = await keyplane.listEvents({ projectName, after, limit: mostShown });
  return resultList.toReversed();
}

const columns: readonly Column<Event>[] = [
  { header: 'Type', kind: 'title', cell: ({ type }) => type },
  { header: 'Object', cell: ({ data }) => <ObjectLink {...data} /> },
  { header: 'kid', cell: ({ data }) => data.kid !== undefined && <Kid kid={data.kid} /> },
  { header: 'Time', cell: ({ timestamp }) => <Instant at={timestamp} /> },
];

/** What an event is about, and its page in the project; nodes have none. */
const objects: Readonly<Record<string, { readonly word: string; readonly page?: string }>> = {
  'key-ring': { word: 'Key ring', page: 'key-rings' },
  jwk: { word: 'JWK', page: 'jwks' },
  node: { word: 'Node' },
  outlet: { word: 'Outlet', page: 'outlets' },
};

function ObjectLink({ projectName, objectType, objectName }: Event['data']) {
  const { word, page } = objects[objectType] ?? { word: objectType };
  return (
    <>
      {word}{' '}
      {page === undefined ? (
        objectName
      ) : (
        <Anchor
          component={Link}
          href={projectPath(projectName, page, objectName)}
          fz="inherit"
          underline="always"
        >
          {objectName}
        </Anchor>
      )}
    </>
  );
}

function Kid({ kid }: { readonly kid: string }) {
  return (
    <span className="mono kid" title={kid}>
      {kid}
    </span>
  );
}
