// Rows of anything. Below 600 px each row is a card that names its values, so nothing has to be scrolled sideways.

import { Checkbox, Table } from '@mantine/core';
import type { ReactNode } from 'react';

export interface TableColumn<Item> {
  readonly header: string;
  /** The field of the API that it is sorted by, where it can be. */
  readonly sort?: string;
  readonly cell: (item: Item) => ReactNode;
  /** `title` names the row; `actions` has its buttons, and a header that only screen readers announce. */
  readonly kind?: 'title' | 'actions';
  /** Left out where the window is narrower than 1200 or 1400 pixels; a card always has it. */
  readonly from?: 'medium' | 'wide';
}

export interface RowSelection<Item> {
  readonly keys: ReadonlySet<string>;
  readonly onChange: (keys: ReadonlySet<string>) => void;
  /** The accessible name of a row. */
  readonly nameOf: (item: Item) => string;
}

export interface DataTableProps<Item> {
  readonly caption: string;
  readonly columns: readonly TableColumn<Item>[];
  readonly items: readonly Item[];
  readonly rowKey: (item: Item) => string;
  readonly selection?: RowSelection<Item> | undefined;
  /** The header of a column that can be sorted; as it is otherwise. */
  readonly header?: (column: TableColumn<Item>) => ReactNode;
}

/** The ARIA roles are explicit, because some browsers drop them from a table that is laid out as cards. */
export function DataTable<Item>(props: DataTableProps<Item>) {
  const { caption, columns, items, rowKey, selection } = props;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways must be reachable by keyboard
    <section className="wide" tabIndex={0} aria-label={caption}>
      <Table
        role="table"
        highlightOnHover
        className="data"
        data-selectable={selection !== undefined || undefined}
      >
        <Table.Thead role="rowgroup">
          <Table.Tr role="row">
            {selection !== undefined && (
              <Table.Th role="columnheader" scope="col" className="select">
                <SelectAll items={items} rowKey={rowKey} selection={selection} />
              </Table.Th>
            )}
            {columns.map((column) => (
              <Header key={column.header} column={column} header={props.header} />
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody role="rowgroup">
          {items.map((item) => (
            <Row key={rowKey(item)} item={item} {...props} />
          ))}
        </Table.Tbody>
      </Table>
    </section>
  );
}

function Header<Item>({
  column,
  header,
}: {
  readonly column: TableColumn<Item>;
  readonly header: DataTableProps<Item>['header'];
}) {
  if (column.kind === 'actions') {
    return (
      <Table.Th role="columnheader" scope="col" data-kind="actions">
        <span className="visually-hidden">{column.header}</span>
      </Table.Th>
    );
  }
  return header?.(column) ?? <HeaderCell column={column}>{column.header}</HeaderCell>;
}

export function HeaderCell<Item>({
  column,
  order,
  children,
}: {
  readonly column: TableColumn<Item>;
  readonly order?: 'none' | 'ascending' | 'descending';
  readonly children: ReactNode;
}) {
  return (
    <Table.Th role="columnheader" scope="col" aria-sort={order} data-from={column.from}>
      {children}
    </Table.Th>
  );
}

function Row<Item>({
  item,
  columns,
  rowKey,
  selection,
}: { readonly item: Item } & Pick<DataTableProps<Item>, 'columns' | 'rowKey' | 'selection'>) {
  const key = rowKey(item);
  const isSelected = selection?.keys.has(key) ?? false;
  return (
    <Table.Tr role="row" data-selected={isSelected || undefined}>
      {selection !== undefined && (
        <Table.Td role="cell" className="select">
          <Checkbox
            size="xs"
            aria-label={`Select ${selection.nameOf(item)}`}
            checked={isSelected}
            onChange={() => selection.onChange(toggled(selection.keys, key))}
          />
        </Table.Td>
      )}
      {columns.map(({ header, cell, kind, from }) => (
        <Table.Td key={header} role="cell" data-label={header} data-kind={kind} data-from={from}>
          <div>{cell(item)}</div>
        </Table.Td>
      ))}
    </Table.Tr>
  );
}

function toggled(keys: ReadonlySet<string>, key: string): ReadonlySet<string> {
  const next = new Set(keys);
  if (!next.delete(key)) next.add(key);
  return next;
}

function SelectAll<Item>({
  items,
  rowKey,
  selection,
}: Pick<DataTableProps<Item>, 'items' | 'rowKey'> & { readonly selection: RowSelection<Item> }) {
  const count = items.filter((item) => selection.keys.has(rowKey(item))).length;
  const isAll = count === items.length && count > 0;
  return (
    <Checkbox
      size="xs"
      aria-label="Select all rows of this page"
      checked={isAll}
      indeterminate={count > 0 && !isAll}
      onChange={() => selection.onChange(isAll ? new Set() : new Set(items.map(rowKey)))}
    />
  );
}
