import type { Finding } from './finding.ts';
import { warning } from './finding.ts';

const dayMs = 86_400_000;
/** As on the console's overview. */
const soonDays = 30;

/** Of a certificate: a manager takes one that is over, and nodes do not publish what is made of it. */
export function validityFindings(
  where: string,
  { startDate, endDate }: { readonly startDate: Date; readonly endDate: Date },
  now: Date,
): readonly Finding[] {
  const remedy = 'Renew the certificate, and bring the new one before this one is over';
  const leftMs = endDate.getTime() - now.getTime();
  if (leftMs <= 0) {
    return [
      warning(where, `The certificate expired on ${dayOf(endDate)}; nodes will not publish it`, remedy),
    ];
  }
  if (startDate > now) {
    return [
      warning(
        where,
        `The certificate is not valid before ${dayOf(startDate)}`,
        'Wait, or look at the clock of whoever issued it',
      ),
    ];
  }
  if (leftMs > soonDays * dayMs) return [];
  const days = Math.floor(leftMs / dayMs);
  return [warning(where, `The certificate expires on ${dayOf(endDate)}, in ${days} days`, remedy)];
}

function dayOf(time: Date): string {
  return time.toISOString().slice(0, 10);
}
