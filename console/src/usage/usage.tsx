import { List, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { KeyUsage } from '../../../clients/typescript/src/index.ts';
import { keyplane } from '../api/keyplane.ts';
import { DataTable, type TableColumn } from '../display/data-table.tsx';
import { QueryView } from '../display/query-view.tsx';
import { Section } from '../display/section.tsx';
import { Time } from '../display/time.tsx';

/** Whose usage: of one of these. */
export interface UsageOf {
  readonly projectName: string;
  readonly keyRingName?: string;
  readonly jwkName?: string;
  readonly applicationName?: string;
}

/** Nodes report every ten seconds. */
const refreshMs = 5_000;
const mostShown = 100;
const mostNamed = 5;

function useUsage(of: UsageOf) {
  return useQuery({
    queryKey: ['usage', of],
    queryFn: () => keyplane.listUsage({ ...of, page: '1', size: String(mostShown) }),
    refetchInterval: refreshMs,
  });
}

/** Who had which operation done with which key, how often, and when last. */
export function UsageSection(of: UsageOf) {
  const found = useUsage(of);
  return (
    <Section title="Usage" description="As nodes report it, every 10 seconds">
      <QueryView query={found}>
        {({ resultList, resultCount }) =>
          resultList.length === 0 ? (
            <Text size="sm" c="dimmed">
              Not used yet.
            </Text>
          ) : (
            <>
              <DataTable
                caption="Usage by key and operation"
                columns={columnsOf(of)}
                items={resultList}
                rowKey={({ applicationName, outletName, jwkName, operation, outcome }) =>
                  `${applicationName} ${outletName} ${jwkName} ${operation} ${outcome}`
                }
              />
              {resultCount > mostShown && (
                <Text size="sm">and {(resultCount - mostShown).toLocaleString('en')} more</Text>
              )}
            </>
          )
        }
      </QueryView>
    </Section>
  );
}

/** Undefined: it was deleted. */
function userOf({ applicationName, outletName }: KeyUsage): string | undefined {
  return applicationName ?? (outletName === undefined ? undefined : `outlet ${outletName}`);
}

/** What the page is about needs no column. */
function columnsOf({ applicationName, jwkName }: UsageOf): readonly TableColumn<KeyUsage>[] {
  const application: TableColumn<KeyUsage> = {
    header: 'Application',
    kind: 'title',
    cell: (one) => userOf(one) ?? 'deleted ones',
  };
  const key: TableColumn<KeyUsage> = {
    header: 'Key',
    ...(applicationName !== undefined && { kind: 'title' }),
    cell: (one) => one.jwkName,
  };
  return [
    ...(applicationName === undefined ? [application] : []),
    ...(jwkName === undefined ? [key] : []),
    { header: 'Operation', cell: ({ operation }) => operation.toLowerCase() },
    { header: 'Outcome', cell: ({ outcome }) => outcome.toLowerCase() },
    { header: 'Count', cell: ({ count }) => count.toLocaleString('en') },
    { header: 'Last', cell: ({ lastUsedAt }) => <Time at={lastUsedAt} /> },
  ];
}

/** For a dialog that deletes what may be in use. */
export function LastUses(of: UsageOf) {
  const found = useUsage(of);
  const uses = found.data?.resultList ?? [];
  if (found.data === undefined) return null;
  if (uses.length === 0) return <Text size="sm">Neither an application nor an outlet has used it.</Text>;
  return (
    <div>
      <Text size="sm">Last used:</Text>
      <List size="sm">
        {uses.slice(0, mostNamed).map((use) => (
          <List.Item key={`${userOf(use)} ${use.jwkName} ${use.operation} ${use.outcome}`}>
            by <strong>{userOf(use) ?? 'a deleted application'}</strong>, to {use.operation.toLowerCase()}
            {of.jwkName === undefined && ` with ${use.jwkName}`}: <Time at={use.lastUsedAt} />
          </List.Item>
        ))}
        {uses.length > mostNamed && <List.Item>and {uses.length - mostNamed} more</List.Item>}
      </List>
    </div>
  );
}
