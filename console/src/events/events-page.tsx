import { Anchor, Code, NativeSelect, Stack, Text } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link, useParams } from 'wouter';
import type { Event } from '../../../clients/typescript/src/index.ts';
import { keyplane } from '../api/keyplane.ts';
import { DataTable, type TableColumn } from '../display/data-table.tsx';
import { EmptyState } from '../display/empty-state.tsx';
import { useListView } from '../display/list-query.ts';
import { PageHeader } from '../display/page-header.tsx';
import { QueryView } from '../display/query-view.tsx';
import { Instant } from '../display/time.tsx';
import { projectPath } from '../layout/project.ts';

const mostShown = 100;
const mostAtOnce = 1_000;
const refreshMs = 5_000;

/** The newest events of a project. */
export function EventsPage() {
  const { projectName = '' } = useParams<{ projectName: string }>();
  const view = useListView();
  const environmentName = view.filter('environmentName');
  const found = useQuery({
    queryKey: ['events', projectName, environmentName],
    queryFn: () =>
      environmentName === '' ? newestEvents(projectName) : newestOf({ projectName, environmentName }),
    refetchInterval: refreshMs,
    placeholderData: keepPreviousData,
  });
  return (
    <Stack>
      <PageHeader title="Events" description="What happened to keys, nodes and outlets, the newest first." />
      <div className="filters">
        <EnvironmentFilter
          projectName={projectName}
          name={environmentName}
          onChange={(name) => view.set({ environmentName: name })}
        />
      </div>
      <QueryView query={found}>
        {(events) =>
          events.length === 0 && environmentName !== '' ? (
            <Text role="status" c="dimmed">
              None of the kept events is about a node or a delivery in {environmentName}.
            </Text>
          ) : events.length === 0 ? (
            <EmptyState
              icon="event"
              title="Nothing has happened in this project yet"
              text="Events report changes of key rings, JWKs, source URLs, nodes and outlets. They are kept for 7 days. A webhook outlet sends them to a URL."
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

/** The list begins with the oldest: the sequence of the newest says where its last page begins. */
async function newestEvents(projectName: string): Promise<readonly Event[]> {
  const { newestSequence } = await keyplane.listEvents({ projectName, limit: 1 });
  const after = Math.max(0, newestSequence - mostShown);
  const { resultList } = await keyplane.listEvents({ projectName, after, limit: mostShown });
  return resultList.toReversed();
}

/** Of one environment. The newest thousand events of the project have enough of them, or there are few in all. */
async function newestOf(of: { projectName: string; environmentName: string }): Promise<readonly Event[]> {
  const { newestSequence } = await keyplane.listEvents({ ...of, limit: 1 });
  const after = Math.max(0, newestSequence - mostAtOnce);
  const { resultList } = await keyplane.listEvents({ ...of, after, limit: mostAtOnce });
  if (after === 0 || resultList.length >= mostShown) return resultList.slice(-mostShown).toReversed();
  return newestOfAll(of);
}

async function newestOfAll(of: { projectName: string; environmentName: string }): Promise<readonly Event[]> {
  let newest: readonly Event[] = [];
  for (let after = 0; ; ) {
    const { resultList, resultCount } = await keyplane.listEvents({ ...of, after, limit: mostAtOnce });
    newest = [...newest, ...resultList].slice(-mostShown);
    const last = resultList.at(-1);
    if (last === undefined || resultList.length >= resultCount) return newest.toReversed();
    after = last.sequence;
  }
}

function EnvironmentFilter({
  projectName,
  name,
  onChange,
}: {
  readonly projectName: string;
  readonly name: string;
  readonly onChange: (name: string) => void;
}) {
  const reached = useQuery({
    queryKey: ['project-environments', projectName],
    queryFn: () => keyplane.listProjectEnvironments({ projectName }),
  });
  const names = new Set((reached.data?.resultList ?? []).map((environment) => environment.name));
  if (name !== '') names.add(name);
  return (
    <NativeSelect
      label="Environment"
      w={240}
      data={[{ value: '', label: 'All events' }, ...[...names].sort()]}
      value={name}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

const columns: readonly TableColumn<Event>[] = [
  { header: 'Type', kind: 'title', cell: ({ type }) => type },
  { header: 'Object', cell: ({ data }) => <ObjectLink {...data} /> },
  {
    header: 'Environment',
    cell: ({ data }) => [data.environmentName, data.nodeName].filter(Boolean).join(', node '),
  },
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
    <span className="object" title={objectName}>
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
    </span>
  );
}

function Kid({ kid }: { readonly kid: string }) {
  return (
    <span className="mono kid" title={kid}>
      {kid}
    </span>
  );
}
