import { type QueryClient, useQuery, useQueryClient } from '@tanstack/react-query';
import type { DeploymentResult } from '../../display/deployment-note.tsx';

/** Without a name it is the page of the list, which is where one is after something was deleted. */
type Place = readonly [page: string, projectName: string, name: string];

/** What the last change was answered, kept until it is closed, for the page of what was changed. */
export function useLastDeployment(place: Place) {
  const queries = useQueryClient();
  const last = useQuery<DeploymentResult | null>({
    queryKey: ['last-deployment', ...place],
    queryFn: () => null,
    enabled: false,
  });
  return {
    result: last.data ?? null,
    close: () => queries.setQueryData(['last-deployment', ...place], null),
  };
}

export function keepDeployment(queries: QueryClient, place: Place, result: DeploymentResult): void {
  queries.setQueryData(['last-deployment', ...place], result);
}
