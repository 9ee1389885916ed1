import { type QueryClient, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { ApplicationRef } from './application-words.tsx';

const keyOf = ({ projectName, applicationName }: ApplicationRef) => [
  'shown-token',
  projectName,
  applicationName,
];

/** A new token and the name of its credential. */
export interface NewCredentialToken {
  readonly name: string;
  readonly token: string;
}

/** Tokens that were just made, in the memory of this tab until the user closes the note or leaves the page. */
export function useShownTokens(ref: ApplicationRef) {
  const queries = useQueryClient();
  const shown = useQuery<readonly NewCredentialToken[]>({
    queryKey: keyOf(ref),
    queryFn: () => [],
    enabled: false,
  });
  const { projectName, applicationName } = ref;
  useEffect(
    () => () => queries.removeQueries({ queryKey: keyOf({ projectName, applicationName }) }),
    [queries, projectName, applicationName],
  );
  return { tokens: shown.data ?? [], close: () => queries.setQueryData(keyOf(ref), []) };
}

export function keepShownTokens(
  queries: QueryClient,
  ref: ApplicationRef,
  tokens: readonly NewCredentialToken[],
): void {
  queries.setQueryData(keyOf(ref), tokens);
}
