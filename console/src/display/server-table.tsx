// A list of the API as a table: searched, sorted and cut into pages by the server, so that ten thousand rows cost the
// browser no more than the page that it shows.

import { Button, Group, NativeSelect, Pagination, Stack, Text, UnstyledButton } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { KeyplaneApiError } from '../../../clients/typescript/src/index.ts';
import { DataTable, HeaderCell, type TableColumn } from './data-table.tsx';
import { SearchField } from './form/search-field.tsx';
import { type ListQuery, type ListState, pageSizes } from './list-query.ts';
import { QueryView } from './query-view.tsx';

export type { TableColumn } from './data-table.tsx';

export interface ServerPage<Item> {
  readonly resultList: readonly Item[];
  readonly resultCount: number;
}

/** What can be done with several rows at once. */
export interface BulkActions<Item> {
  readonly nameOf: (item: Item) => string;
  /** Buttons over the selected rows of the page that is shown; `clear` ends the selection. */
  readonly actions: (selected: readonly Item[], clear: () => void) => ReactNode;
}

export interface ServerTableProps<Item> {
  readonly caption: string;
  readonly view: ListState;
  readonly queryKey: readonly unknown[];
  readonly fetchPage: (query: ListQuery) => Promise<ServerPage<Item>>;
  readonly columns: readonly TableColumn<Item>[];
  readonly rowKey: (item: Item) => string;
  /** Shown if the list is empty without a filter: it offers the next step. */
  readonly empty: ReactNode;
  /** Beside the search. */
  readonly filters?: ReactNode;
  /** Whether filters other than the search are set: then an empty table does not mean that there is nothing. */
  readonly filtered?: boolean;
  /** Left out where the list cannot be searched. */
  readonly searchLabel?: string;
  /** Milliseconds between two requests for the same page; once if left out. */
  readonly refreshMs?: number;
  readonly bulk?: BulkActions<Item> | undefined;
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
  const isEmpty = list.data?.resultCount === 0 && !narrowed;
  // Without a permission there is nothing to search in.
  const isForbidden = list.error instanceof KeyplaneApiError && list.error.status === 403;
  return (
    <Stack gap="sm">
      {!isEmpty && !isForbidden && (searchLabel !== undefined || filters !== undefined) && (
        <Group align="end" gap="xs" className="filters">
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
          if (isEmpty) return props.empty;
          if (found.resultCount === 0) {
            return (
              <Text role="status" c="dimmed">
                Nothing fits this search.
              </Text>
            );
          }
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
  items,
  bulk,
  view,
  caption,
  columns,
  rowKey,
}: ServerTableProps<Item> & { readonly items: readonly Item[] }) {
  const [keys, setKeys] = useState<ReadonlySet<string>>(new Set());
  const selected = items.filter((item) => keys.has(rowKey(item)));
  const clear = () => setKeys(new Set());
  return (
    <>
      {bulk !== undefined && selected.length > 0 && (
        <Group gap="xs" className="bulk" role="toolbar" aria-label="Selected rows">
          <Text size="sm" fw={600} role="status">
            {selected.length} selected
          </Text>
          {bulk.actions(selected, clear)}
          <Button variant="subtle" color="gray" size="compact-sm" onClick={clear}>
            Clear the selection
          </Button>
        </Group>
      )}
      <DataTable
        caption={caption}
        columns={columns}
        items={items}
        rowKey={rowKey}
        selection={bulk && { keys, onChange: setKeys, nameOf: bulk.nameOf }}
        header={(column) => <SortHeader column={column} view={view} />}
      />
    </>
  );
}

function SortHeader<Item>({
  column,
  view,
}: {
  readonly column: TableColumn<Item>;
  readonly view: ListState;
}) {
  const { header, sort } = column;
  if (sort === undefined) return <HeaderCell column={column}>{header}</HeaderCell>;
  const [field, direction] = (view.query.sort ?? '').split(',');
  const order = field !== sort ? 'none' : direction === 'desc' ? 'descending' : 'ascending';
  const next = order === 'ascending' ? 'desc' : 'asc';
  return (
    <HeaderCell column={column} order={order}>
      <UnstyledButton fz="inherit" fw="inherit" onClick={() => view.set({ sort: `${sort},${next}` })}>
        {header}
        <span aria-hidden="true">{{ none: '', ascending: ' ↑', descending: ' ↓' }[order]}</span>
      </UnstyledButton>
    </HeaderCell>
  );
}

const controls = { previous: 'Previous page', next: 'Next page', first: 'First page', last: 'Last page' };

/** The range of rows, the page size, and the page links. */
export function Pages({ view, count }: { readonly view: ListState; readonly count: number }) {
  const { page, size } = view;
  const first = (page - 1) * size + 1;
  const last = Math.min(page * size, count);
  const pages = Math.ceil(count / size);
  return (
    <Group justify="space-between" gap="xs">
      <Group gap="sm">
        <Text size="sm" c="dimmed" role="status">
          {first > count ? 'Past the last' : `${first} to ${last}`} of {count.toLocaleString('en')}
        </Text>
        {count > Math.min(...pageSizes) && (
          <NativeSelect
            size="xs"
            aria-label="Rows per page"
            value={String(size)}
            data={pageSizes.map((rows) => ({ value: String(rows), label: `${rows} rows` }))}
            onChange={(event) => view.set({ size: event.currentTarget.value })}
          />
        )}
      </Group>
      {pages > 1 && (
        <Pagination
          size="sm"
          total={pages}
          value={page}
          onChange={(next) => view.set({ page: next === 1 ? '' : String(next) })}
          getControlProps={(control) => ({ 'aria-label': controls[control] })}
          getItemProps={(item) => ({ 'aria-label': `Page ${item}` })}
        />
      )}
    </Group>
  );
}
