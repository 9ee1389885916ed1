import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { KeyplaneApiError } from '../../../clients/typescript/src/index.ts';

/** A session that ended anywhere is a session that ended: the page asks who is signed in, and shows the sign-in. */
function noticeEnd(error: unknown): void {
  if (error instanceof KeyplaneApiError && error.status === 401) queryClient.setQueryData(['session'], null);
}

/** Nothing is kept that the server does not have; what is shown is asked for again when the page is looked at. */
export const queryClient: QueryClient = new QueryClient({
  queryCache: new QueryCache({ onError: noticeEnd }),
  mutationCache: new MutationCache({ onError: noticeEnd }),
  defaultOptions: {
    queries: { retry: false, staleTime: 2_000, refetchOnWindowFocus: true },
    mutations: { retry: false },
  },
});
