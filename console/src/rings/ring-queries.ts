import { useQuery } from '@tanstack/react-query';
import { keyplane } from '../api/keyplane.ts';
import type { KeyRing, RingRef } from './ring-types.ts';

const quickMs = 1_000;
const calmMs = 5_000;
const unseenMs = 20_000;
/** A transition is near if it is less than this away. */
const nearMs = 60_000;

export function useRing(ref: RingRef) {
  return useQuery({
    queryKey: ['key-ring', ref],
    queryFn: async () => {
      const [ring] = (await keyplane.getKeyRing(ref)).resultList;
      if (ring === undefined) throw new Error('The manager responded without the key ring');
      return ring;
    },
    refetchInterval: ({ state: { data } }) => refreshMs(data),
  });
}

/** Past and planned transitions; fetched again when the ring has changed. */
export function useTimeline(ref: RingRef, ring: KeyRing) {
  const { state, nextRotationAt, updatedAt, members } = ring;
  const seen = members.map((member) => [member.state, member.readyAt, member.retireAt]);
  return useQuery({
    queryKey: ['key-ring-timeline', ref, [state, nextRotationAt, updatedAt, seen]],
    queryFn: async () => (await keyplane.getKeyRingTimeline(ref)).resultList,
    placeholderData: (before) => before,
    refetchInterval: refreshMs(ring),
  });
}

export function useRevocation(ref: RingRef, revocationId: string) {
  return useQuery({
    queryKey: ['revocation', ref, revocationId],
    queryFn: () => keyplane.getRevocation({ ...ref, revocationId }),
    refetchInterval: ({ state: { data } }) => (data?.nodesSafeAt ? calmMs : quickMs),
  });
}

/** Every second while something is under way, seldom in the background. */
function refreshMs(ring: KeyRing | undefined): number {
  if (document.visibilityState === 'hidden') return unseenMs;
  return ring === undefined || isUnderWay(ring, Date.now()) ? quickMs : calmMs;
}

function isUnderWay({ state, members, nextRotationAt }: KeyRing, now: number): boolean {
  if (state === 'ROTATING' || state === 'BLOCKED' || state === 'REVOKING') return true;
  if (members.some((member) => member.state === 'STAGED')) return true;
  const times = [nextRotationAt, ...members.map(({ retireAt, retiredAt }) => retiredAt ?? retireAt)];
  return times.some((at) => at !== null && Math.abs(Date.parse(at) - now) < nearMs);
}
