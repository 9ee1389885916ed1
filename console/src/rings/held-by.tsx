import { useQuery } from '@tanstack/react-query';
import { keyplane } from '../api/keyplane.ts';
import { Time } from '../display/time.tsx';
import { useSignedIn } from '../session/session-context.ts';
import type { KeyRing, RingRef } from './ring-types.ts';
import { holdTexts } from './ring-words.ts';

/** Why it is held and, for administrators, who did it: the audit log has that. */
export function HeldBy({
  ringRef: { projectName, ringName },
  cause,
}: {
  readonly ringRef: RingRef;
  readonly cause: NonNullable<KeyRing['heldBecause']>;
}) {
  const { admin } = useSignedIn();
  const records = useQuery({
    queryKey: ['key-ring-held', projectName, ringName],
    queryFn: () =>
      keyplane.listAudit({
        action: 'keyring.hold',
        objectName: ringName,
        projectName,
        page: '1',
        size: '1',
      }),
    enabled: admin && cause === 'REQUESTED',
  });
  const [record] = records.data?.resultList ?? [];
  return (
    <>
      {holdTexts[cause]}
      {record !== undefined && (
        <>
          {' '}
          By {record.actor}, <Time at={record.at} />.
        </>
      )}
    </>
  );
}
