import { Button, Group, NativeSelect, Stack, Text } from '@mantine/core';
import { keepPreviousData, useMutation, useQuery } from '@tanstack/react-query';
import { keyplane } from '../api/keyplane.ts';
import { AuditRecordTable } from '../display/audit-table.tsx';
import { auditActions, objectKindText } from '../display/audit-words.ts';
import { ErrorNote } from '../display/error-note.tsx';
import { FilterFields } from '../display/filter-fields.tsx';
import { MomentField } from '../display/form/moment-field.tsx';
import { SearchField } from '../display/form/search-field.tsx';
import { Icon } from '../display/icon.tsx';
import { type ListState, useListView } from '../display/list-query.ts';
import { PageHeader } from '../display/page-header.tsx';
import { QueryView } from '../display/query-view.tsx';
import { Pages } from '../display/server-table.tsx';
import { useSignedIn } from '../session/session-context.ts';
import { exportAudit, mostExported } from './export-audit.ts';

const objectTypes = [
  ...new Set(Object.keys(auditActions).map((action) => action.split('.')[0] ?? '')),
].filter((type) => !['access', 'identity', 'master-key'].includes(type));
const outcomes = ['SUCCESS', 'DENIED', 'FAILURE'] as const;
const outcomeWords = { SUCCESS: 'Succeeded', DENIED: 'Denied', FAILURE: 'Failed' } as const;
const filterNames = [
  'actor',
  'action',
  'objectName',
  'outcome',
  'projectName',
  'objectType',
  'from',
  'to',
] as const;

/** The audit log: actor, action, object and outcome. The address of the page has every filter. */
export function AuditPage() {
  const view = useListView();
  const set = Object.fromEntries(
    filterNames.map((name) => [name, view.filter(name)]).filter(([, value]) => value !== ''),
  ) as Record<string, string>;
  const { outcome, ...rest } = set;
  const filters = { ...rest, outcome: outcomes.find((known) => known === outcome) };
  const query = { page: view.query.page, size: view.query.size, ...filters };
  const found = useQuery({
    queryKey: ['audit', query],
    queryFn: () => keyplane.listAudit(query),
    placeholderData: keepPreviousData,
  });
  const exporting = useMutation({ mutationFn: (format: 'csv' | 'json') => exportAudit(filters, format) });
  const count = Object.keys(set).length;
  return (
    <Stack>
      <PageHeader title="Audit log" description="Who did what, to which object, with which outcome.">
        {(['csv', 'json'] as const).map((format) => (
          <Button
            key={format}
            variant="default"
            leftSection={<Icon name="download" size={14} />}
            loading={exporting.isPending && exporting.variables === format}
            onClick={() => exporting.mutate(format)}
          >
            Export {format.toUpperCase()}
          </Button>
        ))}
      </PageHeader>
      <ErrorNote error={exporting.error} />
      {exporting.data === mostExported && (
        <Text size="sm" role="status">
          The file has the newest {mostExported.toLocaleString('en')} records. Narrow the time to export older
          ones.
        </Text>
      )}
      <Filters view={view} set={count} />
      <QueryView query={found}>
        {({ resultList, resultCount }) =>
          resultCount === 0 ? (
            <Text role="status" c="dimmed">
              Nothing fits these filters.
            </Text>
          ) : (
            <>
              <AuditRecordTable records={resultList} caption="Audit log" />
              <Pages view={view} count={resultCount} />
            </>
          )
        }
      </QueryView>
    </Stack>
  );
}

function Filters({ view, set }: { readonly view: ListState; readonly set: number }) {
  const { projects } = useSignedIn();
  const select = (name: string, label: string, options: readonly (readonly [string, string])[]) => (
    <NativeSelect
      label={label}
      data={[['', 'Any'], ...options].map(([value = '', text = '']) => ({ value, label: text }))}
      value={view.filter(name)}
      onChange={(event) => view.set({ [name]: event.currentTarget.value })}
    />
  );
  const search = (name: string, label: string) => (
    <SearchField
      label={label}
      width={150}
      value={view.filter(name)}
      onChange={(value) => view.set({ [name]: value })}
    />
  );
  return (
    <Group component="search" gap="xs" align="end" className="filters" aria-label="Filters">
      {search('actor', 'Who')}
      <FilterFields set={set}>
        {select('action', 'Action', Object.entries(auditActions))}
        {search('objectName', 'Object')}
        {select(
          'outcome',
          'Outcome',
          outcomes.map((outcome) => [outcome, outcomeWords[outcome]]),
        )}
        {select(
          'projectName',
          'In project',
          projects.map(({ name }) => [name, name]),
        )}
        {select(
          'objectType',
          'Kind of object',
          objectTypes.map((type) => [type, objectKindText(type)]),
        )}
        <MomentField
          label="From"
          value={view.filter('from')}
          onChange={(value) => view.set({ from: value })}
        />
        <MomentField label="Until" value={view.filter('to')} onChange={(value) => view.set({ to: value })} />
        {set > 0 && (
          <Button
            variant="subtle"
            color="gray"
            onClick={() => view.set(Object.fromEntries(filterNames.map((name) => [name, ''])))}
          >
            Clear the filters
          </Button>
        )}
      </FilterFields>
    </Group>
  );
}
