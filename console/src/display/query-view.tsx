import { Loader } from '@mantine/core';
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { ErrorNote } from './error-note.tsx';

/** The data of a query, its loading state, or its error. */
export function QueryView<T>({
  query,
  children,
}: {
  readonly query: UseQueryResult<T>;
  readonly children: (data: T) => ReactNode;
}) {
  if (query.data !== undefined) {
    return (
      <>
        <ErrorNote error={query.error} />
        {children(query.data)}
      </>
    );
  }
  if (query.error) return <ErrorNote error={query.error} />;
  return <Loader aria-label="Loading" role="status" />;
}
