import { useQuery } from '@tanstack/react-query';
import { parseDuration } from '../../../../src/iso-duration.ts';
import { keyplane } from '../../api/keyplane.ts';
import type { KeyRing } from '../ring-types.ts';

/** `max-age` and `stale-while-revalidate` of the manager's defaults. */
const defaultCachesMs = 360_000;

/** For how long HTTP caches may keep a JWK Set of this installation: as a ring of the project has it. */
export function useCachesMs(projectName: string): number {
  const rings = useQuery({
    queryKey: ['key-rings', projectName, 'one'],
    queryFn: () => keyplane.listKeyRings({ projectName, page: '1', size: '1' }),
  });
  const [ring] = rings.data?.resultList ?? [];
  return ring === undefined || ring.type === 'OCT' ? defaultCachesMs : cachesMsOf(ring);
}

function cachesMsOf({ publicationDelay, verifierCacheTime, clockSkew }: KeyRing): number {
  const ms = (text: string) => parseDuration(text) ?? 0;
  return Math.max(0, ms(publicationDelay) - ms(verifierCacheTime) - ms(clockSkew));
}
