import { useQuery } from '@tanstack/react-query';
import { keyplane } from '../../api/keyplane.ts';

/** As long as the overview is not there: the manager's defaults. */
const defaults = { maxAge: 300, staleWhileRevalidate: 60, staleIfError: 0 };

/** For how long HTTP caches may keep a JWK Set of this installation. */
export function useCachesMs(): number {
  const overview = useQuery({ queryKey: ['overview'], queryFn: () => keyplane.getOverview() });
  const { maxAge, staleWhileRevalidate, staleIfError } = overview.data?.caching ?? defaults;
  return 1_000 * (maxAge + Math.max(staleWhileRevalidate, staleIfError));
}
