import { type QueryClient, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { ApplicationRef } from './application-words.tsx';

const keyOf = ({ projectName, applicationName }: ApplicationRef) => [
  'shown-token',
  projectName,
  applicationName,
];

/** A token that was just made, in the memory of this tab until the user closes the note or leaves the page. */
export function useShownToken(ref: ApplicationRef) {
  const queries = useQueryClient();
  const shown = useQuery<string | null>({ queryKey: keyOf(ref), queryFn: () => null, enabled: false });
  const { projectName, applicationName } = ref;
  useEffect(
    () => () => queries.removeQueries({ queryKey: keyOf({ projectName, applicationName }) }),
    [queries, projectName, applicationName],
  );
  return { token: shown.data ?? null, close: () => queries.setQueryData(keyOf(ref), null) };
}

export function keepShownToken(queries: QueryClient, ref: ApplicationRef, token: string): void {
  queries.setQueryData(keyOf(ref), token);
}
