import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { KeyplaneApiError } from '../../../clients/typescript/src/index.ts';

/** After a 401 no user is signed in, and the console shows the sign-in. */
function noticeEnd(error: unknown): void {
  if (error instanceof KeyplaneApiError && error.status === 401) queryClient.setQueryData(['session'], null);
}

/** Data is fresh for two seconds. After that a query is fetched again when a page uses it or the window gets the focus. */
export const queryClient: QueryClient = new QueryClient({
  queryCache: new QueryCache({ onError: noticeEnd }),
  mutationCache: new MutationCache({ onError: noticeEnd }),
  defaultOptions: {
    queries: { retry: false, staleTime: 2_000, refetchOnWindowFocus: true },
    mutations: { retry: false },
  },
});
