import { Button, Group, Text } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { keyplane } from '../api/keyplane.ts';
import { AuditTable } from '../display/audit-table.tsx';
import { QueryView } from '../display/query-view.tsx';
import type { JwkRef } from './jwk-queries.ts';

const size = 10;
const refreshMs = 5_000;

/** What the audit record has of this JWK, newest first. */
export function JwkHistory({ jwk }: { readonly jwk: JwkRef }) {
  const [page, setPage] = useState(1);
  const history = useQuery({
    queryKey: ['jwk-history', jwk, page],
    queryFn: () => keyplane.listJwkHistory({ ...jwk, page: String(page), size: String(size) }),
    placeholderData: keepPreviousData,
    refetchInterval: refreshMs,
  });
  return (
    <QueryView query={history}>
      {({ resultList, resultCount }) => (
        <>
          <AuditTable records={resultList} caption="History of this JWK" />
          {resultCount > size && (
            <Group mt="sm" gap="xs">
              <Button variant="default" size="xs" disabled={page === 1} onClick={() => setPage(page - 1)}>
                Newer
              </Button>
              <Button
                variant="default"
                size="xs"
                disabled={page * size >= resultCount}
                onClick={() => setPage(page + 1)}
              >
                Older
              </Button>
              <Text size="sm" c="dimmed">
                {resultCount} records
              </Text>
            </Group>
          )}
        </>
      )}
    </QueryView>
  );
}
