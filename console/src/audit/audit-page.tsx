import { Button, Group, NativeSelect, SimpleGrid, Stack, Text } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { keyplane } from '../api/keyplane.ts';
import { AuditTable } from '../display/audit-table.tsx';
import { MomentField } from '../display/form/moment-field.tsx';
import { SearchField } from '../display/form/search-field.tsx';
import { type ListView, useListView } from '../display/list-query.ts';
import { PageHeader } from '../display/page-header.tsx';
import { QueryView } from '../display/query-view.tsx';
import { Pages } from '../display/server-table.tsx';

const texts = [
  ['actor', 'Who'],
  ['action', 'What, such as jwk.create'],
  ['objectName', 'Name of the object'],
  ['projectName', 'Project'],
] as const;

const objectTypes = [
  'jwk',
  'certificate',
  'key',
  'keystore',
  'project',
  'member',
  'environment',
  'node',
  'enrollmentToken',
  'user',
  'token',
  'installation',
];
const outcomes = ['SUCCESS', 'DENIED', 'FAILURE'] as const;
const filterNames = [...texts.map(([name]) => name), 'objectType', 'outcome', 'from', 'to'] as const;

/** Who did what to which object with which outcome; every filter stands in the address. */
export function AuditPage() {
  const view = useListView();
  const filters = Object.fromEntries(
    filterNames.map((name) => [name, view.filter(name)]).filter(([, value]) => value !== ''),
  ) as Record<string, string>;
  const { outcome, ...rest } = filters;
  const query = {
    page: view.query.page,
    size: view.query.size,
    ...rest,
    outcome: outcomes.find((known) => known === outcome),
  };
  const found = useQuery({
    queryKey: ['audit', query],
    queryFn: () => keyplane.listAudit(query),
    placeholderData: keepPreviousData,
  });
  return (
    <Stack>
      <PageHeader title="Audit log" />
      <Filters view={view} />
      <QueryView query={found}>
        {({ resultList, resultCount }) =>
          resultCount === 0 ? (
            <Text role="status">Nothing fits these filters.</Text>
          ) : (
            <>
              <AuditTable records={resultList} caption="Audit log" />
              <Pages view={view} count={resultCount} />
            </>
          )
        }
      </QueryView>
    </Stack>
  );
}

function Filters({ view }: { readonly view: ListView }) {
  const any = (values: readonly string[]) => [{ value: '', label: 'any' }, ...values];
  return (
    <Stack gap="sm" component="search" aria-label="Filters">
      <SimpleGrid cols={{ base: 1, xs: 2, md: 4 }}>
        {texts.map(([name, label]) => (
          <SearchField
            key={name}
            label={label}
            value={view.filter(name)}
            onChange={(value) => view.set({ [name]: value })}
          />
        ))}
        <NativeSelect
          label="Kind of object"
          data={any(objectTypes)}
          value={view.filter('objectType')}
          onChange={(event) => view.set({ objectType: event.currentTarget.value })}
        />
        <NativeSelect
          label="Outcome"
          data={any(outcomes)}
          value={view.filter('outcome')}
          onChange={(event) => view.set({ outcome: event.currentTarget.value })}
        />
        <MomentField
          label="From"
          value={view.filter('from')}
          onChange={(value) => view.set({ from: value })}
        />
        <MomentField label="Until" value={view.filter('to')} onChange={(value) => view.set({ to: value })} />
      </SimpleGrid>
      <Group>
        <Button
          variant="default"
          size="compact-sm"
          onClick={() => view.set(Object.fromEntries(filterNames.map((name) => [name, ''])))}
        >
          Clear the filters
        </Button>
      </Group>
    </Stack>
  );
}
