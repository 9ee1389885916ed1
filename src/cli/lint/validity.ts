import type { LintFinding } from './finding.ts';
import { warning } from './finding.ts';

const dayMs = 86_400_000;
/** As in the overview of the console. */
const soonDays = 30;

/** Of a certificate. The manager accepts an expired one, and nodes do not publish the JWKs created from it. */
export function validityFindings(
  where: string,
  { startDate, endDate }: { readonly startDate: Date; readonly endDate: Date },
  now: Date,
): readonly LintFinding[] {
  const remedy = 'Renew the certificate and deploy the new one before this one expires';
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
        'Wait, or check the clock of its issuer',
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
