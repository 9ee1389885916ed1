// A list of the API as a table: searched, sorted and cut into pages by the server, so that ten thousand rows cost the
// browser no more than twenty.

import { Group, Pagination, Stack, Table, Text, UnstyledButton } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { SearchField } from './form/search-field.tsx';
import { type ListQuery, type ListView, pageSize } from './list-query.ts';
import { QueryView } from './query-view.tsx';

export interface Column<Item> {
  readonly header: string;
  /** The field of the API that it is sorted by, where it can be. */
  readonly sort?: string;
  readonly cell: (item: Item) => ReactNode;
}

export interface ListPage<Item> {
  readonly resultList: readonly Item[];
  readonly resultCount: number;
}

export interface ServerTableProps<Item> {
  readonly caption: string;
  readonly view: ListView;
  readonly queryKey: readonly unknown[];
  readonly fetchPage: (query: ListQuery) => Promise<ListPage<Item>>;
  readonly columns: readonly Column<Item>[];
  readonly rowKey: (item: Item) => string;
  /** Shown where there is nothing at all, so that the next step is at hand. */
  readonly empty: ReactNode;
  /** Beside the search. */
  readonly filters?: ReactNode;
  /** Whether filters other than the search are set: then an empty table does not mean that there is nothing. */
  readonly filtered?: boolean;
  /** Left out where the list can not be searched. */
  readonly searchLabel?: string;
  /** Milliseconds; asked for again this often. */
  readonly refreshMs?: number;
}

export function ServerTable<Item>(props: ServerTableProps<Item>) {
  const { view, filters, searchLabel } = props;
  const list = useQuery({
    queryKey: [...props.queryKey, view.query],
    queryFn: () => props.fetchPage(view.query),
    placeholderData: keepPreviousData,
    ...(props.refreshMs !== undefined && { refetchInterval: props.refreshMs }),
  });
  const narrowed = props.filtered === true || view.query.search !== undefined;
  return (
    <Stack gap="sm">
      {(searchLabel !== undefined || filters !== undefined) && (
        <Group align="end" gap="sm">
          {searchLabel !== undefined && (
            <SearchField
              label={searchLabel}
              value={view.query.search ?? ''}
              onChange={(search) => view.set({ search })}
            />
          )}
          {filters}
        </Group>
      )}
      <QueryView query={list}>
        {(found) => {
          if (found.resultCount === 0 && !narrowed) return props.empty;
          if (found.resultCount === 0) return <Text role="status">Nothing fits this search.</Text>;
          return (
            <>
              <Rows {...props} items={found.resultList} />
              <Pages view={view} count={found.resultCount} />
            </>
          );
        }}
      </QueryView>
    </Stack>
  );
}

function Rows<Item>({
  caption,
  columns,
  view,
  rowKey,
  items,
}: ServerTableProps<Item> & { readonly items: readonly Item[] }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways must be reachable by keyboard
    <section className="wide" tabIndex={0} aria-label={caption}>
      <Table highlightOnHover>
        <Table.Thead>
          <Table.Tr>
            {columns.map((column) => (
              <Header key={column.header} column={column} view={view} />
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {items.map((item) => (
            <Table.Tr key={rowKey(item)}>
              {columns.map(({ header, cell }) => (
                <Table.Td key={header}>{cell(item)}</Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </section>
  );
}

function Header<Item>({
  column: { header, sort },
  view,
}: {
  readonly column: Column<Item>;
  readonly view: ListView;
}) {
  if (sort === undefined) return <Table.Th scope="col">{header}</Table.Th>;
  const [field, direction] = (view.query.sort ?? '').split(',');
  const order = field !== sort ? 'none' : direction === 'desc' ? 'descending' : 'ascending';
  const next = order === 'ascending' ? 'desc' : 'asc';
  return (
    <Table.Th scope="col" aria-sort={order}>
      <UnstyledButton fz="inherit" fw="inherit" onClick={() => view.set({ sort: `${sort},${next}` })}>
        {header}
        <span aria-hidden="true">{{ none: '', ascending: ' ↑', descending: ' ↓' }[order]}</span>
      </UnstyledButton>
    </Table.Th>
  );
}

const controls = { previous: 'Previous page', next: 'Next page', first: 'First page', last: 'Last page' };

/** Which part of a list is shown, and the way to the others. */
export function Pages({ view, count }: { readonly view: ListView; readonly count: number }) {
  const first = (view.page - 1) * pageSize + 1;
  const last = Math.min(view.page * pageSize, count);
  const pages = Math.ceil(count / pageSize);
  return (
    <Group justify="space-between">
      <Text size="sm" c="dimmed" role="status">
        {first > count ? 'Past the last' : `${first} to ${last}`} of {count.toLocaleString()}
      </Text>
      {pages > 1 && (
        <Pagination
          size="sm"
          total={pages}
          value={view.page}
          onChange={(page) => view.set({ page: page === 1 ? '' : String(page) })}
          getControlProps={(control) => ({ 'aria-label': controls[control] })}
          getItemProps={(page) => ({ 'aria-label': `Page ${page}` })}
        />
      )}
    </Group>
  );
}
