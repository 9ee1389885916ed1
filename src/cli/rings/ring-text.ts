// A key ring as a person reads it.

import type { KeyRing, KeyRingWaiting } from '../../../clients/typescript/src/index.ts';
import { exactTimeText, timeAndDistance } from '../../runtime/time-text.ts';
import { factLines, textTable } from '../terminal/table.ts';

type TimeText = (instant: string | null | undefined) => string | null;

export function ringText(ring: KeyRing, isExact: boolean): string {
  const time: TimeText = isExact ? exactTimeText : timeAndDistance;
  const facts = factLines([
    ['Name', ring.name],
    ['Description', ring.description],
    ['Type', ring.type],
    ['State', ring.state],
    ['Late since', time(ring.lateSince)],
    ['Next rotation', ring.nextRotationAt === null ? null : time(ring.nextRotationAt)],
    ['Rotation interval', ring.rotationInterval ?? 'none: rotated by hand'],
    ['Longest lifetime of tokens', ring.maxTokenLifetime],
    ['Cache time of verifiers', ring.verifierCacheTime],
    ['Clock skew', ring.clockSkew],
    ['Signing lease', ring.signingLease ?? 'none'],
    ['Exportable', ring.exportable],
    ['Environments', ring.environmentNames?.join(', ') ?? 'all'],
    ['Advice', ring.cacheAdvice],
  ]);
  const head = ['VERSION', 'STATE', 'KID', 'READY', 'ACTIVATED', 'RETIRES', 'LAST USED'];
  const rows = ring.members.map((member) => [
    member.version,
    member.revokedReason === null ? member.state : `${member.state} (${member.revokedReason})`,
    member.kid,
    time(member.readyAt),
    time(member.activatedAt),
    time(member.retiredAt ?? member.retireAt),
    time(member.lastUsedAt),
  ]);
  return `${facts}\n${textTable(head, rows)}${waitingText(ring.waitingFor, time)}`;
}

/** Empty where it waits for nothing. */
export function waitingText(waiting: readonly KeyRingWaiting[], time: TimeText = timeAndDistance): string {
  if (waiting.length === 0) return '';
  const rows = waiting.map(({ environmentName, nodeName, outletName, reason, lastSeenAt }) => {
    const what = outletName === undefined ? reasonText(reason) : `the delivery of outlet ${outletName}`;
    return [what, environmentName, nodeName, time(lastSeenAt)];
  });
  return `\n${textTable(['WAITS FOR', 'ENVIRONMENT', 'NODE', 'LAST SEEN'], rows)}`;
}

function reasonText(reason: KeyRingWaiting['reason']): string {
  switch (reason) {
    case 'CACHES':
      return 'caches of verifiers';
    case 'HELD':
      return 'a person, who resumes the ring';
    case 'NOT_CONFIRMED':
      return 'the confirmation of a node';
    case 'NOT_CONNECTED':
      return 'a node that is not connected';
    default:
      return reason satisfies never;
  }
}
