import { Anchor, Text } from '@mantine/core';
import { Link } from 'wouter';
import type { TableColumn } from './server-table.tsx';

interface NamedObject {
  readonly name: string;
  readonly description: string | null;
}

/** The name of each object, which leads to its page, and its description. */
export function nameColumn<Row extends NamedObject>(pathOf: (name: string) => string): TableColumn<Row> {
  return {
    header: 'Name',
    sort: 'name',
    kind: 'title',
    cell: ({ name, description }) => (
      <>
        {/* A separate block: a link within a text would need more than its colour to be seen. */}
        <div>
          <Anchor component={Link} href={pathOf(name)} fw={500}>
            {name}
          </Anchor>
        </div>
        {description !== null && (
          <Text size="xs" c="dimmed" lineClamp={1} title={description}>
            {description}
          </Text>
        )}
      </>
    ),
  };
}
