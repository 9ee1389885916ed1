import { type QueryClient, useQuery, useQueryClient } from '@tanstack/react-query';
import type { NotedDeployment } from './deployment-note.tsx';

/** A page of a project, and what it shows; without a name it is the page of the list. */
type Place = readonly [page: string, projectName: string, name: string];

/** What was done, and how its deployment went. */
export interface Announcement {
  readonly title: string;
  /** What else changed with it. */
  readonly detail?: string | undefined;
  readonly result: NotedDeployment;
}

/** The last change, kept for the page of its object until the user closes the note. */
export function useLastDeployment(place: Place) {
  const queries = useQueryClient();
  const last = useQuery<Announcement | null>({
    queryKey: ['last-deployment', ...place],
    queryFn: () => null,
    enabled: false,
  });
  return {
    announcement: last.data ?? null,
    close: () => queries.setQueryData(['last-deployment', ...place], null),
  };
}

export function keepDeployment(queries: QueryClient, place: Place, announcement: Announcement): void {
  queries.setQueryData(['last-deployment', ...place], announcement);
}
