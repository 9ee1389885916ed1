import { Text } from '@mantine/core';
import type { Token } from '../../../clients/typescript/src/index.ts';
import type { Column } from '../display/server-table.tsx';
import { Instant } from '../display/time.tsx';

export type { Token };

/** Of the caller's own tokens and of those of any user. */
export const tokenColumns: readonly Column<Token>[] = [
  { header: 'Name', sort: 'name', cell: ({ name }) => name },
  { header: 'Created', sort: 'createdAt', cell: ({ createdAt }) => <Instant at={createdAt} /> },
  {
    header: 'Expires',
    sort: 'expiresAt',
    cell: ({ expiresAt }) => <Instant at={expiresAt} fallback="never" />,
  },
  {
    header: 'Narrowed to',
    cell: ({ projects }) =>
      projects === null
        ? 'not narrowed'
        : projects.map(({ projectName, roles }) => (
            <div key={projectName}>
              {projectName}
              {roles.map((role) => (
                <Text key={role} size="sm" className="mono">
                  {role}
                </Text>
              ))}
            </div>
          )),
  },
  {
    header: 'Last used',
    sort: 'lastUsedAt',
    cell: ({ lastUsedAt }) => <Instant at={lastUsedAt} fallback="never" />,
  },
];
