import { Text } from '@mantine/core';
import type { Token } from '../../../clients/typescript/src/index.ts';
import type { TableColumn } from '../display/server-table.tsx';
import { Status } from '../display/status.tsx';
import type { StatusWord } from '../display/status-words.ts';
import { Instant } from '../display/time.tsx';
import { RoleNames } from '../projects/role-checks.tsx';

export type { Token };

/** Of the caller's own tokens and of those of any user. */
export const tokenColumns: readonly TableColumn<Token>[] = [
  { header: 'Name', sort: 'name', kind: 'title', cell: ({ name }) => name },
  { header: 'Created', sort: 'createdAt', cell: ({ createdAt }) => <Instant at={createdAt} /> },
  {
    header: 'Expires',
    sort: 'expiresAt',
    cell: ({ expiresAt }) => <Expiry at={expiresAt} />,
  },
  {
    header: 'Scope',
    cell: ({ projects }) =>
      projects === null
        ? 'everything the user may do'
        : projects.map(({ projectName, roles }) => (
            <div key={projectName}>
              {projectName}:{' '}
              <Text span c="dimmed" fz="inherit">
                <RoleNames roles={roles} />
              </Text>
            </div>
          )),
  },
  {
    header: 'Last used',
    sort: 'lastUsedAt',
    cell: ({ lastUsedAt }) => <Instant at={lastUsedAt} fallback="never" />,
  },
];

const expired = {
  word: 'expired',
  tone: 'problem',
  meaning: 'The manager rejects requests with this token.',
} as const satisfies StatusWord;
const endless = {
  word: 'never',
  tone: 'attention',
  meaning: 'The token stays valid until it is revoked.',
} as const satisfies StatusWord;

/** A token without an expiry needs attention. */
function Expiry({ at }: { readonly at: string | null }) {
  if (at === null) return <Status of={endless} />;
  return (
    <>
      {Date.parse(at) <= Date.now() && (
        <div>
          <Status of={expired} />
        </div>
      )}
      <Instant at={at} />
    </>
  );
}
